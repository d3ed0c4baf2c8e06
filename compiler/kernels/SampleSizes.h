// Sizes to try a plan on where formulas alone do not decide.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include <map>

namespace heed {

using Sample = std::map<std::string, int64_t, std::less<>>;

/// What a size of a training batch or a long prompt is like: 1024 along the stream, 8 elsewhere.
Sample typicalSizes(EntryOp);
/// Small, odd and lopsided sizes, and the typical ones.
std::vector<Sample> sampleSizes(EntryOp);

/// For SizeExpr::evaluate.
inline auto lookIn(const Sample &sample) {
  return [&sample](std::string_view name) {
    auto found = sample.find(name);
    return found == sample.end() ? std::nullopt : std::optional(found->second);
  };
}

/// Bytes of a tensor, dense: a product of its axes and its element's size (i1 takes one byte).
SizeExpr bytesOf(mlir::RankedTensorType);

} // namespace heed
