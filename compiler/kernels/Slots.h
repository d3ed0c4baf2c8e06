// Which tensors may share memory, and where each lies. In: live ranges and sizes as formulas. Out: offsets as formulas.
// Knows nothing of ops.
//
// Greedy by size with shared slots: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference"
// (2020), with polynomials in place of numbers.
#pragma once

#include "lang/check/SizeExpr.h"

namespace heed {

/// What must lie somewhere from time `begin` to time `end`, both included.
struct Tenant {
  unsigned begin, end;
  SizeExpr bytes;
  SizeExpr offset = 0; // the answer
};

/// Fixes every offset, at multiples of 64; gives the bytes that all need together. `sample` gives each named size a
/// typical value: where polynomials can't be compared, it decides.
SizeExpr assignOffsets(std::vector<Tenant> &tenants,
                       const std::function<std::optional<int64_t>(std::string_view)> &sample);

} // namespace heed
