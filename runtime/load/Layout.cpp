// Values are read in their order and once. They are written in runs where neighbours stay neighbours, else some rows at
// a time, so that what lies side by side in memory is written together.
#include "runtime/load/Layout.h"

#include <algorithm>
#include <cstring>

namespace heed::runtime {

// ---- places ---------------------------------------------------------------------------------------------------------

Layout::Layout(const heed_parameter &parameter) : rowMajor(parameter.digit_count == 0) {
  auto rank = size_t(parameter.rank);
  for (size_t axis = 0; axis != rank; ++axis)
    tables.emplace_back(size_t(parameter.shape[axis]));
  auto add = [&](size_t axis, int64_t divisor, int64_t extent) {
    for (size_t index = 0; index != tables[axis].size(); ++index)
      tables[axis][index] += int64_t(index) / divisor % extent * stored;
    stored *= extent;
  };
  for (int32_t i = parameter.digit_count; i-- > 0;)
    add(size_t(parameter.digits[i].axis), parameter.digits[i].divisor, parameter.digits[i].extent);
  for (size_t axis = rowMajor ? rank : 0; axis-- > 0;)
    add(axis, 1, parameter.shape[axis]);
}

Box Box::whole(const heed_parameter &parameter) {
  return {Shape(size_t(parameter.rank)), Shape(parameter.shape, parameter.shape + parameter.rank)};
}

namespace {

// ---- matrices -------------------------------------------------------------------------------------------------------

/// Indices whose elements lie side by side.
struct Run {
  int64_t first, length;
};

std::vector<Run> runsOf(std::span<const int64_t> offsets) {
  std::vector<Run> runs;
  for (size_t i = 0; i != offsets.size(); ++i)
    if (i != 0 && offsets[i] == offsets[i - 1] + 1)
      ++runs.back().length;
    else
      runs.push_back({int64_t(i), 1});
  return runs;
}

/// Moves rows of equal length, whose elements belong at rows[r] + columns[c].
class Mover {
public:
  Mover(std::span<const int64_t> rows, std::span<const int64_t> columns, ElementType fromType, ElementType type)
      : rows(rows), columns(columns), runs(runsOf(columns)), count(int64_t(columns.size())), fromType(fromType),
        type(type), width(bytesOf(type)), fromWidth(bytesOf(fromType)) {
    constexpr int64_t worthACall = 8;
    inRuns = int64_t(runs.size()) * worthACall <= count || count < worthACall;
    if (!inRuns)
      block.resize(size_t(blockRows * pitch() * width));
  }

  /// The number of the first value that does not fit, or of all.
  int64_t move(const std::byte *from, std::byte *to) {
    int64_t done = 0;
    for (size_t row = 0; row < rows.size(); row += inRuns ? 1 : blockRows) {
      int64_t now = inRuns ? 1 : std::min(blockRows, int64_t(rows.size() - row)), expected = now * count;
      const std::byte *source = from + done * fromWidth;
      int64_t fit = inRuns ? moveRow(source, to + rows[row] * width) : moveBlock(source, row, now, to);
      done += fit;
      if (fit != expected)
        break;
    }
    return done;
  }

private:
  static constexpr int64_t blockRows = 16;
  /// From row to row of a block: not a power of two, so that a column's elements do not compete for one set of a cache.
  int64_t pitch() const { return count + 16; }

  int64_t moveRow(const std::byte *from, std::byte *to) const {
    for (Run run : runs)
      if (int64_t fit = convert(fromType, from + run.first * fromWidth, type, to + columns[size_t(run.first)] * width,
                                run.length);
          fit != run.length)
        return run.first + fit;
    return count;
  }

