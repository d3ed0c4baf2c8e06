// The passes of Passes.td in C++: `createNormalise()` and its like, and their registration. The file of a pass defines
// GEN_PASS_DEF_<NAME> and includes Passes.h.inc for its base class.
#pragma once

#include "compiler/dialect/HeedDialect.h"
#include "compiler/pipelines/Pipelines.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace heed {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/pipelines/Passes.h.inc"

} // namespace heed
