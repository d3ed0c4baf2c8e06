// Points of an index op's domain, one a lane: conditions become masks, accesses vectors.
#pragma once

#include "compiler/codegen/cpu/VectorRegion.h"
#include "compiler/codegen/plain/Fold.h"

namespace heed {

/// How much an expression grows from lane to lane, where dims grow by `strides`; nothing if not evenly.
std::optional<int64_t> strideOf(mlir::AffineExpr, llvm::ArrayRef<int64_t> strides);

/// Scalars that accesses of an op give in all lanes and in all steps of a loop, read before it.
using KnownElements = llvm::DenseMap<unsigned, mlir::Value>;

class VectorPoint {
public:
  using At = RegionEmitter::At;

  /// `known` holds elements by access; if it is given, the indices that come from them have been checked.
  VectorPoint(VectorRegion &region, Frame &frame, IndexOp op, llvm::ArrayRef<At> dims,
              const KnownElements *known = nullptr);

  /// A condition of the op: a mask, or an i1 where it is the same in all lanes.
  mlir::Value holds(ConditionAttr, mlir::Value mask);
  /// The elements in lanes where the mask holds (null: in all).
  llvm::SmallVector<mlir::Value> elements(mlir::Value mask);
  /// The carries of a reduction after what the op yields here, in lanes where mask and guard hold (null: in all).
  llvm::SmallVector<mlir::Value> add(Fold &, mlir::ValueRange carries, ConditionAttr guard, mlir::Value mask);

private:
  bool isUniform(AccessAttr) const;
  bool isUniform(ConditionAttr) const;
  bool isEven(AccessAttr) const;
  bool takesData(mlir::AffineMap) const;
  mlir::Value element(unsigned access, mlir::Value mask);
  At expand(mlir::AffineExpr, llvm::ArrayRef<mlir::Value> symbols);
  llvm::SmallVector<mlir::Value> symbolsOf(mlir::AffineMap);
  llvm::SmallVector<mlir::Value> dimsIn(mlir::Value lane);

  VectorRegion &region;
  Frame &frame;
  mlir::ImplicitLocOpBuilder &b;
  IndexOp op;
  llvm::SmallVector<At> dims;
  llvm::SmallVector<int64_t> strides;
  llvm::SmallVector<mlir::Value> bases;
  llvm::SmallVector<AccessAttr> accesses;
  llvm::SmallVector<SizeExpr> sizeSymbols;
  const KnownElements *known;
};

/// Both conditions: masks, i1 or null (always).
mlir::Value both(mlir::ImplicitLocOpBuilder &, VectorRegion &, mlir::Value, mlir::Value);

/// The value of a term for these indices; nothing where lanes part (their loops differ, or each finds a place).
std::optional<mlir::Value> termInVectors(VectorRegion &, Frame &, IndexOp, llvm::ArrayRef<RegionEmitter::At>,
                                         mlir::Value mask);

} // namespace heed
