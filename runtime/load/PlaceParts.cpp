// Parts of parameters: their stored names, shapes, and places in the weights image.
#include "runtime/load/PlaceParts.h"

#include "runtime/load/Layout.h"
#include "runtime/load/Weights.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>
#include <map>

namespace heed::runtime {

Shape storedShape(const heed_parameter &parameter, const heed_part &part) {
  bool oneLayer = parameter.stacked && part.layer >= 0;
  Shape shape(parameter.shape + oneLayer, parameter.shape + parameter.rank);
  if (!shape.empty())
    shape.back() = part.extent;
  if (part.transposed) {
    assert(shape.size() >= 2 && "only matrices are stored transposed");
    std::swap(shape.back(), shape[shape.size() - 2]);
  }
  return shape;
}

namespace {

/// `*` in the pattern stands for any characters, points too.
bool matches(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n != name.size()) {
    if (p != pattern.size() && pattern[p] == '*') {
      star = p++, resume = n;
    } else if (p != pattern.size() && pattern[p] == name[n]) {
      ++p, ++n;
    } else if (star != std::string_view::npos) { // let the last star take one more
      p = star + 1, n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

template <typename F> void forEachPart(const heed_model &model, F f) {
  for (int32_t i = 0; i != model.parameter_count; ++i)
    for (int32_t j = 0; j != model.parameters[i].part_count; ++j)
      f(model.parameters[i], model.parameters[i].parts[j]);
}

/// The names under which a checkpoint may hold a part: its own, then its copies'.
std::vector<std::string_view> namesOf(const heed_part &part) {
  std::vector<std::string_view> names = {part.stored};
  for (const char *const *copy = part.copies; copy && *copy; ++copy)
    names.push_back(*copy);
  return names;
}

/// All tensors of the file that hold the part: one, or equal copies.
std::vector<const StoredTensor *> holdersOf(const heed_part &part, const Checkpoint &checkpoint) {
  std::vector<const StoredTensor *> holders;
  for (std::string_view name : namesOf(part))
    if (const StoredTensor *found = checkpoint.find(name))
      holders.push_back(found);
  return holders;
}

bool sameValues(const StoredTensor &a, const StoredTensor &b) {
  return a.tensor.type == b.tensor.type && a.tensor.shape == b.tensor.shape &&
         std::memcmp(a.tensor.data, b.tensor.data, a.tensor.bytes()) == 0;
}

} // namespace

Result<void> matchParts(const heed_model &model, const Checkpoint &checkpoint) {
  std::vector<std::string> problems;
  std::map<std::string_view, std::string_view> users; // of a stored name: the parameter's path
  forEachPart(model, [&](const heed_parameter &parameter, const heed_part &part) {
    auto type = ElementType(parameter.type);
    Shape shape = storedShape(parameter, part);
    for (std::string_view name : namesOf(part))
      if (auto [user, first] = users.emplace(name, parameter.path); !first)
        problems.push_back(
            fmt::format("wanted twice: {}, for `{}` and for `{}`", ticked(name), user->second, parameter.path));
    auto holders = holdersOf(part, checkpoint);
    if (holders.empty())
      problems.push_back(
          fmt::format("missing: {}, {} for `{}`", ticked(part.stored), textOf(type, shape), parameter.path));
    for (const StoredTensor *holder : holders) {
      const TensorView &found = holder->tensor;
      std::string both = fmt::format("{} is {} in the file, {} in the model (`{}`)", ticked(holder->name),
                                     textOf(found.type, found.shape), textOf(type, shape), parameter.path);
      if (found.shape != shape)
        problems.push_back("wrong shape: " + both);
      else if (!convertible(found.type, type))
        problems.push_back("wrong type: " + both);
      else if (!sameValues(*holder, *holders.front()))
        problems.push_back(fmt::format("different: {} and {}, which the model holds as one (`{}`)",
                                       ticked(holders.front()->name), ticked(holder->name), parameter.path));
    }
  });
  for (const StoredTensor &stored : checkpoint.tensors()) {
    bool ignored = std::any_of(model.ignored, model.ignored + model.ignored_count,
                               [&](const char *pattern) { return matches(pattern, stored.name); });
    if (!ignored && !users.contains(stored.name))
      problems.push_back(
          fmt::format("left over: {}, {}", ticked(stored.name), textOf(stored.tensor.type, stored.tensor.shape)));
  }
  if (problems.empty())
    return {};
  size_t count = problems.size();
  if (constexpr size_t most = 1000; count > most) {
    problems.resize(most);
    problems.push_back(fmt::format("... and {} more", count - most));
  }
  std::string text = fmt::format("{}: {} tensor{} not fit the model `{}`", checkpoint.path(), count,
                                 count == 1 ? " does" : "s do", model.name);
  for (const std::string &problem : problems)
    text += "\n  " + problem;
  text += "\n  `heed explain E0708` tells how each of these is mended";
  return Error{text};
}

/// The elements of its parameter that a part holds.
static Box boxOf(const heed_parameter &parameter, const heed_part &part) {
  Box box = Box::whole(parameter);
  box.transposed = part.transposed != 0;
  bool oneLayer = parameter.stacked && part.layer >= 0;
  if (oneLayer)
    box.begin.front() = part.layer, box.extent.front() = 1;
  if (parameter.rank > int32_t(oneLayer)) {
    assert(part.begin + part.extent <= box.extent.back() && "a part lies within its parameter");
    box.begin.back() = part.begin, box.extent.back() = part.extent;
  }
  return box;
}

Result<void> placeParts(const heed_model &model, const Checkpoint &checkpoint, std::byte *image) {
  Result<void> outcome;
  forEachPart(model, [&](const heed_parameter &parameter, const heed_part &part) {
    if (!outcome)
      return;
    const StoredTensor &holder = *holdersOf(part, checkpoint).front();
    if (holder.tensor.elements() == 0)
      return;
    const TensorView &from = holder.tensor;
    int64_t fit = pack(parameter, boxOf(parameter, part), from.type, from.data, image + parameter.offset);
    if (fit != from.elements())
      outcome =
          failure("{}: element {} of {} is {}, which {} cannot hold", checkpoint.path(), fit, ticked(holder.name),
                  elementText(from.type, from.data + fit * bytesOf(from.type)), nameOf(ElementType(parameter.type)));
  });
  return outcome;
}

/// The first value that is infinite or no number, or how many values there are.
static int64_t firstNotFinite(ElementType type, const std::byte *values, int64_t count) {
  std::array<double, 4096> wide;
  for (int64_t begin = 0; begin < count; begin += int64_t(wide.size())) {
    int64_t now = std::min(count - begin, int64_t(wide.size()));
    convert(type, values + begin * bytesOf(type), ElementType::F64, reinterpret_cast<std::byte *>(wide.data()), now);
    auto bad = std::find_if_not(wide.begin(), wide.begin() + now, [](double value) { return std::isfinite(value); });
    if (bad != wide.begin() + now)
      return begin + (bad - wide.begin());
  }
  return count;
}

Result<void> checkFinite(const heed_model &model, const std::byte *image, const std::string &from) {
  Result<void> outcome;
  forEachPart(model, [&](const heed_parameter &parameter, const heed_part &part) {
    auto type = ElementType(parameter.type);
    if (!outcome || !isFloat(type))
      return;
    Shape shape = storedShape(parameter, part);
    Result<Tensor> values = Tensor::allocate(type, shape, fmt::format("checking {}", ticked(part.stored)));
    if (!values) {
      outcome = values.error();
      return;
    }
    int64_t count = values->view().elements();
    if (count == 0)
      return;
    unpack(parameter, boxOf(parameter, part), image + parameter.offset, values->data());
    int64_t first = firstNotFinite(type, values->data(), count);
    if (first != count)
      outcome = failure("{}: {}{} is {}; `--check-finite` wants finite weights", from, ticked(part.stored),
                        placeOf(first, shape), elementText(type, values->data() + first * bytesOf(type)));
  });
  return outcome;
}

Result<void> writeParts(const heed_model &model, const std::byte *image, const std::string &path) {
  CheckedSize bytes = 0;
  forEachPart(model, [&](const heed_parameter &parameter, const heed_part &part) {
    bytes = bytes + bytesOf(ElementType(parameter.type), storedShape(parameter, part));
  });
  Result<Buffer> values = Buffer::allocate(bytes, fmt::format("writing the weights of `{}`", model.name));
  if (!values)
    return values.error();
  std::vector<StoredTensor> tensors;
  std::byte *to = values->data();
  forEachPart(model, [&](const heed_parameter &parameter, const heed_part &part) {
    unpack(parameter, boxOf(parameter, part), image + parameter.offset, to);
    tensors.push_back({part.stored, {ElementType(parameter.type), storedShape(parameter, part), to}});
    to += tensors.back().tensor.bytes();
  });
  // Other libraries ask by whose rules tensors are laid out before they read weights.
  return writeSafeTensors(path, tensors, {{"format", "pt"}});
}

} // namespace heed::runtime
