// The n best of every row, in order: values and where they stood. Rows are shared out; within a row, few are picked one
// after the other, many by a merge sort in scratch memory. Stable, and NaN counts as less than everything.
#pragma once

#include "compiler/codegen/Skeleton.h"

#include <memory>

namespace heed {

/// Null where the kernel is not one sort.
std::unique_ptr<Skeleton> sortSkeleton(KernelOp);

} // namespace heed
