// One point of an index op's domain: its accesses read, its conditions decided, in scalar code.
#pragma once

#include "compiler/codegen/RegionEmitter.h"

namespace heed {

/// A condition at these indices. Data symbols are asked for through `data`, only where a constraint needs them.
mlir::Value holds(Frame &, ConditionAttr, llvm::ArrayRef<mlir::Value> dims, llvm::ArrayRef<SizeExpr> symbols,
                  llvm::function_ref<mlir::Value(unsigned access)> data = {});

/// Reads the accesses of an index op at one point, each at most once.
class Point {
public:
  Point(RegionEmitter &region, Frame &frame, IndexOp op, llvm::ArrayRef<mlir::Value> dims);

  /// Whether the op's `where` holds; only data that it needs has been read then.
  mlir::Value whereHolds(ConditionAttr where);
  /// The integer that an access gives, as an index.
  mlir::Value dataIndex(unsigned access);
  llvm::SmallVector<mlir::Value> elements();

private:
  mlir::Value element(unsigned access);
  mlir::Value readChecked(AccessAttr, unsigned access);
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
