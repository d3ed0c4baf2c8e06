// A conjunction of affine constraints becomes loop bounds, one constraint after the other, where the innermost index of
// a constraint is a loop's and its coefficient 1 or -1. A disjunction, and whatever reads data, stays a test.
#include "compiler/codegen/plain/Domain.h"

#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/Dialect/Affine/Utils.h"

using namespace mlir;

namespace heed {

/// Coefficients of the dims, or nothing where the expression is not linear in dims and symbols.
static std::optional<SmallVector<int64_t>> coefficientsOf(AffineExpr expr, unsigned dims, unsigned symbols) {
  SmallVector<int64_t> flat;
  if (failed(getFlattenedAffineExpr(expr, dims, symbols, &flat)) || flat.size() != dims + symbols + 1)
    return std::nullopt; // floordiv and mod add columns of their own
  flat.resize(dims);
  return flat;
}

/// Puts one constraint into `ranges` if it bounds a loop.
static bool bound(Domain &domain, AffineExpr expr, bool equality, unsigned firstLoop, unsigned dims, unsigned symbols) {
  auto coefficients = coefficientsOf(expr, dims, symbols);
  if (!coefficients)
    return false;
  unsigned dim = dims;
  while (dim > firstLoop && (*coefficients)[dim - 1] == 0)
    --dim;
  if (dim-- == firstLoop || std::abs((*coefficients)[dim]) != 1)
    return false;

  AffineExpr index = getAffineDimExpr(dim, expr.getContext());
  bool positive = (*coefficients)[dim] == 1;
  // index + rest >= 0 or rest - index >= 0
  AffineExpr rest = simplifyAffineExpr(positive ? expr - index : expr + index, dims, symbols);
  AffineExpr edge = simplifyAffineExpr(positive ? -rest : rest, dims, symbols);
  if (positive || equality)
    domain.ranges[dim].from.push_back(edge);
  if (!positive || equality)
    domain.ranges[dim].to.push_back(edge + 1);
  return true;
}

Domain domainOf(ConditionAttr where, unsigned firstLoop, unsigned dims, unsigned sizeSymbols) {
  Domain domain;
  domain.ranges.resize(dims);
  domain.guard = where;
  if (!where || where.getSets().size() != 1)
    return domain;
  IntegerSet set = where.getSets().front();
  SmallVector<AffineExpr> left;
  SmallVector<bool> equalities;
  for (auto [i, constraint] : llvm::enumerate(set.getConstraints())) {
    bool readsData = false;
    for (unsigned s = sizeSymbols; s < set.getNumSymbols(); ++s)
      readsData |= constraint.isFunctionOfSymbol(s);
    if (!readsData && bound(domain, constraint, set.isEq(i), firstLoop, dims, set.getNumSymbols()))
      continue;
    left.push_back(constraint);
    equalities.push_back(set.isEq(i));
  }
  domain.guard = {};
  if (!left.empty())
    domain.guard = ConditionAttr::get(where.getContext(),
                                      IntegerSet::get(set.getNumDims(), set.getNumSymbols(), left, equalities));
  return domain;
}

std::pair<Value, Value> cut(Frame &frame, IndexOp op, const Domain::Range &range, ArrayRef<Value> dims, Value from,
                            Value to) {
  ImplicitLocOpBuilder &b = frame.b;
  SmallVector<Value> symbols;
  for (const SizeExpr &size : op.getSymbolExprs())
    symbols.push_back(frame.sizes.value(size));
  symbols.resize(symbols.size() + op.getAccesses().size());
  for (AffineExpr edge : range.from)
    from = arith::MaxSIOp::create(b, from, affine::expandAffineExpr(b, b.getLoc(), edge, dims, symbols));
  for (AffineExpr edge : range.to)
    to = arith::MinSIOp::create(b, to, affine::expandAffineExpr(b, b.getLoc(), edge, dims, symbols));
  return {from, to};
}

} // namespace heed
