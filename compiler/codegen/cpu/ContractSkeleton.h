// Matrix products with what is computed before and after them: rows of tiles by panels of columns. In: a kernel that is
// such products of f32, f16 or bf16 (`matchContract`). Out: its loops. Tiles write into a buffer that stays in the L1
// cache, where the epilogue reads them row by row; so neither knows of the other.
#pragma once

#include "compiler/codegen/Skeleton.h"
#include "compiler/codegen/cpu/CpuStrategy.h"

#include <memory>

namespace heed {

/// Null where it does not fit.
std::unique_ptr<Skeleton> contractSkeleton(KernelOp, const CpuStrategy &);

} // namespace heed
