// In: an entry at stage `kernels`. Out: the kernels that a run of it launches, one by one, and where the arguments of a
// launch point to. So a host can know what each of its parallel_for calls is, without a word of it in the object.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include <vector>

namespace heed {

struct Launch {
  KernelOp kernel;
  llvm::SmallVector<int64_t> turns; // of the repeats around it, outermost first
};

/// In the order of a run in which nothing fails: the n-th is the n-th call of parallel_for.
std::vector<Launch> launchesOf(EntryOp);

/// Bytes from the beginning of a launch's `args` (RangeFunction.h) to the pointer of each tensor: operands, then
/// results; -1 for operands that are scalars.
llvm::SmallVector<int64_t> pointerFields(KernelOp);

} // namespace heed
