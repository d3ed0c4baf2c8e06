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

/// Emits `body(begin, end, masked)` once, in a loop over maximal runs begin <= k < end of blocks that are visited and
/// alike; `masked` is an i1. Runs are disjoint and come in increasing order; there are at most twice as many as
/// intervals.
void forSegments(mlir::ImplicitLocOpBuilder &, const Bounds &, BoundsAt,
                 llvm::function_ref<void(mlir::Value begin, mlir::Value end, mlir::Value masked)> body);

} // namespace heed
