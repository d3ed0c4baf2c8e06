// From a range function with memrefs to the C signature heed_range.
#pragma once

#include "compiler/codegen/HostCalls.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace heed {

struct Thunk {
  mlir::func::FuncOp function;
  mlir::LLVM::LLVMStructType args; // what it unpacks: pointers for memrefs, i64 for indices, the first row
};

/// A function `NAME.range(args, r0, r1, p0, p1, scratch)` that calls `function(arguments…, first + %r0,
/// first + %r1, %p0, %p1, %scratch)`.
Thunk emitThunk(mlir::ImplicitLocOpBuilder &, mlir::func::FuncOp function);

} // namespace heed
