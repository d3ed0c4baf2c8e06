// Index ops of form `scatter` in linear time: every point is visited once and added to the element that data names.
// Points come in the same order for each element, whatever part of the elements is asked for.
#include "compiler/codegen/plain/IndexLoops.h"
#include "compiler/codegen/plain/Point.h"

#include "mlir/Dialect/Affine/Utils.h"

using namespace mlir;

namespace heed {
namespace {

/// How data gives a result index: `sign * (expr - d<axis>) = 0` in `where`, or the body's condition compares it with
/// the element of an access.
struct Target {
  unsigned axis;
  AffineExpr expr; // over the op's dims and symbols; null: the element of `access`
  unsigned access = 0;
};

/// Besides the constraint `except`, `where` says nothing of the result indices from `axis` on: which points there are
/// does not depend on where they go.
bool leavesPointsAlone(IntegerSet set, unsigned except, unsigned axis, unsigned firstReduced) {
  for (unsigned i = 0; i != set.getNumConstraints(); ++i)
    for (unsigned d = axis; i != except && d != firstReduced; ++d)
      if (set.getConstraint(i).isFunctionOfDim(d))
        return false;
  return true;
}

std::optional<Target> targetInWhere(IndexOp op, unsigned axis, unsigned dims) {
  ConditionAttr where = op.getWhereAttr();
  if (!where || where.getSets().size() != 1)
    return std::nullopt;
  IntegerSet set = where.getSets().front();
  AffineExpr dim = getAffineDimExpr(axis, op.getContext());
  for (unsigned i = 0; i != set.getNumConstraints(); ++i) {
    AffineExpr e = set.getConstraint(i);
    if (!set.isEq(i) || !e.isFunctionOfDim(axis) ||
        !leavesPointsAlone(set, i, axis, dims - op.getNumIndices() + op.getRank()))
      continue;
    for (AffineExpr rest : {e + dim, dim - e}) {
      AffineExpr solved = simplifyAffineExpr(rest, dims, set.getNumSymbols());
      bool hasData = false;
      for (unsigned s = op.getSymbols().size(); s < set.getNumSymbols(); ++s)
        hasData |= solved.isFunctionOfSymbol(s);
      if (hasData && !solved.isFunctionOfDim(axis))
        return Target{axis, solved};
    }
  }
  return std::nullopt;
}

std::optional<Target> targetInBody(IndexOp op, unsigned axis) {
  auto yield = cast<YieldOp>(op.getBody().front().getTerminator());
  unsigned firstReduced = op.getEnclosingIndices() + op.getRank();
  if (op.getWhere() && !llvm::all_of(op.getWhere()->getSets(), [&](IntegerSet set) {
        return leavesPointsAlone(set, set.getNumConstraints(), axis, firstReduced);
      }))
    return std::nullopt;
  auto equal = yield.getValues().size() == 2 ? yield.getValues()[1].getDefiningOp<arith::CmpIOp>() : nullptr;
  if (!equal || equal.getPredicate() != arith::CmpIPredicate::eq)
    return std::nullopt;
  for (auto [index, data] : {std::pair(equal.getLhs(), equal.getRhs()), std::pair(equal.getRhs(), equal.getLhs())}) {
    auto at = index.getDefiningOp<AtOp>();
    auto element = dyn_cast<BlockArgument>(data);
    if (at && at.getDim() == axis && element && element.getOwner() == &op.getBody().front())
      return Target{axis, nullptr, element.getArgNumber()};
  }
  return std::nullopt;
}

bool isSummedInPlace(IndexOp op) {
  if (llvm::is_contained({Reduction::none, Reduction::argmax, Reduction::logsumexp}, op.getReduction()))
    return false;
  auto type = dyn_cast<RankedTensorType>(op.getResult(0).getType());
  return type && (!isa<FloatType>(type.getElementType()) || scalarOf(type.getElementType()) == type.getElementType());
}

/// The element itself may not depend on the axis: it is the same wherever the point goes.
std::optional<Target> targetOf(IndexOp op) {
  if (op.getForm() != Form::scatter || !isSummedInPlace(op))
    return std::nullopt;
  unsigned first = op.getEnclosingIndices(), dims = first + op.getNumIndices();
  for (unsigned axis = first; axis != first + op.getRank(); ++axis) {
    bool isRead = llvm::any_of(op.getAccessList(), [&](AccessAttr access) {
      bool inGuard = access.getGuard() && llvm::any_of(access.getGuard().getSets(), [&](IntegerSet set) {
                       return llvm::any_of(set.getConstraints(), [&](AffineExpr e) { return e.isFunctionOfDim(axis); });
                     });
      return inGuard || access.getMap().isFunctionOfDim(axis);
    });
    if (isRead)
      continue;
    if (auto target = targetInWhere(op, axis, dims))
      return target;
    if (auto target = targetInBody(op, axis))
      return target;
  }
  return std::nullopt;
}

} // namespace

std::optional<unsigned> scatterAxis(IndexOp op) {
  auto target = targetOf(op);
  return target ? std::optional(target->axis) : std::nullopt;
}

/// The element along `axis` to which the point with these indices goes; those of `axis` itself are not looked at.
Value IndexLoops::scatteredTo(unsigned axis, const Dims &dims) {
  Target target = *targetOf(op);
  Point point(region, frame, op, dims);
  if (!target.expr)
    return point.dataIndex(target.access);
  SmallVector<Value> symbols;
  for (const SizeExpr &size : op.getSymbolExprs())
    symbols.push_back(frame.sizes.value(size));
  for (unsigned k = 0; k != op.getAccesses().size(); ++k)
    symbols.push_back(target.expr.isFunctionOfSymbol(op.getSymbols().size() + k) ? point.dataIndex(k) : Value());
  return affine::expandAffineExpr(b, b.getLoc(), target.expr, dims, symbols);
}

/// result[…, from .. to, …] = start; for points { v = data; if v in [from, to) { result[…, v, …] += element } }
void IndexLoops::storeScattered(ArrayRef<Value> given, Value from, Value to, ArrayRef<Place> results) {
  unsigned axis = *scatterAxis(op);
  Value start = fold.start()[0];
  auto inRange = [&](const Dims &before, function_ref<void(const Dims &)> body) {
    loop(b, names[axis], from, to, {}, [&](Value v, ValueRange) {
      Dims at = before;
      at.push_back(v);
      nest(at, enclosing + rank, {}, [&](const Dims &all, ValueRange) {
        body(all);
        return SmallVector<Value>();
      });
      return SmallVector<Value>();
    });
  };
  nest(Dims(given), axis, {}, [&](const Dims &before, ValueRange) {
    inRange(before, [&](const Dims &at) { storeAt(at, start, results); });
    // Points: the reduced indices outside, the result axes behind the scattered one within.
    Dims outer = before;
    outer.resize(enclosing + rank, frame.sizes.constant(0));
    nest(outer, count, {}, [&](const Dims &reduced, ValueRange) {
      Dims result(ArrayRef(reduced).take_front(axis + 1));
      nest(result, enclosing + rank, {}, [&](const Dims &behind, ValueRange) {
        Dims at(behind);
        at.append(reduced.begin() + enclosing + rank, reduced.end());
        Value v = scatteredTo(axis, at);
        Value inside = arith::AndIOp::create(b, arith::CmpIOp::create(b, arith::CmpIPredicate::sge, v, from),
                                             arith::CmpIOp::create(b, arith::CmpIPredicate::slt, v, to));
        when(b, inside, {}, [&] {
          at[axis] = v;
          const Place &place = results.front();
          Value index = linearIndex(b, place, ArrayRef(at).slice(enclosing, rank));
          Value next = fold.finish(addPoint(at, loadElement(b, place, index)))[0];
          storeElement(b, place, index, next);
          return SmallVector<Value>();
        });
        return SmallVector<Value>();
      });
      return SmallVector<Value>();
    });
    return SmallVector<Value>();
  });
}

} // namespace heed
