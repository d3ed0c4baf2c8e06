// An entry computed by the reference interpreter in place of compiled code: the same inputs, the same buffers.
#pragma once

#include "compiler/dialect/HeedDialect.h"
#include "runtime/device/Cpu.h"

namespace heed::tools {

/// What is interpreted need not be compiled: fills the results of an entry with zeros, and leaves nothing else in it.
void leaveToInterpreter(EntryOp);
/// `module` is at the stage `heed`; `model` is what was compiled from it.
runtime::Result<void> interpretCall(mlir::ModuleOp module, const heed_model &model, const runtime::CpuCall &);

} // namespace heed::tools
