// What can go wrong in a kernel: the indices that data decides. Their order is that of the text, so equal kernels
// number them alike.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// One run-time check: access `access` of `op` takes its index along `axis` from data.
struct DataCheck {
  IndexOp op;
  unsigned access, axis;
};

llvm::SmallVector<DataCheck> dataChecks(IndexOp);
llvm::SmallVector<DataCheck> dataChecks(KernelOp);
/// The number of a check among those of its op.
unsigned faultOf(IndexOp, unsigned access, unsigned axis);

/// "index {} is outside axis 0 of `table`, whose size is 512". Tensors are named as the entry's caller knows them.
std::string messageOf(DataCheck);
/// "stories.heed:21:9", or an empty string: where a person can look, so the call of what the standard library does.
std::string placeOf(mlir::Location);
/// The message, with the line of the standard library that it is about, if any.
std::string withLineInside(std::string message, mlir::Location);

} // namespace heed
