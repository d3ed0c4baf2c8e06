// Whether this machine can run what a model was compiled for. In: names of CPU features as LLVM has them. Out: yes, or
// what is missing.
#pragma once

#include "runtime/Result.h"

namespace heed::runtime {

/// `features` are joined by commas. Asks the system for the tile registers where a model needs them.
Result<void> requireCpuFeatures(std::string_view features);

} // namespace heed::runtime
