// Sums by class: a scatter, shared out over the elements that are summed up to. Every thread looks at all points, in
// order, and adds those that go to its own elements: no atomics, no partial sums, the same bits for any number of
// threads.
#pragma once

#include "compiler/codegen/Skeleton.h"

#include <memory>

namespace heed {

/// Null where the kernel is not one scatter.
std::unique_ptr<Skeleton> groupSkeleton(KernelOp);

} // namespace heed