  int64_t moveBlock(const std::byte *from, size_t row, int64_t now, std::byte *to) {
    for (int64_t r = 0; r != now; ++r)
      if (int64_t fit =
              convert(fromType, from + r * count * fromWidth, type, block.data() + r * pitch() * width, count);
          fit != count)
        return r * count + fit;
    auto places = rows.subspan(row, size_t(now));
    width == 8   ? scatter<uint64_t>(places, to)
    : width == 4 ? scatter<uint32_t>(places, to)
    : width == 2 ? scatter<uint16_t>(places, to)
                 : scatter<uint8_t>(places, to);
    return now * count;
  }

  template <typename T> void scatter(std::span<const int64_t> places, std::byte *to) const {
    for (int64_t c = 0; c != count; ++c) {
      std::byte *column = to + columns[size_t(c)] * int64_t(sizeof(T));
      const std::byte *from = block.data() + c * int64_t(sizeof(T));
      for (size_t r = 0; r != places.size(); ++r, from += pitch() * int64_t(sizeof(T)))
        std::memcpy(column + places[r] * int64_t(sizeof(T)), from, sizeof(T));
    }
  }

  std::span<const int64_t> rows, columns;
  std::vector<Run> runs;
  int64_t count;
  ElementType fromType, type;
  int64_t width, fromWidth;
  bool inRuns;
  std::vector<std::byte> block;
};

// ---- the axes before them -------------------------------------------------------------------------------------------

/// The offsets of all choices of indices along these axes, the last one running fastest.
std::vector<int64_t> sumsOf(std::span<const std::span<const int64_t>> tables) {
  std::vector<int64_t> sums = {0};
  for (std::span<const int64_t> table : tables) {
    std::vector<int64_t> longer;
    for (int64_t sum : sums)
      for (int64_t offset : table)
        longer.push_back(sum + offset);
    sums = std::move(longer);
  }
  return sums;
}

/// The offsets of the indices that the box takes of each axis; at least two axes.
std::vector<std::span<const int64_t>> tablesOf(const Layout &layout, const Box &box) {
  static constexpr int64_t none[] = {0};
  std::vector<std::span<const int64_t>> tables(box.extent.size() < 2 ? 2 - box.extent.size() : 0, none);
  for (size_t axis = 0; axis != box.extent.size(); ++axis)
    tables.push_back(layout.offsets(axis).subspan(size_t(box.begin[axis]), size_t(box.extent[axis])));
  return tables;
}

} // namespace

int64_t pack(const heed_parameter &parameter, const Box &box, ElementType fromType, const std::byte *from,
             std::byte *image) {
  Layout layout(parameter);
  std::vector<std::span<const int64_t>> tables = tablesOf(layout, box);
  std::span<const int64_t> fast = tables.back(), slow = tables[tables.size() - 2];
  if (box.transposed)
    std::swap(fast, slow);

  ElementType type{parameter.type};
  Mover mover(slow, fast, fromType, type);
  int64_t matrix = int64_t(slow.size() * fast.size()), done = 0;
  for (int64_t base : sumsOf(std::span(tables).first(tables.size() - 2))) {
    int64_t fit = mover.move(from + done * bytesOf(fromType), image + base * bytesOf(type));
    done += fit;
    if (fit != matrix)
      break;
  }
  return done;
}

void unpack(const heed_parameter &parameter, const Box &box, const std::byte *image, std::byte *to) {
  Layout layout(parameter);
  std::vector<std::span<const int64_t>> tables = tablesOf(layout, box);
  if (box.transposed)
    std::swap(tables.back(), tables[tables.size() - 2]);
  std::span<const int64_t> fast = tables.back();
  tables.pop_back();
  auto width = size_t(bytesOf(ElementType(parameter.type)));
  for (int64_t base : sumsOf(tables))
    for (int64_t offset : fast) {
      std::memcpy(to, image + size_t(base + offset) * width, width);
      to += width;
    }
}

void unpack(const heed_parameter &parameter, const std::byte *image, std::byte *to) {
  unpack(parameter, Box::whole(parameter), image, to);
}

} // namespace heed::runtime
