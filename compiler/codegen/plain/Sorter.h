// One sort within its frame: row by row, the first of a row in order, stable.
#pragma once

#include "compiler/codegen/Frame.h"

namespace heed {

class Sorter {
public:
  /// Of each row the first `length` elements are sorted. Results that nobody reads need no place.
  Sorter(Frame &, SortOp, mlir::Value length);

  /// The row whose indices, all but the last, are these.
  void sort(llvm::ArrayRef<mlir::Value> row);

private:
  struct Element {
    mlir::Value value, position; // position: index
  };

  void pick(llvm::ArrayRef<mlir::Value> row);
  void merge(llvm::ArrayRef<mlir::Value> row);
  void mergeRuns(mlir::Value from, mlir::Value to, mlir::Value begin, mlir::Value middle, mlir::Value end);
  mlir::Value isLess(mlir::Value, mlir::Value);
  mlir::Value isBefore(mlir::Value, mlir::Value);
  mlir::Value read(llvm::ArrayRef<mlir::Value> row, mlir::Value i);
  void store(llvm::ArrayRef<mlir::Value> row, mlir::Value n, Element);

  Frame &frame;
  SortOp op;
  mlir::ImplicitLocOpBuilder &b;
  Place source;
  std::optional<Place> values, positions; // nothing for a result that the kernel does not yield
  mlir::Value length, count;
  bool picks;
  Place keys;        // two halves, between which runs are merged
  mlir::Value order; // where the keys stood
};

} // namespace heed
