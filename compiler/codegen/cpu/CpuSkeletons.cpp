#include "compiler/codegen/cpu/CpuSkeletons.h"

#include "compiler/codegen/cpu/AttendSkeleton.h"
#include "compiler/codegen/cpu/ContractSkeleton.h"
#include "compiler/codegen/cpu/GroupSkeleton.h"
#include "compiler/codegen/cpu/RowsSkeleton.h"

namespace heed {

std::unique_ptr<Skeleton> cpuSkeleton(KernelOp kernel, const CpuStrategy &strategy) {
  if (kernel.getKind() == KernelKind::group)
    return groupSkeleton(kernel);
  if (strategy.lanes == 0)
    return nullptr;
  std::string reason;
  if (std::unique_ptr<Skeleton> attend = attendSkeleton(kernel, strategy, reason))
    return attend;
  std::unique_ptr<Skeleton> contract = contractSkeleton(kernel, strategy);
  return contract ? std::move(contract) : rowsSkeleton(kernel, strategy);
}

} // namespace heed
