// In: an index op with simplified maps. Out: its normal form. Every form is a promise that later stages build on, so
// each test here is exact about what it asks; what none recognises is `general`, which is always right.
#include "compiler/normalise/Normalise.h"

using namespace mlir;

namespace heed {
namespace {

class Classifier {
public:
  explicit Classifier(IndexOp op)
      : op(op), enclosing(op.getEnclosingIndices()), firstReduced(enclosing + op.getRank()),
        dims(enclosing + op.getNumIndices()), yield(cast<YieldOp>(op.getBody().front().getTerminator())) {}

  Form classify() {
    if (op.getReduction() == Reduction::none)
      return Form::pointwise;
    if (isScatter())
      return Form::scatter;
    if (isContraction())
      return Form::contraction;
    if (auto axis = running(); axis && !axis->backwards)
      return Form::prefix;
    if (isRow())
      return Form::row;
    return Form::general;
  }

  /// `where` says s <= t or s < t, or the reverse, for the only reduced index s and a result index t of the same range;
  /// nothing else sees t, and what else is asked reads data: then the results along t are the running values of one
  /// pass over s.
  std::optional<RunningAxis> running() {
    ConditionAttr where = op.getWhereAttr();
    if (op.getReduction() == Reduction::argmax || op.getReduction() == Reduction::none || firstReduced + 1 != dims ||
        !where || where.getSets().size() != 1)
      return std::nullopt;
    IntegerSet set = where.getSets()[0];
    std::optional<RunningAxis> axis;
    SmallVector<AffineExpr> others;
    for (auto [e, equality] : llvm::zip_equal(set.getConstraints(), set.getEqFlags())) {
      auto order = equality || axis ? std::nullopt : orderOf(e, set.getNumSymbols());
      if (!order && !readsData(e)) // cuts what the pass goes over
        return std::nullopt;
      if (order)
        axis = order;
      else
        others.push_back(e);
    }
    auto sees = [&](AffineExpr e) { return e.isFunctionOfDim(axis->dim); };
    if (!axis || !(boundOf(axis->dim) == boundOf(firstReduced)) || isSeen(axis->dim) || llvm::any_of(others, sees) ||
        (!axis->inclusive && !readsEverywhere()))
      return std::nullopt;
    return axis;
  }

private:
  /// s <= t, s < t, and the reverse, where t is a result index.
  std::optional<RunningAxis> orderOf(AffineExpr constraint, unsigned symbols) {
    AffineExpr s = getAffineDimExpr(firstReduced, op.getContext());
    for (unsigned t = enclosing; t < firstReduced; ++t) {
      AffineExpr ahead = getAffineDimExpr(t, op.getContext()) - s;
      for (bool backwards : {false, true}) {
        AffineExpr slack = constraint - (backwards ? -ahead : ahead);
        auto constant = dyn_cast<AffineConstantExpr>(simplifyAffineExpr(slack, dims, symbols));
        if (constant && (constant.getValue() == 0 || constant.getValue() == -1))
          return RunningAxis{t, constant.getValue() == 0, backwards};
      }
    }
    return std::nullopt;
  }
  bool readsData(AffineExpr e) {
    for (unsigned k = 0; k != op.getAccesses().size(); ++k)
      if (e.isFunctionOfSymbol(firstData(op) + k))
        return true;
    return false;
  }
  /// Where s < t the pass also reads the element at t, which the results do not need: it has to be there.
  bool readsEverywhere() {
    AffineExpr s = getAffineDimExpr(firstReduced, op.getContext());
    for (AccessAttr access : op.getAccessList()) {
      SmallVector<SizeExpr> axes = axesOf(cast<RankedTensorType>(op.getSources()[access.getOperand()].getType()));
      for (auto [e, size] : llvm::zip_equal(access.getMap().getResults(), axes)) {
        bool whole = e == s && size == boundOf(firstReduced);
        if (!whole && (mentionsReduced(e) || readsData(e)))
          return false;
      }
    }
    return true;
  }

  /// The sum of a product of two accesses, over all points.
  bool isContraction() {
    if (op.getReduction() != Reduction::sum || op.getWhereAttr() || isConditional() || op.getAccesses().size() != 2)
      return false;
    auto product = yield.getValues()[0].getDefiningOp<arith::MulFOp>();
    if (!product)
      return false;
    Value left = op.getBody().getArgument(0), right = op.getBody().getArgument(1);
    return (product.getLhs() == left && product.getRhs() == right) ||
           (product.getLhs() == right && product.getRhs() == left);
  }

