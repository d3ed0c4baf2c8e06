// Loops over the key blocks that a row block sees. In: mask bounds, and values for what they depend on. Out: scf loops
// that visit every such block once, in increasing order. Never: memory; the end points live in registers.
#pragma once

#include "compiler/masks/MaskBounds.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace heed {

/// Values for the dims and symbols of bounds, of type index: a value per index of the attention (that of the rows is
/// the number of the block; null for those that bounds do not use), and per size in `Bounds::symbols`.
struct BoundsAt {
  llvm::ArrayRef<mlir::Value> dims, symbols;
};

/// Emits `body(begin, end, masked)` once, in a loop over runs begin <= k < end of visited blocks, no longer than
/// `most`; `masked` is an i1: some block of the run is broken. Runs are disjoint and come in increasing order. They are
/// not cut where the mask begins to hide something: to test pairs in a few blocks more costs less than a run of few
/// blocks.
void forSegments(mlir::ImplicitLocOpBuilder &, const Bounds &, BoundsAt, int64_t most,
                 llvm::function_ref<void(mlir::Value begin, mlir::Value end, mlir::Value masked)> body);

/// The first visited block, and the one behind the last; the other way round where there is none.
std::pair<mlir::Value, mlir::Value> visitedEnds(mlir::ImplicitLocOpBuilder &, const Bounds &, BoundsAt);

} // namespace heed
