// The two 16-bit floats as bits, and their exact meaning; rounding is to nearest, ties to even, once.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace heed::runtime {

/// Truncates to a float whose last bit says that something was lost, so that a second rounding, to fewer bits, is as
/// good as one.
inline float roundToOdd(double value) {
  float nearest = float(value);
  if (std::isnan(value) || double(nearest) == value)
    return nearest;
  uint32_t bits = std::bit_cast<uint32_t>(nearest);
  if (std::fabs(double(nearest)) > std::fabs(value)) // infinity too: then the largest finite one
    --bits;
  return std::bit_cast<float>(bits | 1);
}

struct BFloat16 {
  uint16_t bits;

  explicit operator float() const { return std::bit_cast<float>(uint32_t(bits) << 16); }
  static BFloat16 round(float value) {
    uint32_t wide = std::bit_cast<uint32_t>(value);
    if (std::isnan(value))
      return {uint16_t(wide >> 16 | 0x40)}; // quiet; rounding could carry it into infinity
    return {uint16_t((wide + 0x7fff + (wide >> 16 & 1)) >> 16)};
  }
};

/// IEEE binary16: 1 sign, 5 exponent, 10 fraction bits.
struct Float16 {
  uint16_t bits;

  explicit operator float() const {
    uint32_t sign = uint32_t(bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 0x3ff;
    if (exponent == 31)
      return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) { // subnormal: fraction * 2^-24
      float magnitude = float(fraction) * 0x1p-24f;
      return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
    }
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  }
  static Float16 round(float value) {
    uint32_t wide = std::bit_cast<uint32_t>(value);
    uint16_t sign = uint16_t(wide >> 16 & 0x8000);
    float magnitude = std::fabs(value);
    if (std::isnan(value))
      return {uint16_t(sign | 0x7e00)};
    if (magnitude >= 65520.0f) // half a unit above the largest
      return {uint16_t(sign | 0x7c00)};
    if (magnitude < 0x1p-14f) // the sum's last place is 2^-24, the unit of subnormals, so the addition rounds as wanted
      return {uint16_t(sign | uint16_t(std::bit_cast<uint32_t>(magnitude + 0.5f) - std::bit_cast<uint32_t>(0.5f)))};
    uint32_t rounded = std::bit_cast<uint32_t>(magnitude) + 0xfff + (wide >> 13 & 1);
    return {uint16_t(sign | ((rounded >> 13) - (112 << 10)))};
  }
};

} // namespace heed::runtime
