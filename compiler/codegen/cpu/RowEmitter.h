// The ops of a kernel for one row: in vectors where that helps, else in scalars. What one hands to the next lies in
// scratch memory, in scalar precision.
#pragma once

#include "compiler/codegen/cpu/VectorLoops.h"

namespace heed {

class RowEmitter {
public:
  RowEmitter(Frame &frame, const CpuStrategy &strategy, unsigned outer)
      : frame(frame), strategy(strategy), outer(outer) {}

  /// Emits `op` at the row with these outer indices. Results without a place get one in scratch memory, which the next
  /// row uses again.
  void emit(mlir::Operation &op, llvm::ArrayRef<mlir::Value> row);

private:
  Frame &frame;
  const CpuStrategy &strategy;
  unsigned outer;
};

} // namespace heed
