#include "compiler/codegen/cpu/CpuSkeletons.h"

namespace heed {

std::unique_ptr<Skeleton> cpuSkeleton(KernelOp, const CpuStrategy &) { return nullptr; }

} // namespace heed
