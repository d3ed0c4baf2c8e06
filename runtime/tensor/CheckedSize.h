// The one integer for sizes that a file gives: once a sum or product leaves 63 bits (or begins negative), it fits
// nothing any more.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

namespace heed::runtime {

class CheckedSize {
public:
  constexpr CheckedSize(std::integral auto size)
      : size(uint64_t(size)), valid(std::in_range<int64_t>(size) && size >= 0) {}

  constexpr bool fits(uint64_t limit) const { return valid && size <= limit; }
  constexpr bool isValid() const { return valid; }
  /// Only of a valid one.
  constexpr uint64_t value() const { return size; }

  friend constexpr CheckedSize operator+(CheckedSize a, CheckedSize b) {
    CheckedSize sum = 0;
    sum.valid = a.valid & b.valid & !__builtin_add_overflow(a.size, b.size, &sum.size) & (sum.size <= INT64_MAX);
    return sum;
  }
  friend constexpr CheckedSize operator*(CheckedSize a, CheckedSize b) {
    CheckedSize product = 0;
    product.valid =
        a.valid & b.valid & !__builtin_mul_overflow(a.size, b.size, &product.size) & (product.size <= INT64_MAX);
    return product;
  }

private:
  uint64_t size;
  bool valid;
};

} // namespace heed::runtime
