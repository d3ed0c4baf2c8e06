// The loops of a domain: bounds that `where` gives, and what is left of it to be tested at each point.
#pragma once

#include "compiler/codegen/Frame.h"

namespace heed {

struct Domain {
  /// Affine in dims and size symbols; the greatest `from` and the least `to` (exclusive) hold, besides 0 and the
  /// index's own bound.
  struct Range {
    llvm::SmallVector<mlir::AffineExpr> from, to;
  };
  llvm::SmallVector<Range> ranges; // one per dim
  ConditionAttr guard;             // null: nothing is left to test
};

/// `where` (may be null) for loops over dims [firstLoop, dims), nested in that order. `sizeSymbols` of its symbols are
/// sizes, the others data.
Domain domainOf(ConditionAttr where, unsigned firstLoop, unsigned dims, unsigned sizeSymbols);

/// From where to where the loop over an index of the op runs, given those before it: [from, to), cut by its range.
std::pair<mlir::Value, mlir::Value> cut(Frame &, IndexOp, const Domain::Range &, llvm::ArrayRef<mlir::Value> dims,
                                        mlir::Value from, mlir::Value to);

} // namespace heed
