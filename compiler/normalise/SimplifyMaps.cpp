// In: an index op. Out: the same op with simpler maps, guards and `where`, equal on every point of its index space.
// What is used: indices lie in [0, bound), and where bounds are constants, quotients and remainders by constants can be
// known.
#include "compiler/normalise/Normalise.h"

#include "mlir/IR/AffineExpr.h"

using namespace mlir;

namespace heed {
namespace {

/// A sum of products with constants, as it stands in an affine expression: what is added, and how often.
struct Sum {
  SmallVector<std::pair<AffineExpr, int64_t>> terms;
  int64_t constant = 0;

  void add(AffineExpr e, int64_t times) {
    if (times == 0)
      return;
    if (auto c = dyn_cast<AffineConstantExpr>(e)) {
      constant += times * c.getValue();
      return;
    }
    auto binary = dyn_cast<AffineBinaryOpExpr>(e);
    if (binary && e.getKind() == AffineExprKind::Add) {
      add(binary.getLHS(), times);
      add(binary.getRHS(), times);
      return;
    }
    if (auto by = binary ? dyn_cast<AffineConstantExpr>(binary.getRHS()) : AffineConstantExpr();
        by && e.getKind() == AffineExprKind::Mul) {
      add(binary.getLHS(), times * by.getValue());
      return;
    }
    for (auto &term : terms)
      if (term.first == e) {
        term.second += times;
        return;
      }
    terms.emplace_back(e, times);
  }

  AffineExpr expr(MLIRContext *context) const {
    AffineExpr sum = getAffineConstantExpr(0, context);
    for (auto [e, times] : terms)
      sum = sum + e * times;
    return sum + constant;
  }
};

class Simplifier {
public:
  Simplifier(MLIRContext *context, ArrayRef<std::optional<int64_t>> upper, unsigned symbols)
      : context(context), lowerBounds(upper.size(), 0), upperBounds(upper.begin(), upper.end()), dims(upper.size()),
        symbols(symbols) {
    lowerBounds.append(symbols, std::nullopt);
    upperBounds.append(symbols, std::nullopt);
  }

  AffineExpr simplify(AffineExpr e) {
    if (auto dim = dyn_cast<AffineDimExpr>(e))
      return upperBounds[dim.getPosition()] == 0 ? getAffineConstantExpr(0, context) : e;
    auto binary = dyn_cast<AffineBinaryOpExpr>(e);
    if (!binary)
      return e;
    AffineExpr lhs = simplify(binary.getLHS()), rhs = simplify(binary.getRHS());
    auto by = dyn_cast<AffineConstantExpr>(rhs);
    switch (e.getKind()) {
    case AffineExprKind::Add:
      return joinQuotients(lhs + rhs);
    case AffineExprKind::FloorDiv:
      return by && by.getValue() > 0 ? divide(lhs, by.getValue()).first : lhs.floorDiv(rhs);
    case AffineExprKind::Mod:
      return by && by.getValue() > 0 ? divide(lhs, by.getValue()).second : lhs % rhs;
    default:
      return getAffineBinaryOpExpr(e.getKind(), lhs, rhs);
    }
  }

