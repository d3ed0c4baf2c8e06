// `heed run --bisect`: which kernel gives something else than its plain twin.
#pragma once

#include "runtime/device/Cpu.h"

#include "mlir/IR/BuiltinOps.h"

namespace heed::tools {

/// Runs an entry twice in lockstep: each kernel is computed by `fast` and then, on the same operands, by `plain`; what
/// `plain` gave goes on, so differences do not add up. Both come from `kernels`, the module at that stage. The first
/// kernel that differs beyond the tolerance is the error; if none does, that is told, and results are those of `plain`.
runtime::Result<void> bisectCall(mlir::ModuleOp kernels, const heed_model &fast, const heed_model &plain,
                                 const runtime::CpuCall &, int threads);

} // namespace heed::tools
