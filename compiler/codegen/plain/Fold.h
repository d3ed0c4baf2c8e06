// A reduction as values that a loop carries.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace heed {

class Fold {
public:
  /// Folds values of type `element`, scalars or (but for argmax) vectors of them; `indices` counts
  /// the reduced indices (argmax gives each).
  Fold(mlir::ImplicitLocOpBuilder &b, Reduction kind, mlir::Type element, unsigned indices)
      : b(b), kind(kind), element(element), indices(indices) {}
  virtual ~Fold() = default;

  /// The carries before any element.
  llvm::SmallVector<mlir::Value> start();
  /// The carries after one more element, which stands at `at`.
  llvm::SmallVector<mlir::Value> add(mlir::ValueRange carries, mlir::Value value, mlir::ValueRange at);
  /// The results: one scalar, or one i64 per index.
  llvm::SmallVector<mlir::Value> finish(mlir::ValueRange carries);

  /// Of logsumexp: sum * e^(max - most), for a `most` that is no less than max.
  mlir::Value below(mlir::Value max, mlir::Value sum, mlir::Value most);

protected:
  virtual mlir::Value exp(mlir::Value x);
  virtual mlir::Value log(mlir::Value x);

private:
  mlir::Value combine(mlir::Value a, mlir::Value b);
  llvm::SmallVector<mlir::Value> addArgmax(mlir::ValueRange carries, mlir::Value value, mlir::ValueRange at);
  llvm::SmallVector<mlir::Value> addLogSumExp(mlir::Value max, mlir::Value sum, mlir::Value value);
  mlir::Value constant(double);
  mlir::Value constant(mlir::TypedAttr scalar);
  bool isReal() const;
  mlir::Value lowest();
  mlir::Value greater(mlir::Value, mlir::Value);

  mlir::ImplicitLocOpBuilder &b;
  Reduction kind;
  mlir::Type element;
  unsigned indices;
};

} // namespace heed
