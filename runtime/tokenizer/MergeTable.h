// What two neighbours become, by their ids. In: pairs, best first. Out: a rank and an id for a pair. Open addressing:
// one look at memory for most questions, which is most of what encoding waits for.
#pragma once

#include "runtime/tokenizer/Merging.h"

namespace heed::runtime {

class MergeTable {
public:
  explicit MergeTable(size_t count) {
    size_t size = 16;
    while (size < count * 2)
      size *= 2;
    slots.resize(size);
  }
  /// Of several rules for one pair the first counts.
  void add(int32_t left, int32_t right, Merged merged) {
    Slot &slot = slots[placeOf(keyOf(left, right))];
    if (slot.key == empty)
      slot = {keyOf(left, right), merged};
  }
  Merged find(int32_t left, int32_t right) const { return slots[placeOf(keyOf(left, right))].merged; }

private:
  static constexpr uint64_t empty = ~uint64_t(0); // ids are not negative
  struct Slot {
    uint64_t key = empty;
    Merged merged;
  };
  std::vector<Slot> slots;

  static uint64_t keyOf(int32_t left, int32_t right) { return uint64_t(uint32_t(left)) << 32 | uint32_t(right); }
  size_t placeOf(uint64_t key) const {
    size_t mask = slots.size() - 1, place = size_t((key * 0x9E3779B97F4A7C15) >> 32) & mask;
    while (slots[place].key != key && slots[place].key != empty)
      place = (place + 1) & mask;
    return place;
  }
};

} // namespace heed::runtime
