// An entry's sizes from the shapes of its inputs, and shapes from its sizes. In: what the contract says of an entry,
// shapes that a file or a caller gives. Out: a value for every size, or every disagreement, each naming both sides.
#pragma once

#include "runtime/Result.h"
#include "runtime/abi/heed.h"
#include "runtime/tensor/Tensor.h"

#include <optional>
#include <span>

namespace heed::runtime {

/// Shapes in the order of the entry's inputs; none for an input that was left out. In the order of `heed_entry.sizes`;
/// of use only where there are no problems.
std::vector<int64_t> bindSizes(const heed_entry &, std::span<const std::optional<Shape>> inputs,
                               std::vector<std::string> &problems);

/// The extents of an input or result.
Shape shapeOf(const heed_tensor &, std::span<const int64_t> sizes);

/// "i32 [B, T]".
std::string textOf(const heed_tensor &);
/// "forward(tokens: i32 [B, T]) -> (logits: f32 [B, T, 512])".
std::string textOf(const heed_entry &);

/// One tensor for each result.
Result<std::vector<Tensor>> allocateResults(const heed_entry &, std::span<const int64_t> sizes);

} // namespace heed::runtime
