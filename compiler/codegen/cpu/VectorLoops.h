// The loops of one index op in vectors: lanes run along the last result index, or, of a reduction that reads rows in
// order, along the last reduced index; what remains behind the last full vector is a vector with a mask. Where lanes
// would not help (data decides, prefix sums, argmax …) it does not fit, and IndexLoops writes scalar loops.
#pragma once

#include "compiler/codegen/cpu/VectorPoint.h"
#include "compiler/codegen/plain/Domain.h"

namespace heed {

class VectorLoops {
public:
  VectorLoops(Frame &, const CpuStrategy &, IndexOp);

  /// Whether lanes help when the leading `fixed` indices (the enclosing ones, then the first results') are given.
  bool fits(unsigned fixed);
  /// As IndexLoops::store: computes the elements whose leading indices are `dims`, and stores them.
  void store(llvm::ArrayRef<mlir::Value> dims, llvm::ArrayRef<Place> results);
  /// Whether lanes run along the last result index, which is not one of the `fixed` ones: then any part of it can be
  /// computed alone, to the same bits.
  bool fitsParts(unsigned fixed);
  /// As `store`, but of the last result index only [from, to); `dims` are all others.
  void storePart(llvm::ArrayRef<mlir::Value> dims, mlir::Value from, mlir::Value to, llvm::ArrayRef<Place> results);

private:
  using Dims = llvm::SmallVector<mlir::Value>;
  using Value = mlir::Value;
  using Carries = llvm::SmallVector<mlir::Value>;
  /// `vectors` vectors from `index` on; the mask (null: all) is of the last one.
  using Step = llvm::function_ref<Carries(Value index, unsigned vectors, Value mask, mlir::ValueRange carries)>;

  /// The index along which lanes run; nothing where none helps.
  std::optional<unsigned> laneDim(unsigned fixed);
  bool readsInOrder(unsigned dim);
  bool readsAhead();
  bool isEven(unsigned dim);
  llvm::SmallVector<int64_t> strides(unsigned dim) const;
  llvm::SmallVector<RegionEmitter::At> lanesAt(llvm::ArrayRef<Value> dims, unsigned dim);

  std::pair<Value, Value> rangeOf(unsigned dim, llvm::ArrayRef<Value> dims);
  Carries nest(Dims dims, unsigned until, mlir::ValueRange carries,
               llvm::function_ref<Carries(const Dims &, mlir::ValueRange)> body);
  /// Steps of `most` vectors, then of one, then the rest under a mask, as far as the range can need them.
  Carries overLanes(llvm::StringRef name, Value from, Value to, unsigned most, mlir::ValueRange carries, Step);
  unsigned vectorsAtOnce(unsigned dim, Value from, Value to);
  /// Reads what all lanes and steps share, checks what data decides, and runs `body` if that is inside.
  void withKnown(const Dims &, unsigned dim, llvm::function_ref<void(const KnownElements &)> body);

  void storePointwise(const Dims &, Value from, Value to, llvm::ArrayRef<Place> results);
  void storeColumns(const Dims &, Value from, Value to, llvm::ArrayRef<Place> results);
  void storeReduced(const Dims &, llvm::ArrayRef<Place> results);
  void storeVector(llvm::ArrayRef<Value> dims, Value value, Value mask, llvm::ArrayRef<Place> results);
  Value acrossLanes(Fold &, mlir::ValueRange carries);

  Frame &frame;
  const CpuStrategy &strategy;
  IndexOp op;
  mlir::ImplicitLocOpBuilder &b;
  VectorRegion region;
  unsigned enclosing, rank, count;
  llvm::SmallVector<SizeExpr> bounds;
  llvm::SmallVector<llvm::StringRef> names;
  Domain domain;
};

} // namespace heed
