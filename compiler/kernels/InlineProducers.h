// Pointwise ops that only one op reads move into that op's body. In: the ops of one region, before kernels. Out: the
// same values with fewer ops; what looked possible and was not done is told. A value that is no longer stored is no
// longer rounded. Never moves arithmetic into a contraction: its two factors stay what they are.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// `decline(producer, reader, why)`: the reader is the op of the region, not a term within it.
void inlineProducers(mlir::Block &, llvm::function_ref<void(IndexOp, mlir::Operation *, std::string)> decline);

} // namespace heed
