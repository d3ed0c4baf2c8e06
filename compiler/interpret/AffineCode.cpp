// Affine expressions and conditions as sums.
#include "compiler/interpret/AffineCode.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace heed {

AffineCode::AffineCode(AffineExpr e, ArrayRef<int64_t> sizes) { add(e, 1, sizes); }

void AffineCode::add(AffineExpr e, uint64_t factor, ArrayRef<int64_t> sizes) {
  if (auto number = dyn_cast<AffineConstantExpr>(e)) {
    constant += factor * uint64_t(number.getValue());
  } else if (auto dim = dyn_cast<AffineDimExpr>(e)) {
    dims.push_back({dim.getPosition(), factor});
  } else if (auto symbol = dyn_cast<AffineSymbolExpr>(e)) {
    if (symbol.getPosition() < sizes.size())
      constant += factor * uint64_t(sizes[symbol.getPosition()]);
    else
      data.push_back({unsigned(symbol.getPosition() - sizes.size()), factor});
  } else {
    auto binary = cast<AffineBinaryOpExpr>(e);
    if (e.getKind() == AffineExprKind::Add) {
      add(binary.getLHS(), factor, sizes);
      add(binary.getRHS(), factor, sizes);
      return;
    }
    int64_t by = cast<AffineConstantExpr>(binary.getRHS()).getValue();
    if (e.getKind() == AffineExprKind::Mul)
      add(binary.getLHS(), factor * uint64_t(by), sizes);
    else
      divisions.push_back({e.getKind(), std::make_shared<AffineCode>(binary.getLHS(), sizes), by, factor});
  }
}

int64_t AffineCode::Division::value(const AffinePoint &point) const {
  int64_t n = numerator->at(point);
  switch (kind) {
  case AffineExprKind::FloorDiv:
    return llvm::divideFloorSigned(n, by);
  case AffineExprKind::CeilDiv:
    return llvm::divideCeilSigned(n, by);
  default:
    return llvm::mod(n, by);
  }
}

ConditionCode::ConditionCode(ConditionAttr condition, ArrayRef<int64_t> sizes) : always(!condition) {
  if (!condition)
    return;
  for (IntegerSet set : condition.getSets()) {
    auto &all = any.emplace_back();
    for (auto [expr, equality] : llvm::zip(set.getConstraints(), set.getEqFlags()))
      all.push_back({AffineCode(expr, sizes), equality});
  }
}

bool ConditionCode::holds(const AffinePoint &point) const {
  return always || llvm::any_of(any, [&](const std::vector<Constraint> &all) {
           return llvm::all_of(all, [&](const Constraint &c) {
             int64_t value = c.code.at(point);
             return c.equality ? value == 0 : value >= 0;
           });
         });
}

} // namespace heed
