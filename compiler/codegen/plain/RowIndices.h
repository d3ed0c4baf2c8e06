// Rows of a kernel: their numbers and indices, and where lies what the ops of one row make. Which indices number the
// rows is said in kernels/KernelRows.h.
#pragma once

#include "compiler/codegen/Skeleton.h"

namespace heed {

/// One index per bound, the last one running fastest.
llvm::SmallVector<mlir::Value> rowIndices(Frame &, llvm::ArrayRef<SizeExpr> bounds, mlir::Value row);

/// All rows of a kernel with that many outer indices, one panel. Rows too small to be worth handing to another thread
/// are grouped; `speed`: elements that are done while a scalar loop does one.
Work rowsOf(KernelOp, unsigned outer, double speed = 1);

/// Where an op of a kernel puts its results, for the other ops of this row and for those who read the kernel's results:
/// a place for each result, and where any has two, all results once more. Between ops nothing is rounded: what a kernel
/// both returns and reads lies in scratch memory too if it would lose digits.
llvm::SmallVector<Place> placesOfResults(Frame &, mlir::Operation &, unsigned outer);

} // namespace heed
