// Models as `heed build --shared` makes them, loaded here and given random weights. In: a .heed file, hyper-parameters.
// Out: entries that can be called, with buffers of their own.
#pragma once

#include "runtime/device/Cpu.h"
#include "runtime/load/Weights.h"

#include <map>
#include <optional>

namespace heed::bench {

using runtime::Result;

/// What to compile: `model` as on the command line, "Product(768, 3072)"; `precision` and `cpu` likewise.
struct Source {
  std::string file, model, precision = "f32", cpu = "native";
};

class Compiled {
public:
  static Result<Compiled> make(const Source &);

  const heed_entry &entry(std::string_view name) const;
  /// Whether its code uses vectors of 512 bits.
  bool wide() const { return std::string_view(model->features).find("avx512f") != std::string_view::npos; }
  const std::byte *weights() const { return image ? image->image() : nullptr; }
  size_t weightsBytes() const { return image ? image->size() : 0; }
  /// A parameter as a checkpoint stores it, under its stored name.
  std::vector<float> stored(std::string_view name) const;
  /// Of each kernel's function, by its address: the kind of kernel, "contract", "attend", "rows", or its name where the
  /// kind is not known.
  std::map<const void *, std::string> kernelKinds() const;

private:
  Result<void> drawWeights();
  /// `heed build` of the source.
  std::vector<std::string> command(std::vector<std::string> flags) const;

  Source source;
  std::string library;
  const heed_model *model = nullptr; // loaded for good
  std::optional<runtime::Checkpoint> checkpoint;
  std::optional<runtime::Weights> image;
};

/// One entry at given sizes, with random floats as inputs and integers from 0 to 255.
class Call {
public:
  Call(const Compiled &, std::string_view entry, std::vector<int64_t> sizes);

  void run(runtime::Cpu &);
  std::vector<float> input(int) const;
  const int32_t *integers(int input) const;
  std::vector<float> output(int) const;
  int64_t outputElements(int number) const { return outputs[size_t(number)].view().elements(); }
  /// Seconds of one run on one core, by kind of kernel; runs it once.
  std::map<std::string, double> profile();

private:
  const Compiled &compiled;
  const heed_entry &entry;
  std::vector<int64_t> sizes;
  std::vector<runtime::Tensor> inputs, outputs;
  std::vector<void *> inputPointers, outputPointers;
  runtime::Workspace workspace;
};

/// Uniform in [-scale, scale), the same for the same seed.
void drawFloats(runtime::ElementType, std::byte *, int64_t count, float scale, float offset, uint64_t seed);

} // namespace heed::bench
