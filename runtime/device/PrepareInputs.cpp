// Everything that can be said of all inputs is said at once; values are converted only when shapes and types fit.
#include "runtime/device/PrepareInputs.h"

namespace heed::runtime {
namespace {

Result<Tensor> prepare(const heed_tensor &declared, const std::optional<TensorView> &given,
                       std::span<const int64_t> sizes) {
  auto type = ElementType(declared.type);
  Result<Tensor> tensor =
      Tensor::allocate(type, shapeOf(declared, sizes), fmt::format("the input `{}`", declared.name));
  if (!tensor)
    return tensor;
  if (!given) {
    tensor->fill(declared.fill);
    return tensor;
  }
  int64_t count = given->elements(), fit = convert(given->type, given->data, type, tensor->data(), count);
  if (fit != count)
    return failure("`{}{}` is {}, which {} cannot hold", declared.name, placeOf(fit, given->shape),
                   elementText(given->type, given->data + fit * bytesOf(given->type)), nameOf(type));
  return tensor;
}

} // namespace

std::vector<void *> pointersOf(std::span<const Tensor> tensors) {
  std::vector<void *> pointers;
  for (const Tensor &tensor : tensors)
    pointers.push_back(tensor.data());
  return pointers;
}

Result<PreparedInputs> prepareInputs(const heed_entry &entry, std::span<const std::optional<TensorView>> given) {
  std::vector<std::string> problems;
  std::vector<std::optional<Shape>> shapes;
  for (int32_t i = 0; i != entry.input_count; ++i) {
    const heed_tensor &declared = entry.inputs[i];
    auto type = ElementType(declared.type);
    shapes.push_back(given[i] ? std::optional(given[i]->shape) : std::nullopt);
    if (!given[i] && !declared.optional)
      problems.push_back(fmt::format("`{}` is missing, {}", declared.name, textOf(declared)));
    else if (given[i] && !convertible(given[i]->type, type))
      problems.push_back(fmt::format("`{}` is {} but `{}` takes {}: integers and floats do not convert", declared.name,
                                     nameOf(given[i]->type), entry.name, nameOf(type)));
  }
  PreparedInputs prepared;
  prepared.sizes = bindSizes(entry, shapes, problems);
  for (int32_t i = 0; problems.empty() && i != entry.input_count; ++i) {
    Result<Tensor> tensor = prepare(entry.inputs[i], given[i], prepared.sizes);
    if (!tensor)
      problems.push_back(tensor.error().text);
    else
      prepared.tensors.push_back(std::move(*tensor));
  }
  if (problems.empty()) {
    prepared.pointers = pointersOf(prepared.tensors);
    return prepared;
  }
  if (problems.size() == 1)
    return Error{problems.front()};
  std::string text = fmt::format("{} inputs do not fit `{}`", problems.size(), textOf(entry));
  for (const std::string &problem : problems)
    text += "\n  " + problem;
  return Error{text};
}

} // namespace heed::runtime
