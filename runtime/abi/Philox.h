// Philox4x32-10: bits as a function of a key and a counter, so that draws need no state and no order.
// Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Tested against the vectors
// published with it.
#pragma once

#include <cstdint>

namespace heed {

/// The first key word is the low half of `key`.
inline void philox4x32(uint64_t key, const uint32_t counter[4], uint32_t bits[4]) {
  constexpr uint64_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57; // table 2 of the paper
  constexpr uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85;             // golden ratio, sqrt(3) - 1
  uint32_t key0 = uint32_t(key), key1 = uint32_t(key >> 32);
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (int round = 0; round != 10; ++round) {
    uint64_t product0 = multiplier0 * c0, product1 = multiplier1 * c2;
    c0 = uint32_t(product1 >> 32) ^ c1 ^ key0;
    c2 = uint32_t(product0 >> 32) ^ c3 ^ key1;
    c1 = uint32_t(product1);
    c3 = uint32_t(product0);
    key0 += weyl0;
    key1 += weyl1;
  }
  bits[0] = c0, bits[1] = c1, bits[2] = c2, bits[3] = c3;
}

/// The site of a draw within turn `turn` of `repeat`: layers that share code draw differently. Turn 0 keeps the site.
constexpr uint32_t siteTurnFactor = 0x9E3779B9; // odd, so that turns of one site never meet
inline uint32_t siteOf(uint32_t site, uint32_t turn) { return site ^ (turn * siteTurnFactor); }

} // namespace heed
