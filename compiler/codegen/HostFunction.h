// An entry as a function that the host calls: `int32_t ENTRY.run(heed_call *)`.
#pragma once

#include "compiler/codegen/HostCalls.h"
#include "compiler/codegen/RangeFunction.h"

namespace heed {

/// A fault of an entry, in the order of their numbers.
struct Fault {
  std::string message, place;
};

struct HostFunction {
  mlir::func::FuncOp function;
  std::vector<Fault> faults;
  SizeExpr scratch; // bytes per thread that its kernels need
};

/// Bytes from the start of the weights image to each parameter of the model, in its order, and of the image as a whole.
struct WeightsLayout {
  llvm::StringMap<int64_t> offsets;
  int64_t bytes = 0;
};
WeightsLayout weightsLayout(ModelOp);

/// Kernels that are already functions; equal ones share one.
using RangeFunctions = llvm::DenseMap<KernelOp, const RangeFunction *>;

HostFunction emitHostFunction(EntryOp, const RangeFunctions &, mlir::ModuleOp, HostCalls &);

} // namespace heed
