// Affine expressions and conditions as sums that run fast. In: MLIR's expressions, with sizes already numbers. Out:
// values at a point.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/AffineExpr.h"

#include <vector>

namespace heed {

/// Where dims and data are: dims by number, data by access.
struct AffinePoint {
  const int64_t *dims;
  const int64_t *data;
};

class AffineCode {
public:
  /// The first symbols are `sizes`; those after them are data.
  AffineCode(mlir::AffineExpr, llvm::ArrayRef<int64_t> sizes);

  /// Numbers that are too large wrap, as in compiled code.
  int64_t at(const AffinePoint &point) const {
    uint64_t sum = constant;
    for (const Term &t : dims)
      sum += t.factor * uint64_t(point.dims[t.number]);
    for (const Term &t : data)
      sum += t.factor * uint64_t(point.data[t.number]);
    for (const Division &d : divisions)
      sum += d.factor * uint64_t(d.value(point));
    return int64_t(sum);
  }

private:
  struct Term {
    unsigned number;
    uint64_t factor;
  };
  struct Division {
    mlir::AffineExprKind kind; // FloorDiv, CeilDiv or Mod
    std::shared_ptr<const AffineCode> numerator;
    int64_t by;
    uint64_t factor;
    int64_t value(const AffinePoint &) const;
  };
  void add(mlir::AffineExpr, uint64_t factor, llvm::ArrayRef<int64_t> sizes);

  uint64_t constant = 0;
  std::vector<Term> dims, data;
  std::vector<Division> divisions;
};

class ConditionCode {
public:
  /// None: always true.
  ConditionCode(ConditionAttr, llvm::ArrayRef<int64_t> sizes);
  bool holds(const AffinePoint &) const;

private:
  struct Constraint {
    AffineCode code;
    bool equality;
  };
  bool always;
  std::vector<std::vector<Constraint>> any;
};

} // namespace heed
