// Sizes become index values: SizeExpr in, arith ops out, each size once per function.
#pragma once

#include "lang/check/SizeExpr.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"

#include <map>

namespace heed {

/// Emits every size at the head of one function, so that each dominates all of its uses and loops hold no size
/// arithmetic.
class SizeCode {
public:
  /// New ops go before `anchor`, which dominates every use.
  explicit SizeCode(mlir::Operation *anchor) : builder(anchor), loc(anchor->getLoc()) {}

  /// The value of a named size.
  void bind(llvm::StringRef name, mlir::Value index) { symbols[name] = index; }

  mlir::Value value(const SizeExpr &);
  mlir::Value constant(int64_t);

private:
  mlir::Value emit(const SizeExpr &);
  mlir::Value atom(const SizeExpr::AtomNode &);
  mlir::Value power(mlir::Value base, unsigned exponent);
  mlir::Value nonZero(mlir::Value divisor);

  mlir::OpBuilder builder;
  mlir::Location loc;
  llvm::StringMap<mlir::Value> symbols;
  std::map<SizeExpr, mlir::Value> known;
};

} // namespace heed
