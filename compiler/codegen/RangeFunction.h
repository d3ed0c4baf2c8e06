// One kernel as a function over a range of its rows and panels, and the thunk through which the host's threads call it.
#pragma once

#include "compiler/codegen/Skeleton.h"

namespace heed {

/// What a caller has to know of a compiled kernel. `args` of the thunk is a struct: heed_call *, the number of the
/// first fault (i32), then a pointer per buffer (operands, then results), an i64 per scalar operand and per size, and
/// the first row, from which the host's ranges are counted.
struct RangeFunction {
  mlir::func::FuncOp thunk;
  mlir::Type args; // the struct, an LLVM type
  llvm::SmallVector<std::string> sizes;
  Work work;
  SizeExpr scratch; // bytes per thread
};

/// Emits the function, its body filled by the skeleton, and its thunk at the end of the module. `inPlace`: some call
/// writes a result over an operand.
llvm::FailureOr<RangeFunction> emitRangeFunction(KernelOp, llvm::StringRef name, bool inPlace, Skeleton &,
                                                 mlir::ModuleOp, HostCalls &);

} // namespace heed
