// The loops of one index op, in scalar code.
#pragma once

#include "compiler/codegen/plain/Domain.h"
#include "compiler/codegen/plain/Fold.h"
#include "compiler/codegen/plain/ScalarRegion.h"
#include "compiler/kernels/KernelRows.h"

namespace heed {

/// The keys that a row of attention sees: those in [from, to) whose byte in `visible` (null: all) is not 0. With
/// `order`, these are places in a dense row, and it holds which key each is.
struct VisibleKeys {
  mlir::Value from, to, visible, order{};
};

/// Of an op of form `scatter`: the result index that data decides, for every point one value of it. Nothing where its
/// sums can't be kept in the result itself: elements narrower than what is added, argmax, logsumexp.
std::optional<unsigned> scatterAxis(IndexOp);

class IndexLoops {
public:
  IndexLoops(Frame &, IndexOp);

  /// Index `own` of the op runs over the keys of a row: only visible ones count.
  void restrict(unsigned own, const VisibleKeys &keys) { restricted[enclosing + own] = keys; }

  /// Computes the elements whose leading indices (the enclosing ones, then the first results') are `dims`, and stores
  /// them; where there are more places than results, the results go to several, in rounds.
  void store(llvm::ArrayRef<mlir::Value> dims, llvm::ArrayRef<Place> results);
  /// Of an op of form `scatter`: computes the elements whose index along the scattered axis is in [from, to), one pass
  /// over all points. Which leading indices are given may not go beyond that axis.
  void storeScattered(llvm::ArrayRef<mlir::Value> dims, mlir::Value from, mlir::Value to,
                      llvm::ArrayRef<Place> results);
  /// The scalars at these indices: all enclosing ones and all result axes.
  llvm::SmallVector<mlir::Value> value(llvm::ArrayRef<mlir::Value> dims);

private:
  using Dims = llvm::SmallVector<mlir::Value>;
  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(const Dims &, mlir::ValueRange carries)>;

  llvm::SmallVector<mlir::Value> nest(Dims dims, unsigned until, mlir::ValueRange carries, Body);
  llvm::SmallVector<mlir::Value> addPoint(const Dims &, mlir::ValueRange carries);
  std::pair<mlir::Value, mlir::Value> rangeOf(unsigned dim, const Dims &);
  void storeAt(const Dims &, mlir::ValueRange values, llvm::ArrayRef<Place> results);

  bool runsAlike(unsigned dim, unsigned other);
  bool rowIsInnermost();
  void storeByRows(const Dims &, llvm::ArrayRef<Place> results);
  void storeRunning(const Dims &, llvm::ArrayRef<Place> results);
  mlir::Value scatteredTo(unsigned axis, const Dims &);

  Frame &frame;
  IndexOp op;
  mlir::ImplicitLocOpBuilder &b;
  ScalarRegion region;
  unsigned enclosing, rank, count; // of enclosing indices; of result axes; of all indices in force
  llvm::SmallVector<SizeExpr> bounds;
  llvm::SmallVector<llvm::StringRef> names;
  Domain domain;
  Fold fold;
  llvm::DenseMap<unsigned, VisibleKeys> restricted;
};

} // namespace heed
