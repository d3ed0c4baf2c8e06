// Known answers published with Random123 (kat_vectors, philox4x32 10).
#include "runtime/abi/Philox.h"

#include <array>
#include <doctest/doctest.h>

static std::array<uint32_t, 4> bitsOf(uint64_t key, std::array<uint32_t, 4> counter) {
  std::array<uint32_t, 4> bits;
  heed::philox4x32(key, counter.data(), bits.data());
  return bits;
}

TEST_CASE("philox4x32-10 gives the published bits") {
  using Bits = std::array<uint32_t, 4>;
  CHECK(bitsOf(0, {0, 0, 0, 0}) == Bits{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr uint32_t ones = 0xffffffff;
  CHECK(bitsOf(~uint64_t(0), {ones, ones, ones, ones}) == Bits{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(bitsOf(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}) ==
        Bits{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}
