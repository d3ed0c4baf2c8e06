// Kernels of one attention, in blocks of queries and keys. In: a kernel, the widths of the target. Out: its skeleton,
// or why it has none. Never: attention that one pass over the keys can't compute.
#pragma once

#include "compiler/codegen/Skeleton.h"
#include "compiler/codegen/cpu/CpuStrategy.h"

#include <memory>

namespace heed {

/// Null where plain loops have to do; `reason` says why, as a sentence.
std::unique_ptr<Skeleton> attendSkeleton(KernelOp, const CpuStrategy &, std::string &reason);

} // namespace heed
