// Merging neighbours, which both kinds of byte-pair encoding do: the pair of lowest rank first, the leftmost of equal
// ones. In: units, and what two of them become. Out: units that no rule joins. A heap of pairs keeps the cost per byte
// from growing with the piece.
#pragma once

#include "runtime/tokenizer/Stages.h"

#include <algorithm>

namespace heed::runtime {

/// What two neighbours become; `merged` -1: nothing, at no time.
struct Merged {
  int32_t merged = -1;
  uint32_t rank = ~0u;
};

/// Units in a chain. One of these serves many pieces, so that its memory is asked for once.
class Merging {
public:
  /// `pairOf(a, b)` says what two units become.
  template <typename PairOf> void all(std::vector<Unit> &given, PairOf pairOf) {
    begin(given);
    for (int32_t i = 0; i + 1 < int32_t(links.size()); ++i)
      offer(i, i + 1, pairOf);
    std::make_heap(pairs.begin(), pairs.end(), later);
    size_t ordered = pairs.size(); // what stands behind is not in the heap yet
    while (!pairs.empty()) {
      for (; ordered < pairs.size(); ++ordered)
        std::push_heap(pairs.begin(), pairs.begin() + ptrdiff_t(ordered) + 1, later);
      std::pop_heap(pairs.begin(), pairs.end(), later);
      Pair pair = pairs.back();
      pairs.pop_back();
      ordered = pairs.size();
      Unit &left = (*units)[size_t(pair.left())], &right = (*units)[size_t(pair.right)];
      if (gone(left) || gone(right) || right.end - left.begin != pair.length)
        continue;
      left.id = pair.merged, left.end = right.end;
      int32_t next = links[size_t(pair.right)].next, before = links[size_t(pair.left())].previous;
      right.end = right.begin;
      links[size_t(pair.left())].next = next;
      if (next != none)
        links[size_t(next)].previous = pair.left(), offer(pair.left(), next, pairOf);
      if (before != none)
        offer(before, pair.left(), pairOf);
    }
    std::erase_if(given, gone);
  }

private:
  static constexpr int32_t none = -1;
  struct Link {
    int32_t previous, next;
  };
  struct Pair {
    uint64_t order; // rank, then place of the left one
    int32_t right, merged;
    uint32_t length; // of both, in bytes: where it differs, one of them was merged meanwhile
    int32_t left() const { return int32_t(order & 0xFFFFFFFF); }
  };
  static bool later(const Pair &a, const Pair &b) { return a.order > b.order; }
  static bool gone(const Unit &unit) { return unit.begin == unit.end; }

  std::vector<Unit> *units = nullptr;
  std::vector<Link> links;
  std::vector<Pair> pairs;

  void begin(std::vector<Unit> &given) {
    units = &given;
    int32_t count = int32_t(given.size());
    links.clear(), pairs.clear();
    for (int32_t i = 0; i != count; ++i)
      links.push_back({i - 1, i + 1 == count ? none : i + 1});
  }
  template <typename PairOf> void offer(int32_t left, int32_t right, PairOf &pairOf) {
    const Unit &a = (*units)[size_t(left)], &b = (*units)[size_t(right)];
    if (Merged pair = pairOf(a, b); pair.merged != none)
      pairs.push_back({uint64_t(pair.rank) << 32 | uint32_t(left), right, pair.merged, b.end - a.begin});
  }
};

} // namespace heed::runtime
