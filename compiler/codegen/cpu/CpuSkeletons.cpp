#include "compiler/codegen/cpu/CpuSkeletons.h"

#include "compiler/codegen/cpu/GroupSkeleton.h"

namespace heed {

std::unique_ptr<Skeleton> cpuSkeleton(KernelOp kernel, const CpuStrategy &) {
  if (kernel.getKind() == KernelKind::group)
    return groupSkeleton(kernel);
  return nullptr;
}

} // namespace heed
