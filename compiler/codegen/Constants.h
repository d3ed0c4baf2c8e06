// What stands beside index ops in kernels and row programs: constants, sizes, scalar arithmetic.
#pragma once

#include "compiler/codegen/RegionEmitter.h"

namespace heed {

/// Emits the op: a tensor gets a place, a scalar a value.
void emitBesideIndexOps(Frame &, RegionEmitter &, mlir::Operation &, llvm::ArrayRef<mlir::Value> dims);

/// The read-only global that holds a tensor constant, in memory layout; equal constants share one.
std::string globalOf(mlir::ModuleOp, mlir::DenseElementsAttr);

} // namespace heed
