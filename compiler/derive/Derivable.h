// What the rules of `derive` share.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// The entry's stream size occurs in this.
bool isOnStream(mlir::Operation *in, const SizeExpr &);
bool isOnStream(mlir::Operation *in, mlir::TypeRange);

/// "the gradient of `index` is not derived yet"
Answer noGradientYet(mlir::Operation *);
Answer noStreamYet(mlir::Operation *);
Answer noCostYet(mlir::Operation *);

} // namespace heed
