// What the rules of `derive` share.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// "the gradient of `index` is not derived yet"
Answer noGradientYet(mlir::Operation *);

} // namespace heed
