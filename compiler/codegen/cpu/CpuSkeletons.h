// The fast skeletons of a CPU with vectors.
#pragma once

#include "compiler/codegen/Skeleton.h"
#include "compiler/codegen/cpu/CpuStrategy.h"

#include <memory>

namespace heed {

/// Null where none fits: the kernel is for plain loops.
std::unique_ptr<Skeleton> cpuSkeleton(KernelOp, const CpuStrategy &);

} // namespace heed
