// May a kernel write its result where an operand lies? Planning, the wall behind it and code generation ask here, so
// that they agree.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// The value whose memory this one is: a reshape lies where its source does.
mlir::Value memoryOf(mlir::Value);

/// The kernel's one result may be written over this operand: only the op that makes the result reads it, each point for
/// the same point of the result alone.
bool mayWriteOver(KernelOp, unsigned operand);

} // namespace heed
