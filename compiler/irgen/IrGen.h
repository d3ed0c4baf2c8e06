// From the checked program to heed-stage IR, one to one. In: a checked program, in which no user error is left. Out: a
// module with one heed.model, which verifies. Reports nothing: what goes wrong here is our own mistake.
#pragma once

#include "lang/check/Checked.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace heed {

struct IrGenOptions {
  std::string precision = "f32"; // of the elements that the program leaves to the compiler: "f32", "bf16" or "f64"
};

/// The context's dialects are loaded as needed.
mlir::OwningOpRef<mlir::ModuleOp> generate(const checked::Program &, const Sources &, mlir::MLIRContext &,
                                           const IrGenOptions & = {});

} // namespace heed
