// Attention row by row, in scalar code: scores of all visible keys, the weights program over them, then sums of values.
#pragma once

#include "compiler/codegen/plain/IndexLoops.h"

namespace heed {

class AttendLoops {
public:
  AttendLoops(Frame &, AttendOp);

  /// Computes the elements whose leading result indices are `dims`, and stores them in all these places.
  void store(llvm::ArrayRef<mlir::Value> dims, llvm::ArrayRef<Place> results);

private:
  using Dims = llvm::SmallVector<mlir::Value>;

  void overResults(const Dims &, bool ofRow, llvm::function_ref<void(const Dims &)> body);
  void storeRow(const Dims &, llvm::ArrayRef<Place> results);
  VisibleKeys scores(const Dims &);
  VisibleKeys denseScores(const Dims &, VisibleKeys);
  void overKeys(const Dims &, const VisibleKeys &, llvm::function_ref<void(const Dims &, mlir::Value key)> body);
  void overDense(const Dims &, const VisibleKeys &, llvm::function_ref<void(const Dims &, mlir::Value place)> body);
  mlir::Value isVisible(const Dims &);
  mlir::Value weights(const Dims &, const VisibleKeys &);
  void values(const Dims &, const VisibleKeys &, mlir::Value weights, llvm::ArrayRef<Place> results);
  bool seesAnInterval();
  mlir::Value emitScalar(mlir::Region &, const Dims &);

  Frame &frame;
  AttendOp op;
  mlir::ImplicitLocOpBuilder &b;
  ScalarRegion region;
  unsigned rank, count;
  llvm::SmallVector<SizeExpr> bounds;
  llvm::SmallVector<llvm::StringRef> names;
  llvm::SmallVector<bool> ofRow; // per index: scores depend on it
  Domain domain;
  bool interval;     // the visible keys are all those in a range
  Place row;         // the scores
  mlir::Value order; // of a dense row: which keys they are of
  mlir::Value seen;  // of a dense row: how many there are, in memory
};

} // namespace heed