  /// The condition without constraints that always hold and sets that never do; null if it always holds.
  ConditionAttr simplify(ConditionAttr condition) {
    if (!condition)
      return condition;
    SmallVector<IntegerSet> sets;
    for (IntegerSet set : condition.getSets()) {
      SmallVector<AffineExpr> kept;
      SmallVector<bool> isEquality;
      bool never = false;
      for (auto [constraint, equality] : llvm::zip_equal(set.getConstraints(), set.getEqFlags())) {
        AffineExpr e = simplify(constraint);
        auto low = bound(e, /*isUpper=*/false), high = bound(e, /*isUpper=*/true);
        if (low && *low >= 0 && (!equality || (*low == 0 && high == 0)))
          continue;
        never |= (high && *high < 0) || (equality && low && *low > 0);
        kept.push_back(e);
        isEquality.push_back(equality);
      }
      if (never)
        continue;
      if (kept.empty())
        return {};
      sets.push_back(IntegerSet::get(set.getNumDims(), set.getNumSymbols(), kept, isEquality));
    }
    return ConditionAttr::get(context, sets);
  }

private:
  /// Quotient and remainder of `e` by `by`, each as simple as its terms allow: those that `by` divides leave the
  /// remainder, and what stays is itself the remainder where it lies in [0, by).
  std::pair<AffineExpr, AffineExpr> divide(AffineExpr e, int64_t by) {
    Sum sum, whole, rest;
    sum.add(e, 1);
    for (auto [term, times] : sum.terms)
      if (times % by == 0)
        whole.add(term, times / by);
      else
        rest.add(term, times);
    whole.constant = llvm::divideFloorSigned(sum.constant, by);
    rest.constant = llvm::mod(sum.constant, by);
    AffineExpr remaining = rest.expr(context), quotient = whole.expr(context);
    auto low = bound(remaining, false), high = bound(remaining, true);
    if (low && high && *low >= 0 && *high < by)
      return {quotient, remaining};
    return {quotient + remaining.floorDiv(by), remaining % by};
  }

  /// (e floordiv c) * c * k + (e mod c) * k is e * k.
  AffineExpr joinQuotients(AffineExpr e) {
    Sum sum;
    sum.add(e, 1);
    for (bool joined = true; joined;) {
      joined = false;
      for (auto [remainder, times] : sum.terms) {
        auto mod = dyn_cast<AffineBinaryOpExpr>(remainder);
        auto by = mod ? dyn_cast<AffineConstantExpr>(mod.getRHS()) : AffineConstantExpr();
        if (times == 0 || !by || mod.getKind() != AffineExprKind::Mod)
          continue;
        AffineExpr quotient = mod.getLHS().floorDiv(by);
        auto partner = std::pair{quotient, times * by.getValue()};
        if (!llvm::is_contained(sum.terms, partner))
          continue;
        Sum next;
        next.constant = sum.constant;
        for (auto term : sum.terms)
          if (term != partner)
            next.add(term.first == remainder ? mod.getLHS() : term.first, term.second);
        sum = std::move(next);
        joined = true;
        break;
      }
    }
    return sum.expr(context);
  }

  std::optional<int64_t> bound(AffineExpr e, bool isUpper) {
    return getBoundForAffineExpr(e, dims, symbols, lowerBounds, upperBounds, isUpper);
  }

  MLIRContext *context;
  SmallVector<std::optional<int64_t>> lowerBounds, upperBounds;
  unsigned dims, symbols;
};

/// For every index in force, enclosing ones first, the greatest value if it is known.
SmallVector<std::optional<int64_t>> greatestIndices(IndexOp op) {
  SmallVector<SizeExpr> bounds = indicesAround(op).bounds;
  llvm::append_range(bounds, op.getBoundExprs());
  return llvm::map_to_vector(bounds, [](const SizeExpr &bound) {
    auto constant = bound.constant();
    return constant ? std::optional(*constant - 1) : std::nullopt;
  });
}

} // namespace

void simplifyMaps(IndexOp op) {
  MLIRContext *context = op.getContext();
  auto greatest = greatestIndices(op);
  Simplifier simplifier(context, greatest, firstData(op) + op.getAccesses().size());
  SmallVector<Attribute> accesses;
  for (AccessAttr access : op.getAccessList()) {
    SmallVector<AffineExpr> positions;
    for (AffineExpr e : access.getMap().getResults())
      positions.push_back(simplifier.simplify(e));
    auto map = AffineMap::get(access.getMap().getNumDims(), access.getMap().getNumSymbols(), positions, context);
    accesses.push_back(AccessAttr::get(context, access.getOperand(), map, simplifier.simplify(access.getGuard())));
  }
  op.setAccessesAttr(ArrayAttr::get(context, accesses));
  if (ConditionAttr where = simplifier.simplify(op.getWhereAttr()))
    op.setWhereAttr(where);
  else
    op.removeWhereAttr();
}

} // namespace heed
