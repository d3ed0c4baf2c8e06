// A kernel row by row, in vectors: groups of index ops, and any kernel that no other skeleton matches.
#pragma once

#include "compiler/codegen/Skeleton.h"
#include "compiler/codegen/cpu/CpuStrategy.h"

#include <memory>

namespace heed {

std::unique_ptr<Skeleton> rowsSkeleton(KernelOp, const CpuStrategy &);

} // namespace heed
