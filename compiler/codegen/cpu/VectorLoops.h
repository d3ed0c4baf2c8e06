// The loops of one index op in vectors: lanes run along the last result index, or, of a reduction to what has none
// left, along the last reduced index; what remains behind the last full vector is done in scalars. Where lanes would
// not help (data decides, prefix sums, argmax …) it does not fit, and IndexLoops writes scalar loops.
#pragma once

#include "compiler/codegen/cpu/VectorRegion.h"

namespace heed {

class VectorLoops {
public:
  VectorLoops(Frame &, const CpuStrategy &, IndexOp);

  /// Whether lanes help when the leading `fixed` indices (the enclosing ones, then the first results') are given.
  bool fits(unsigned fixed);
  /// As IndexLoops::store: computes the elements whose leading indices are `dims`, and stores them.
  void store(llvm::ArrayRef<mlir::Value> dims, llvm::ArrayRef<Place> results);
  /// As before, but of the last result index only [from, to); `dims` are all others. Nothing may be reduced.
  void storePart(llvm::ArrayRef<mlir::Value> dims, mlir::Value from, mlir::Value to, llvm::ArrayRef<Place> results);

private:
  Frame &frame;
  const CpuStrategy &strategy;
  IndexOp op;
};

} // namespace heed
