// The demand: what a step, which makes one more position, needs of a value's past. In: the reads of an entry. Out: per
// value a point of `now ⊑ tail(k) ⊑ pins(n) + tail(k) ⊑ all`, and whether a running sum stands for it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace heed::streams {

struct Demand {
  bool all = false;
  bool sum = false; // a prefix form: its running value is kept, not what it sums
  int64_t tail = 0; // positions before the present one
  int64_t pins = 0; // first positions of the stream

  void join(const Demand &other) {
    all |= other.all, sum |= other.sum;
    tail = std::max(tail, other.tail), pins = std::max(pins, other.pins);
  }
  /// "now", "tail(2)", "pins(4) + tail(64)", "all", "sum".
  std::string str() const;
};

} // namespace heed::streams
