// How far two tensors of one type are apart.
#pragma once

#include "runtime/tensor/Tensor.h"

namespace heed::tools {

struct Distance {
  double relative = 0; // |a - b| / |b| in the Euclidean norm; of integers the share of elements that differ
  int64_t worst = -1;  // the first of the elements that are farthest apart, in row-major order; -1: all are equal
};

/// Where only one is NaN, or infinities differ, the distance is infinite.
Distance distanceOf(const runtime::TensorView &a, const std::byte *b);

/// How far results may be apart that were computed in another order. Sums in f32 stay within 1e-5 (test/numerics);
/// narrower types are rounded once at the end, to neighbours at worst; integers must be equal.
double toleranceOf(runtime::ElementType);

} // namespace heed::tools
