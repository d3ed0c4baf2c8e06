// Parts of parameters: their stored names, shapes, and places in the weights image.
#include "runtime/load/PlaceParts.h"

#include "runtime/load/Weights.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <set>

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

} // namespace

Result<void> matchParts(const heed_model &model, const Checkpoint &checkpoint) {
  std::vector<std::string> problems;
  std::set<std::string_view> expected;
  forEachPart(model, [&](const heed_parameter &parameter, const heed_part &part) {
    auto type = ElementType(parameter.type);
    Shape shape = storedShape(parameter, part);
    auto names = namesOf(part);
    expected.insert(names.begin(), names.end());
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
    }
  });
  for (const StoredTensor &stored : checkpoint.tensors()) {
    bool ignored = std::any_of(model.ignored, model.ignored + model.ignored_count,
                               [&](const char *pattern) { return matches(pattern, stored.name); });
    if (!ignored && !expected.contains(stored.name))
      problems.push_back(
          fmt::format("left over: {}, {}", ticked(stored.name), textOf(stored.tensor.type, stored.tensor.shape)));
  }
  if (problems.empty())
    return {};
  std::string text = fmt::format("{}: {} tensor{} not fit the model `{}`", checkpoint.path(), problems.size(),
                                 problems.size() == 1 ? " does" : "s do", model.name);
  for (const std::string &problem : problems)
    text += "\n  " + problem;
  return Error{text};
}

namespace {

/// Moves one stored tensor into its place. A parameter is rows along its last axis; a part is some columns of some of
/// the rows.
struct Placement {
  const TensorView &from; // (..., extent), or (..., extent, rows) transposed
  ElementType type;
  std::byte *to;  // the part's first element
  int64_t stride; // elements of a whole row
  int64_t extent; // of them in this part

  /// The index of the first element that does not fit, or `from.elements()`.
  int64_t place() const {
    int64_t width = bytesOf(type), stored = bytesOf(from.type), count = from.elements();
    for (int64_t done = 0; done < count; done += extent)
      if (int64_t fit =
              convert(from.type, from.data + done * stored, type, to + done / extent * stride * width, extent);
          fit != extent)
        return done + fit;
    return count;
  }

  /// Some columns at a time: they are read in order, and written side by side.
  int64_t placeTransposed() const {
    constexpr int64_t block = 16;
    int64_t width = bytesOf(type), stored = bytesOf(from.type), count = from.elements();
    int64_t rows = from.shape.back(), matrix = rows * extent;
    std::vector<std::byte> columns(size_t(block * rows * width));
    for (int64_t first = 0; first < count; first += matrix)
      for (int64_t column = 0; column < extent; column += block) {
        int64_t begin = first + column * rows, now = std::min(block, extent - column);
        if (int64_t fit = convert(from.type, from.data + begin * stored, type, columns.data(), now * rows);
            fit != now * rows)
          return begin + fit;
        std::byte *target = to + (first / extent * stride + column) * width;
        for (int64_t row = 0; row != rows; ++row)
          for (int64_t c = 0; c != now; ++c)
            std::memcpy(target + (row * stride + c) * width, columns.data() + (c * rows + row) * width, size_t(width));
      }
    return count;
  }
};

} // namespace

Result<void> placeParts(const heed_model &model, const Checkpoint &checkpoint, std::byte *image) {
  Result<void> outcome;
  forEachPart(model, [&](const heed_parameter &parameter, const heed_part &part) {
    if (!outcome)
      return;
    auto holders = holdersOf(part, checkpoint);
    const StoredTensor &holder = *holders.front();
    for (const StoredTensor *copy : holders)
      if (copy->tensor.type != holder.tensor.type ||
          std::memcmp(copy->tensor.data, holder.tensor.data, holder.tensor.bytes()) != 0) {
        outcome = failure("{}: {} and {} differ, but the model `{}` holds them as one", checkpoint.path(),
                          ticked(holder.name), ticked(copy->name), model.name);
        return;
      }

    if (holder.tensor.elements() == 0)
      return;
    auto type = ElementType(parameter.type);
    Shape whole(parameter.shape, parameter.shape + parameter.rank);
    int64_t stride = whole.empty() ? 1 : whole.back(), extent = whole.empty() ? 1 : part.extent;
    int64_t layerElements =
        parameter.stacked && part.layer >= 0 ? int64_t(elementsOf(whole).value()) / whole.front() : 0;
    int64_t first = layerElements * std::max(part.layer, int64_t(0)) + (whole.empty() ? 0 : part.begin);
    assert((whole.empty() || part.begin + part.extent <= whole.back()) && "a part lies within its parameter");
    Placement placement{holder.tensor, type, image + parameter.offset + first * bytesOf(type), stride, extent};
    int64_t fit = part.transposed ? placement.placeTransposed() : placement.place();
    if (fit != holder.tensor.elements())
      outcome = failure("{}: element {} of {} is {}, which {} cannot hold", checkpoint.path(), fit, ticked(holder.name),
                        elementText(holder.tensor.type, holder.tensor.data + fit * bytesOf(holder.tensor.type)),
                        nameOf(type));
  });
  return outcome;
}

} // namespace heed::runtime
