// What two neighbours become, by their ids. In: pairs, best first. Out: a rank and an id for a pair. Encoding waits for
// memory and for branches that can't be foreseen, so pairs lie four to a cache line, which is compared as a whole, and
// a bit by a pair's hash, one in sixteen of them set, spares that line for most pairs that become nothing (Bloom,
// 1970).
#pragma once

#include "runtime/tokenizer/Merging.h"

namespace heed::runtime {

class MergeTable {
public:
  /// Half of the places stay free, or most searches would read several lines.
  explicit MergeTable(size_t count) : lines(count * 2 / Line::width + 1) {
    size_t words = 1;
    while (words * 64 < count * 16)
      words *= 2;
    filter.resize(words);
  }
  /// Of several rules for one pair the first counts.
  void add(int32_t left, int32_t right, Merged merged) {
    uint64_t key = keyOf(left, right);
    size_t bit = bitOf(key);
    filter[bit / 64] |= uint64_t(1) << bit % 64;
    for (size_t at = placeOf(key);; at = next(at))
      for (size_t i = 0; i != Line::width; ++i) {
        if (lines[at].keys[i] == key)
          return;
        if (lines[at].keys[i] == empty) {
          lines[at].keys[i] = key, lines[at].merged[i] = merged, ++pairs;
          return;
        }
      }
  }
  Merged find(int32_t left, int32_t right) const {
    uint64_t key = keyOf(left, right);
    size_t bit = bitOf(key);
    if ((filter[bit / 64] >> bit % 64 & 1) == 0)
      return {};
    for (size_t at = placeOf(key);; at = next(at)) {
      const Line &line = lines[at];
      size_t slot = 0; // summed, or compilers branch on each
      for (size_t i = 1; i != Line::width; ++i)
        slot += i * size_t(line.keys[i] == key);
      Merged found = line.keys[slot] == key ? line.merged[slot] : Merged();
      if (found.merged >= 0 || line.keys[Line::width - 1] == empty) [[likely]]
        return found;
    }
  }
  size_t size() const { return pairs; }
  /// Calls `use(left, right, merged)` for each pair.
  template <typename Use> void each(Use use) const {
    for (const Line &line : lines)
      for (size_t i = 0; i != Line::width && line.keys[i] != empty; ++i)
        use(int32_t(line.keys[i] >> 32), int32_t(line.keys[i] & 0xFFFFFFFF), line.merged[i]);
  }

private:
  static constexpr uint64_t empty = ~uint64_t(0); // ids are not negative
  struct alignas(64) Line {
    static constexpr size_t width = 4;
    uint64_t keys[width] = {empty, empty, empty, empty}; // the first ones are taken
    Merged merged[width];
  };
  std::vector<Line> lines;
  std::vector<uint64_t> filter; // bits
  size_t pairs = 0;

  static uint64_t keyOf(int32_t left, int32_t right) { return uint64_t(uint32_t(left)) << 32 | uint32_t(right); }
  size_t placeOf(uint64_t key) const { return size_t(((key * 0x9E3779B97F4A7C15) >> 32) * lines.size() >> 32); }
  size_t bitOf(uint64_t key) const { return size_t((key * 0x9E3779B97F4A7C15) >> 28) & (filter.size() * 64 - 1); }
  size_t next(size_t at) const { return at + 1 == lines.size() ? 0 : at + 1; }
};

} // namespace heed::runtime
