// Any kernel in scalar loops: right for every shape, and the twin that faster skeletons are compared with.
#pragma once

#include "compiler/codegen/Skeleton.h"

#include <memory>

namespace heed {

std::unique_ptr<Skeleton> plainSkeleton(KernelOp);

} // namespace heed
