// `heed check --cost`: what a model's parameters and entries cost.
#pragma once

#include "compiler/tools/heed/Compilation.h"

namespace heed::tools {

/// Prints it for a module at stage `heed`; false after an error, which has been told.
bool tellCost(Compilation &, mlir::ModuleOp, const CheckFlags &);

} // namespace heed::tools
