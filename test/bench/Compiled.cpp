// Building, loading, random weights, calls.
#include "Compiled.h"

#include "Measure.h"
#include "Process.h"
#include "runtime/device/CpuFeatures.h"
#include "runtime/device/EntrySizes.h"

#include <cmath>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>

namespace heed::bench {

using runtime::ElementType;
using runtime::failure;
using runtime::Shape;
using runtime::Tensor;

namespace {

/// What cannot be right about the harness itself ends it.
template <typename T> T must(Result<T> result) {
  if (result)
    return std::move(*result);
  fmt::print(stderr, "heed_bench: {}\n", result.error().text);
  std::exit(2);
}

/// Random numbers are cheap here, for there are hundreds of millions: splitmix64 (Steele et al., 2014).
uint64_t mixed(uint64_t counter) {
  uint64_t z = counter * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

} // namespace

void drawFloats(ElementType type, std::byte *data, int64_t count, float scale, float offset, uint64_t seed) {
  for (int64_t i = 0; i != count; ++i) {
    float unit = float(int64_t(mixed(seed << 40 | uint64_t(i)) >> 40) - (1 << 23)) * 0x1p-23f;
    float value = offset + scale * unit;
    if (type == ElementType::F32)
      std::memcpy(data + i * 4, &value, 4);
    else
      convert(ElementType::F32, reinterpret_cast<std::byte *>(&value), type, data + i * bytesOf(type), 1);
  }
}

std::vector<std::string> Compiled::command(std::vector<std::string> flags) const {
  std::vector<std::string> words = {HEED_PROGRAM,  "build",          source.file, "--model", source.model,
                                    "--precision", source.precision, "--cpu",     source.cpu};
  words.insert(words.end(), flags.begin(), flags.end());
  return words;
}

Result<Compiled> Compiled::make(const Source &source) {
  static int libraries = 0;
  Compiled made;
  made.source = source;
  made.library = temporary(fmt::format("{}.so", libraries++));
  Result<std::string> built = outputOf(made.command({"--shared", "-o", made.library}));
  if (!built)
    return built.error();
  void *library = dlopen(made.library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return failure("{}", dlerror());
  auto get = reinterpret_cast<const heed_model *(*)()>(dlsym(library, "heed_model_v1"));
  if (!get || get()->abi_version != HEED_ABI_VERSION)
    return failure("{} holds no model of this ABI", made.library);
  made.model = get();
  if (Result<void> able = runtime::requireCpuFeatures(made.model->features); !able)
    return able.error();
  if (made.model->parameter_count > 0)
    if (Result<void> drawn = made.drawWeights(); !drawn)
      return drawn.error();
  return made;
}

// Through a checkpoint, for that is how weights come into the layout that kernels want.
Result<void> Compiled::drawWeights() {
  std::vector<Tensor> tensors;
  std::vector<runtime::StoredTensor> listed;
  for (int32_t p = 0; p != model->parameter_count; ++p) {
    const heed_parameter &parameter = model->parameters[p];
    for (int32_t i = 0; i != parameter.part_count; ++i) {
      const heed_part &part = parameter.parts[i];
      Result<Tensor> tensor =
          Tensor::allocate(ElementType(parameter.type), runtime::storedShape(parameter, part), part.stored);
      if (!tensor)
        return tensor.error();
      // Matrices keep the size of what they are applied to; vectors are the weights of norms, or biases.
      bool matrix = tensor->shape().size() > 1;
      float scale = matrix ? std::sqrt(3.0f / float(tensor->shape()[0])) : 0.5f;
      if (matrix && tensor->shape()[0] > 16384) // a table of embeddings
        scale = 0.1f;
      drawFloats(tensor->type(), tensor->data(), tensor->view().elements(), scale, matrix ? 0 : 0.5f,
                 uint64_t(tensors.size() + 1));
      listed.push_back({part.stored, tensor->view()});
      tensors.push_back(std::move(*tensor));
    }
  }
  std::string path = library + ".safetensors";
  if (Result<void> written = writeSafeTensors(path, listed); !written)
    return written;
  Result<runtime::Checkpoint> opened = runtime::Checkpoint::open(path);
  if (!opened)
    return opened.error();
  std::filesystem::remove(path); // stays mapped
  Result<runtime::Weights> packed = runtime::Weights::fromCheckpoint(*model, *opened);
  if (!packed)
    return packed.error();
  checkpoint.emplace(std::move(*opened));
  image.emplace(std::move(*packed));
  return {};
}

const heed_entry &Compiled::entry(std::string_view name) const {
  for (int32_t i = 0; i != model->entry_count; ++i)
    if (model->entries[i].name == name)
      return model->entries[i];
  return must<std::reference_wrapper<const heed_entry>>(failure("{} has no entry {}", source.file, name));
}

namespace {

std::vector<float> floatsOf(const runtime::TensorView &tensor) {
  std::vector<float> values(size_t(tensor.elements()));
  convert(tensor.type, tensor.data, ElementType::F32, reinterpret_cast<std::byte *>(values.data()), tensor.elements());
  return values;
}

} // namespace

std::vector<float> Compiled::stored(std::string_view name) const {
  const runtime::StoredTensor *found = checkpoint->find(name);
  return found ? floatsOf(found->tensor) : must<std::vector<float>>(failure("{} stores no {}", source.file, name));
}

// Kernels as the compiler prints them, `heed.kernel @NAME KIND`; functions as the symbol table of the library has them,
// `NAME.range`.
std::map<const void *, std::string> Compiled::kernelKinds() const {
  std::map<std::string, std::string> kinds;
  for (auto &found : matchesOf(R"re(heed\.kernel @"?([^" ]+)"? (\w+))re", must(outputOf(command({"--emit=kernels"})))))
    kinds[found[1]] = found[2];

  Dl_info info;
  dladdr(reinterpret_cast<const void *>(model), &info);
  std::map<const void *, std::string> addresses;
  for (auto &found : matchesOf(R"(([0-9a-f]+) [tT] (\S+)\.range)", must(outputOf({"/usr/bin/nm", library}))))
    addresses[static_cast<const std::byte *>(info.dli_fbase) + std::stoull(found[1], nullptr, 16)] =
        kinds.contains(found[2]) ? kinds[found[2]] : found[2];
  return addresses;
}

Call::Call(const Compiled &compiled, std::string_view name, std::vector<int64_t> given)
    : compiled(compiled), entry(compiled.entry(name)), sizes(std::move(given)) {
  for (int32_t i = 0; i != entry.input_count; ++i) {
    Tensor tensor =
        must(Tensor::allocate(ElementType(entry.inputs[i].type), runtime::shapeOf(entry.inputs[i], sizes), "an input"));
    int64_t count = tensor.view().elements();
    if (isFloat(tensor.type()))
      drawFloats(tensor.type(), tensor.data(), count, 1.7f, 0, uint64_t(1000 + i));
    else
      for (int64_t at = 0; at != count; ++at)
        reinterpret_cast<int32_t *>(tensor.data())[at] = int32_t(mixed(uint64_t(at)) & 255);
    inputs.push_back(std::move(tensor));
    inputPointers.push_back(inputs.back().data());
  }
  outputs = must(runtime::allocateResults(entry, sizes));
  for (const Tensor &tensor : outputs)
    outputPointers.push_back(tensor.data());
}

void Call::run(runtime::Cpu &cpu) {
  Result<void> done = cpu.run({entry, sizes, inputPointers, outputPointers, compiled.weights()}, workspace);
  if (!done)
    must<int>(done.error());
}

std::vector<float> Call::input(int number) const { return floatsOf(inputs[size_t(number)].view()); }
std::vector<float> Call::output(int number) const { return floatsOf(outputs[size_t(number)].view()); }
const int32_t *Call::integers(int number) const {
  return reinterpret_cast<const int32_t *>(inputs[size_t(number)].data());
}

namespace {

struct Profile {
  std::byte *scratch;
  std::map<const void *, double> seconds;
};

void timedFor(heed_call *call, heed_range range, const void *args, int64_t rows, int64_t panels, int64_t) {
  auto &profile = *static_cast<Profile *>(call->context);
  double begin = now(Clock::Core);
  range(args, 0, rows, 0, panels, profile.scratch);
  profile.seconds[reinterpret_cast<const void *>(range)] += now(Clock::Core) - begin;
}

} // namespace

std::map<std::string, double> Call::profile() {
  static const heed_host host = {timedFor, [](heed_call *call, int32_t, int64_t) { call->failed = 1; }, nullptr};
  runtime::Buffer arena = must(runtime::Buffer::allocate(entry.arena_bytes(sizes.data()), "the arena"));
  runtime::Buffer scratch = must(runtime::Buffer::allocate(entry.scratch_bytes(sizes.data()), "the scratch memory"));
  Profile profile{scratch.data(), {}};
  heed_call call{
      &host, &profile, sizes.data(), inputPointers.data(), outputPointers.data(), compiled.weights(), arena.data(),
      0,     0};
  entry.run(&call);
  profile.seconds.clear(); // the first run was to touch all memory
  entry.run(&call);

  std::map<const void *, std::string> kinds = compiled.kernelKinds();
  std::map<std::string, double> byKind;
  for (auto [range, seconds] : profile.seconds)
    byKind[kinds.contains(range) ? kinds[range] : "other"] += seconds;
  return byKind;
}

} // namespace heed::bench
