// What a model says of itself, as an attribute of the module at stage `loops` and below: `heed.model`. Describe.cpp
// makes the static heed_model of the ABI from it.
#pragma once

#include "compiler/codegen/HostFunction.h"

namespace heed {

inline constexpr llvm::StringLiteral manifestName = "heed.model";

/// Formulas of an entry become functions `ENTRY.size.N(sizes) -> i64` of the module.
mlir::DictionaryAttr makeManifest(ModelOp, mlir::ModuleOp, llvm::ArrayRef<HostFunction> entries);

} // namespace heed
