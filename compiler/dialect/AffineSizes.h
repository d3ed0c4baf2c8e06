// Sizes as affine expressions, for what is decided by linear inequalities: masks, frontiers, positions.
#pragma once

#include "lang/check/SizeExpr.h"

#include "mlir/IR/AffineExpr.h"

namespace heed {

/// The size as a sum over its monomials, `T` or `B * T`: these are symbols, numbered as in `monomials`, which takes
/// those that are new to it.
mlir::AffineExpr affineSize(const SizeExpr &, llvm::SmallVectorImpl<SizeExpr> &monomials, mlir::MLIRContext *);

} // namespace heed
