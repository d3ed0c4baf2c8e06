// What a row of a kernel is. In: the ops of a kernel, or ops that might become one. Out: how many leading result
// indices all of them share, so that each choice of these is computed apart from any other. Never looks at anything but
// indices, maps and bounds: forming and every backend ask here, so that they agree.
#pragma once

#include "compiler/dialect/AttendRow.h"

namespace heed {

/// How many of the leading result indices decide which keys are seen and how they score; a row of attention is one
/// choice of all that do.
unsigned outerRowIndices(AttendOp);

/// The bounds of an op's result indices; none for what is no index or attend op.
llvm::SmallVector<SizeExpr> resultBounds(mlir::Operation *);
/// The index and attend ops of a kernel, in their order.
llvm::SmallVector<mlir::Operation *> computingOps(KernelOp);

/// How many leading result indices of all these ops are the same ones and can be the row's. A last index stays within
/// the row where that makes a loop worth its name: those of a contraction's columns, and one of each pointwise op.
unsigned outerIndices(llvm::ArrayRef<mlir::Operation *> ops);

} // namespace heed
