// Calls compiled entries in memory that shows what they touch. In: a model's file, sizes, where the guards are and what
// the memory holds before. Out: results byte by byte, and how much of the arena was written.
#pragma once

#include "Doctest.h"

#include "compiler/codegen/Codegen.h"
#include "compiler/dialect/HeedDialect.h"

#include <cstddef>
#include <string>
#include <vector>

namespace heed::test {

using Bytes = std::vector<std::byte>;

/// Memory at a multiple of 64 bytes whose neighbour can't be touched: the page behind its last cache line, or the one
/// before its first.
enum class Guard { Behind, Before };
class Guarded {
public:
  Guarded(size_t bytes, Guard, std::byte fill);
  Guarded(Guarded &&other) noexcept;
  ~Guarded();

  std::byte *data() const { return begin; }
  Bytes bytes() const { return {begin, begin + size}; }
  /// As at first.
  void refill();
  /// Whether the rest of the last cache line, which no page can guard, is as it was.
  bool restIsWhole() const;

private:
  std::byte *mapped = nullptr, *begin = nullptr;
  size_t mappedSize = 0, size;
  std::byte fill;
};

struct Compiled {
  mlir::OwningOpRef<mlir::ModuleOp> kernels; // the module at that stage
  LoadedModel model;
};
/// A model of test/programs or of examples, with hyper-parameters: 'GPT2(31, 16)'. `cpu` as in PipelineOptions.
Compiled compileProgram(const std::string &file, const std::string &model, const std::string &cpu = "native");

struct Conditions {
  Guard guard = Guard::Behind;
  std::byte fill{0};       // of arena, scratch memory and results before the call
  bool poisonDead = false; // operands that the plan has no more use for become NaN after each launch
};

struct Called {
  std::vector<Bytes> results;
  Bytes arena;
  unsigned poisoned = 0; // operands
};

/// Calls an entry on random inputs, always the same for the same sizes. `weights` is the image of all parameters.
Called callEntry(const Compiled &, const heed_entry &, const std::vector<int64_t> &sizes, const Bytes &weights,
                 const Conditions &);
/// The image that the model's initialisers give.
Bytes initialWeights(const Compiled &, const Conditions &);

} // namespace heed::test
