// Binding first, then checking: an axis like `T + 1` is checked only when all sizes are known.
#include "runtime/device/EntrySizes.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace heed::runtime {
namespace {

class Binder {
public:
  Binder(const heed_entry &entry, std::span<const std::optional<Shape>> inputs, std::vector<std::string> &problems)
      : entry(entry), inputs(inputs), problems(problems), values(size_t(entry.size_count)), boundBy(values.size()) {}

  std::vector<int64_t> bind() {
    size_t before = problems.size();
    forEachAxis([&](const heed_tensor &input, int32_t axis, int64_t extent) { bindAxis(input, axis, extent); });
    bool known = std::none_of(boundBy.begin(), boundBy.end(), [](auto &by) { return by.empty(); });
    if (!known && problems.empty()) // else a size is missing because an input is, which was told
      nameUnbound();
    if (known && problems.size() == before)
      forEachAxis([&](const heed_tensor &input, int32_t axis, int64_t extent) { checkAxis(input, axis, extent); });
    return values;
  }

private:
  /// Of inputs that are there and have the right number of axes.
  template <typename F> void forEachAxis(F f) {
    for (int32_t i = 0; i != entry.input_count; ++i)
      if (const heed_tensor &input = entry.inputs[i]; inputs[i] && int64_t(inputs[i]->size()) == input.rank)
        for (int32_t axis = 0; axis != input.rank; ++axis)
          f(input, axis, (*inputs[i])[axis]);
  }

  void bindAxis(const heed_tensor &input, int32_t axis, int64_t extent) {
    const heed_axis &declared = input.axes[axis];
    if (declared.binds < 0)
      return;
    std::string name = fmt::format("`{}[{}]`", input.name, axis);
    const char *size = entry.sizes[declared.binds];
    int64_t rest = extent - declared.offset, value = rest / declared.factor;
    if (rest < 0 || rest % declared.factor != 0) {
      problems.push_back(fmt::format("{} is {}, but no size {} makes `{}` so", name, extent, size, declared.text));
      return;
    }
    std::string &by = boundBy[declared.binds];
    int64_t &known = values[declared.binds];
    if (by.empty()) {
      by = name;
      known = value;
    } else if (known != value) {
      problems.push_back(fmt::format("{} is {} but {} makes {} {}", name, extent, by, size, known));
    }
  }

  void nameUnbound() {
    for (size_t i = 0; i != values.size(); ++i)
      if (boundBy[i].empty())
        problems.push_back(fmt::format("the size {} is not known: no input that gives it is there", entry.sizes[i]));
  }

  void checkAxis(const heed_tensor &input, int32_t axis, int64_t extent) {
    const heed_axis &declared = input.axes[axis];
    int64_t wanted = declared.value(values.data());
    if (wanted == extent)
      return;
    std::string found = fmt::format("`{}[{}]` is {}", input.name, axis, extent);
    bool constant = declared.text == std::to_string(wanted);
    problems.push_back(constant ? fmt::format("{} but `{}` takes {}", found, entry.name, wanted)
                                : fmt::format("{} but `{}` is {}{}", found, declared.text, wanted, sizesText()));
  }

  /// " where B is 1, T is 5 (from `tokens[1]`)".
  std::string sizesText() const {
    std::string text;
    for (size_t i = 0; i != values.size(); ++i)
      text += fmt::format("{}{} is {} (from {})", i == 0 ? " where " : ", ", entry.sizes[i], values[i], boundBy[i]);
    return text;
  }

  const heed_entry &entry;
  std::span<const std::optional<Shape>> inputs;
  std::vector<std::string> &problems;
  std::vector<int64_t> values;
  std::vector<std::string> boundBy; // which axis gave a size its value; empty while it has none
};

std::string textOfAll(const heed_tensor *tensors, int32_t count) {
  std::vector<std::string> texts;
  for (int32_t i = 0; i != count; ++i)
    texts.push_back(fmt::format("{}{}: {}", tensors[i].name, tensors[i].optional ? "?" : "", textOf(tensors[i])));
  return fmt::format("({})", fmt::join(texts, ", "));
}

std::string axesText(const heed_tensor &tensor) {
  std::vector<std::string_view> axes;
  for (int32_t i = 0; i != tensor.rank; ++i)
    axes.push_back(tensor.axes[i].text);
  return fmt::format("[{}]", fmt::join(axes, ", "));
}

/// " where B is 1, T is 5".
std::string textOfSizes(const heed_entry &entry, std::span<const int64_t> sizes) {
  std::string text;
  for (size_t i = 0; i != sizes.size(); ++i)
    text += fmt::format("{}{} is {}", i == 0 ? " where " : ", ", entry.sizes[i], sizes[i]);
  return text;
}

} // namespace

std::vector<int64_t> bindSizes(const heed_entry &entry, std::span<const std::optional<Shape>> inputs,
                               std::vector<std::string> &problems) {
  for (int32_t i = 0; i != entry.input_count; ++i)
    if (inputs[i] && int64_t(inputs[i]->size()) != entry.inputs[i].rank)
      problems.push_back(fmt::format("`{}` is {} but `{}` takes {}", entry.inputs[i].name, textOf(*inputs[i]),
                                     entry.name, axesText(entry.inputs[i])));
  return Binder(entry, inputs, problems).bind();
}

Shape shapeOf(const heed_tensor &tensor, std::span<const int64_t> sizes) {
  Shape shape;
  for (int32_t i = 0; i != tensor.rank; ++i)
    shape.push_back(tensor.axes[i].value(sizes.data()));
  return shape;
}

std::string textOf(const heed_tensor &tensor) {
  return fmt::format("{} {}", nameOf(ElementType(tensor.type)), axesText(tensor));
}

std::string textOf(const heed_entry &entry) {
  return fmt::format("{}{} -> {}", entry.name, textOfAll(entry.inputs, entry.input_count),
                     textOfAll(entry.outputs, entry.output_count));
}

Result<std::vector<Tensor>> allocateResults(const heed_entry &entry, std::span<const int64_t> sizes) {
  std::vector<Tensor> results;
  for (int32_t i = 0; i != entry.output_count; ++i) {
    const heed_tensor &declared = entry.outputs[i];
    for (int32_t axis = 0; axis != declared.rank; ++axis)
      if (int64_t extent = declared.axes[axis].value(sizes.data()); extent < 0)
        return failure("the result `{}`: its axis `{}` would be {}{}", declared.name, declared.axes[axis].text, extent,
                       textOfSizes(entry, sizes));
    Result<Tensor> result = Tensor::allocate(ElementType(declared.type), shapeOf(declared, sizes),
                                             fmt::format("the result `{}`", declared.name));
    if (!result)
      return result.error();
    results.push_back(std::move(*result));
  }
  return results;
}

} // namespace heed::runtime
