#include "compiler/codegen/cpu/CpuSkeletons.h"

#include "compiler/codegen/cpu/GroupSkeleton.h"
#include "compiler/codegen/cpu/RowsSkeleton.h"

namespace heed {

std::unique_ptr<Skeleton> cpuSkeleton(KernelOp kernel, const CpuStrategy &strategy) {
  if (kernel.getKind() == KernelKind::group)
    return groupSkeleton(kernel);
  return strategy.lanes ? rowsSkeleton(kernel, strategy) : nullptr;
}

} // namespace heed
