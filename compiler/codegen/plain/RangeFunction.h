// One kernel as a function over a range of its rows, and the thunk through which the host's threads call it.
#pragma once

#include "compiler/codegen/HostCalls.h"
#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// What a caller has to know of a compiled kernel. `args` of the thunk is a struct: heed_call *, the number of the
/// first fault (i32), then a pointer per buffer (operands, then results) and an i64 per scalar operand and per size.
struct RangeFunction {
  mlir::func::FuncOp thunk;
  mlir::Type args; // the struct, an LLVM type
  llvm::SmallVector<std::string> sizes;
  SizeExpr rows;
  int64_t grain;    // the least number of rows worth a thread
  SizeExpr scratch; // bytes per thread
};

/// The names of all sizes within the kernel, sorted: what its function takes.
llvm::SmallVector<std::string> sizesWithin(KernelOp);

/// Emits the function and its thunk at the end of the module. `inPlace`: some call writes a result over an operand.
llvm::FailureOr<RangeFunction> emitRangeFunction(KernelOp, llvm::StringRef name, bool inPlace, mlir::ModuleOp,
                                                 HostCalls &);

} // namespace heed
