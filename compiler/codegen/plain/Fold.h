// A reduction as values that a loop carries.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace heed {

class Fold {
public:
  /// Folds scalars of type `element`; `indices` counts the reduced indices (argmax gives each).
  Fold(mlir::ImplicitLocOpBuilder &b, Reduction kind, mlir::Type element, unsigned indices)
      : b(b), kind(kind), element(element), indices(indices) {}

  /// The carries before any element.
  llvm::SmallVector<mlir::Value> start();
  /// The carries after one more element, which stands at `at`.
  llvm::SmallVector<mlir::Value> add(mlir::ValueRange carries, mlir::Value value, mlir::ValueRange at);
  /// The results: one scalar, or one i64 per index.
  llvm::SmallVector<mlir::Value> finish(mlir::ValueRange carries);

private:
  mlir::Value combine(mlir::Value a, mlir::Value b);
  llvm::SmallVector<mlir::Value> addArgmax(mlir::ValueRange carries, mlir::Value value, mlir::ValueRange at);
  llvm::SmallVector<mlir::Value> addLogSumExp(mlir::Value max, mlir::Value sum, mlir::Value value);
  mlir::Value constant(double);
  mlir::Value lowest();
  mlir::Value greater(mlir::Value, mlir::Value);

  mlir::ImplicitLocOpBuilder &b;
  Reduction kind;
  mlir::Type element;
  unsigned indices;
};

} // namespace heed
