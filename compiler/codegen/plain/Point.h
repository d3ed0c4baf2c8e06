// One point of an index op's domain: its accesses read, its conditions decided, in scalar code.
#pragma once

#include "compiler/codegen/RegionEmitter.h"

namespace heed {

/// A condition at these indices. Data symbols are asked for through `data`, only where a constraint needs them.
mlir::Value holds(Frame &, ConditionAttr, llvm::ArrayRef<mlir::Value> dims, llvm::ArrayRef<SizeExpr> symbols,
                  llvm::function_ref<mlir::Value(unsigned access)> data = {});

/// An integer datum as an index.
mlir::Value indexOf(mlir::ImplicitLocOpBuilder &, mlir::Value datum);

/// Reads the accesses of an index op at one point, each at most once.
class Point {
public:
  Point(RegionEmitter &region, Frame &frame, IndexOp op, llvm::ArrayRef<mlir::Value> dims);

  /// Whether the op's `where` holds; only data that it needs has been read then.
  mlir::Value whereHolds(ConditionAttr where);
  /// The integer that an access gives, as an index.
  mlir::Value dataIndex(unsigned access);
  llvm::SmallVector<mlir::Value> elements();
  mlir::Value element(unsigned access);
  /// Whether the indices of the access that data decides are inside the tensor; if not, that is a fault of the call.
  /// Null: data decides nothing.
  mlir::Value isInside(unsigned access);

private:
  struct Indices {
    llvm::SmallVector<mlir::Value> values;
    llvm::SmallVector<unsigned> checked; // axes
  };
  Indices indicesOf(unsigned access, bool onlyChecked);
  mlir::Value inside(const Place &, const Indices &);
  void fail(unsigned access, const Place &, const Indices &);
  mlir::Value readChecked(unsigned access);
  llvm::SmallVector<mlir::Value> symbolsFor(unsigned access);

  RegionEmitter &region;
  Frame &frame;
  IndexOp op;
  llvm::SmallVector<mlir::Value> dims;
  llvm::SmallVector<AccessAttr> accesses;
  llvm::SmallVector<SizeExpr> sizeSymbols;
  llvm::SmallVector<mlir::Value> read;
};

} // namespace heed
