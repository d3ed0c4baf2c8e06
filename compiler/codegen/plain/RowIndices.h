// The number of a row and its indices.
#pragma once

#include "compiler/codegen/Frame.h"

namespace heed {

/// One index per bound, the last one running fastest.
llvm::SmallVector<mlir::Value> rowIndices(Frame &, llvm::ArrayRef<SizeExpr> bounds, mlir::Value row);

} // namespace heed
