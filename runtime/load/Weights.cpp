// Where weights come from. How stored tensors fill parameters is in PlaceParts.cpp.
#include "runtime/load/Weights.h"

#include "runtime/load/Layout.h"
#include "runtime/load/NewFile.h"
#include "runtime/load/PlaceParts.h"

#include <cstring>

namespace heed::runtime {

Result<Weights> Weights::allocate(const heed_model &model) {
  Result<Buffer> buffer = Buffer::allocate(model.weights_bytes, fmt::format("the weights of `{}`", model.name));
  if (!buffer)
    return buffer.error();
  Weights weights;
  weights.own = std::move(*buffer);
  weights.bytes = {weights.own.data(), weights.own.size()};
  // Padding within panels is read and must be zero; padding between parameters is part of the file that `write` makes,
  // and equal inputs make equal files.
  if (!weights.bytes.empty())
    std::memset(weights.own.data(), 0, weights.own.size());
  return weights;
}

Result<Weights> Weights::fromCheckpoint(const heed_model &model, const Checkpoint &checkpoint) {
  if (Result<void> matched = matchParts(model, checkpoint); !matched)
    return matched.error();
  Result<Weights> weights = allocate(model);
  if (!weights)
    return weights;
  if (Result<void> placed = placeParts(model, checkpoint, weights->own.data()); !placed)
    return placed.error();
  return weights;
}

Result<Weights> Weights::fromEmbedded(const heed_model &model, std::shared_ptr<const Embedded> embedded) {
  Weights weights;
  weights.bytes = *embedded->weights;
  weights.embedded = std::move(embedded);
  if (weights.size() != size_t(model.weights_bytes))
    return failure("the section `{}` of this executable has {} bytes, but `{}` needs {}", Embedded::weightsSection,
                   weights.size(), model.name, model.weights_bytes);
  if (reinterpret_cast<uintptr_t>(weights.image()) % HEED_ALIGNMENT != 0)
    return failure("the section `{}` of this executable is not aligned to {} bytes", Embedded::weightsSection,
                   HEED_ALIGNMENT);
  return weights;
}

/// The entry `initialise` has written the parameters row-major. One after the other is packed: what needs memory
/// besides is the largest of them, not all.
static Result<void> packInitialised(const heed_model &model, std::byte *image) {
  for (int32_t i = 0; i != model.parameter_count; ++i) {
    const heed_parameter &parameter = model.parameters[i];
    Layout layout(parameter);
    if (layout.isRowMajor())
      continue;
    ElementType type{parameter.type};
    CheckedSize bytes = bytesOf(type, Shape(parameter.shape, parameter.shape + parameter.rank));
    Result<Buffer> dense = Buffer::allocate(bytes, fmt::format("packing `{}`", parameter.path));
    if (!dense)
      return dense.error();
    std::byte *stored = image + parameter.offset;
    std::memcpy(dense->data(), stored, dense->size());
    std::memset(stored, 0, size_t(layout.storedElements() * bytesOf(type)));
    pack(parameter, Box::whole(parameter), type, dense->data(), stored);
  }
  return {};
}

Result<Weights> Weights::initialised(const heed_model &model, Cpu &cpu, uint64_t seed) {
  Result<Weights> weights = allocate(model);
  if (!weights || !model.initialise)
    return weights;
  std::vector<void *> outputs;
  for (int32_t i = 0; i != model.parameter_count; ++i)
    outputs.push_back(weights->own.data() + model.parameters[i].offset);
  Workspace workspace;
  CpuCall call{*model.initialise, {}, {}, outputs, nullptr, seed};
  if (Result<void> ran = cpu.run(call, workspace); !ran)
    return ran.error();
  if (Result<void> packed = packInitialised(model, weights->own.data()); !packed)
    return packed.error();
  return weights;
}

Result<void> Weights::save(const heed_model &model, const std::string &path) const {
  return writeParts(model, image(), path);
}

Result<void> Weights::write(const std::string &path) const {
  Result<NewFile> file = NewFile::create(path);
  if (!file)
    return file.error();
  if (Result<void> written = file->write(bytes); !written)
    return written;
  return file->commit();
}

} // namespace heed::runtime