  /// Reduced indices run along trailing axes of what is read, and no constraint couples them with result indices.
  bool isRow() {
    for (AccessAttr access : op.getAccessList()) {
      unsigned last = 0;
      for (AffineExpr e : access.getMap().getResults()) {
        auto dim = dyn_cast<AffineDimExpr>(e);
        bool reduced = dim && dim.getPosition() >= firstReduced;
        if (!reduced && (last > 0 || mentionsReduced(e)))
          return false;
        if (!reduced)
          continue;
        if (dim.getPosition() + 1 <= last)
          return false;
        last = dim.getPosition() + 1;
      }
      if (couples(access.getGuard()))
        return false;
    }
    return !couples(op.getWhereAttr());
  }

  /// Data says to which element of a result axis a point belongs, by an equality: in `where`, or in the condition that
  /// the body yields.
  bool isScatter() {
    for (unsigned r = enclosing; r < firstReduced; ++r)
      if (!isSeen(r, /*butInCondition=*/true) && (isDeterminedByWhere(r) || isDeterminedByBody(r)))
        return true;
    return false;
  }
  bool isDeterminedByWhere(unsigned r) {
    ConditionAttr where = op.getWhereAttr();
    if (!where || where.getSets().size() != 1)
      return false;
    IntegerSet set = where.getSets()[0];
    AffineExpr dim = getAffineDimExpr(r, op.getContext());
    for (auto [e, equality] : llvm::zip_equal(set.getConstraints(), set.getEqFlags())) {
      bool hasData = false;
      for (unsigned k = firstData(op); k < set.getNumSymbols(); ++k)
        hasData |= e.isFunctionOfSymbol(k);
      auto solved = [&](AffineExpr rest) {
        return !simplifyAffineExpr(rest, dims, set.getNumSymbols()).isFunctionOfDim(r);
      };
      if (equality && hasData && (solved(e - dim) || solved(e + dim)))
        return true;
    }
    return false;
  }
  bool isDeterminedByBody(unsigned r) {
    if (!isConditional())
      return false;
    auto equal = yield.getValues()[1].getDefiningOp<arith::CmpIOp>();
    if (!equal || equal.getPredicate() != arith::CmpIPredicate::eq)
      return false;
    auto isIndex = [&](Value v) {
      auto at = v.getDefiningOp<AtOp>();
      return at && at.getDim() == r && v.hasOneUse();
    };
    auto isData = [&](Value v) { return isa<BlockArgument>(v) && v.getParentBlock() == &op.getBody().front(); };
    return (isIndex(equal.getLhs()) && isData(equal.getRhs())) || (isIndex(equal.getRhs()) && isData(equal.getLhs()));
  }

  bool isConditional() { return yield.getValues().size() > 1; }
  SizeExpr boundOf(unsigned dim) { return op.getBoundExprs()[dim - enclosing]; }

  /// The value of an element depends on this index other than through `where` (and the condition, if that is left out).
  bool isSeen(unsigned dim, bool butInCondition = false) {
    for (AccessAttr access : op.getAccessList()) {
      if (access.getMap().isFunctionOfDim(dim))
        return true;
      for (IntegerSet set : access.getGuard() ? access.getGuard().getSets() : ArrayRef<IntegerSet>())
        if (llvm::any_of(set.getConstraints(), [&](AffineExpr e) { return e.isFunctionOfDim(dim); }))
          return true;
    }
    auto seen = op.getBody().walk([&](AtOp at) {
      bool inCondition = butInCondition && at->hasOneUse() && isConditional() &&
                         *at->user_begin() == yield.getValues()[1].getDefiningOp();
      return at.getDim() == dim && !inCondition ? WalkResult::interrupt() : WalkResult::advance();
    });
    return seen.wasInterrupted();
  }
  bool mentionsReduced(AffineExpr e) {
    for (unsigned dim = firstReduced; dim < dims; ++dim)
      if (e.isFunctionOfDim(dim))
        return true;
    return false;
  }
  bool couples(ConditionAttr condition) {
    for (IntegerSet set : condition ? condition.getSets() : ArrayRef<IntegerSet>())
      for (AffineExpr e : set.getConstraints())
        for (unsigned dim = enclosing; dim < firstReduced; ++dim)
          if (e.isFunctionOfDim(dim) && mentionsReduced(e))
            return true;
    return false;
  }

  IndexOp op;
  unsigned enclosing, firstReduced, dims; // dims: enclosing, result, then reduced indices
  YieldOp yield;
};

} // namespace

std::optional<RunningAxis> runningAxis(IndexOp op) {
  if (op.getForm() == Form::contraction || op.getForm() == Form::scatter)
    return std::nullopt;
  return Classifier(op).running();
}
Form formOf(IndexOp op) { return Classifier(op).classify(); }

} // namespace heed
