// Panels as tile registers multiply them. In: how a contraction reads a parameter of bf16. Out: its layout.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// Of the depth, what one step of tile registers takes.
inline constexpr int64_t pairedDepth = 32;

/// LayoutAttr::panels with the depth in pairs and filled up with zeros, [N/width][K/2][width][2]. Null where the zeros
/// would come between elements: several reduced axes, the last one of which is no multiple of a step.
LayoutAttr pairedPanels(mlir::MLIRContext *, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<unsigned> columns,
                        llvm::ArrayRef<unsigned> reduced, int64_t width);

} // namespace heed
