#include "compiler/tools/heed/Distance.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace heed::tools {

using runtime::ElementType;

static Distance distanceOfReals(const runtime::TensorView &a, const std::byte *b) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Distance distance;
  double squares = 0, norm = 0, greatest = 0;
  int64_t width = runtime::bytesOf(a.type);
  for (int64_t i = 0, count = a.elements(); i != count; ++i) {
    double x, y;
    runtime::convert(a.type, a.data + i * width, ElementType::F64, reinterpret_cast<std::byte *>(&x), 1);
    runtime::convert(a.type, b + i * width, ElementType::F64, reinterpret_cast<std::byte *>(&y), 1);
    double apart = x == y || (std::isnan(x) && std::isnan(y)) ? 0 : std::abs(x - y);
    if (std::isnan(apart)) // one of them is
      apart = infinity;
    if (std::isfinite(y))
      norm += y * y;
    squares += apart * apart;
    if (apart > greatest) {
      greatest = apart;
      distance.worst = i;
    }
  }
  distance.relative = norm > 0 ? std::sqrt(squares / norm) : std::sqrt(squares);
  return distance;
}

Distance distanceOf(const runtime::TensorView &a, const std::byte *b) {
  if (runtime::isFloat(a.type))
    return distanceOfReals(a, b);
  Distance distance;
  int64_t width = runtime::bytesOf(a.type), count = a.elements(), differing = 0;
  for (int64_t i = 0; i != count; ++i)
    if (std::memcmp(a.data + i * width, b + i * width, width) != 0) {
      ++differing;
      if (distance.worst < 0)
        distance.worst = i;
    }
  distance.relative = count ? double(differing) / double(count) : 0;
  return distance;
}

double toleranceOf(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return 1e-12;
  case ElementType::F32:
    return 1e-5;
  case ElementType::F16:
    return 0x1p-10;
  case ElementType::BF16:
    return 0x1p-7;
  default:
    return 0;
  }
}

} // namespace heed::tools
