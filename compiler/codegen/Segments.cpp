// From a block on, the state changes where an interval begins or has ended: the nearest such place ends a run. So a
// handful of registers does for what would else be a sorted list. A run costs a few compares per interval, nothing next
// to the blocks in it.
#include "compiler/codegen/Segments.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <limits>

using namespace mlir;

namespace heed {

namespace {

/// Blocks begin <= k < end; an empty interval begins at `never`, and ends at 0.
struct Range {
  Value begin, end;
};

class RunCode {
public:
  RunCode(ImplicitLocOpBuilder &b, BoundsAt at) : b(b), at(at) {
    zero = arith::ConstantIndexOp::create(b, 0);
    one = arith::ConstantIndexOp::create(b, 1);
    never = arith::ConstantIndexOp::create(b, std::numeric_limits<int64_t>::max());
  }

  SmallVector<Range> ranges(ArrayRef<Interval>);
  Value nextVisited(ArrayRef<Range> visited, Value from);
  Value within(ArrayRef<Range>, Value k);
  Value nextChange(ArrayRef<Range>, ArrayRef<Range>, Value k);
  Value zero, one, never;

private:
  Range range(Interval);
  SmallVector<Value> expand(AffineMap);
  Value compare(arith::CmpIPredicate predicate, Value x, Value y) { return arith::CmpIOp::create(b, predicate, x, y); }
  Value select(Value condition, Value yes, Value no) { return arith::SelectOp::create(b, condition, yes, no); }

  ImplicitLocOpBuilder &b;
  BoundsAt at;
};

} // namespace

SmallVector<Value> RunCode::expand(AffineMap map) {
  return llvm::map_to_vector(
      map.getResults(), [&](AffineExpr e) { return affine::expandAffineExpr(b, b.getLoc(), e, at.dims, at.symbols); });
}

Range RunCode::range(Interval interval) {
  Value lower = zero, upper;
  for (Value bound : expand(interval.lower))
    lower = lower == zero ? bound : arith::MaxSIOp::create(b, lower, bound).getResult();
  for (Value bound : expand(interval.upper))
    upper = upper ? arith::MinSIOp::create(b, upper, bound).getResult() : bound;
  Value some = compare(arith::CmpIPredicate::sle, lower, upper);
  for (Value guard : expand(interval.guard))
    some = arith::AndIOp::create(b, some, compare(arith::CmpIPredicate::sge, guard, zero));
  return {select(some, lower, never), select(some, arith::AddIOp::create(b, upper, one), zero)};
}

SmallVector<Range> RunCode::ranges(ArrayRef<Interval> intervals) {
  return llvm::map_to_vector(intervals, [&](const Interval &interval) { return range(interval); });
}

/// The first visited block from `from` on, or `never`.
Value RunCode::nextVisited(ArrayRef<Range> visited, Value from) {
  Value next = never;
  for (Range range : visited) {
    Value first = arith::MaxSIOp::create(b, range.begin, from);
    Value some = compare(arith::CmpIPredicate::slt, first, range.end);
    next = arith::MinSIOp::create(b, next, select(some, first, never));
  }
  return next;
}

Value RunCode::within(ArrayRef<Range> ranges, Value k) {
  Value any = arith::ConstantIntOp::create(b, 0, 1);
  for (Range range : ranges)
    any = arith::OrIOp::create(b, any,
                               arith::AndIOp::create(b, compare(arith::CmpIPredicate::sle, range.begin, k),
                                                     compare(arith::CmpIPredicate::slt, k, range.end)));
  return any;
}

/// The first block after `k` where an interval begins or has just ended; there is one if `k` is visited.
Value RunCode::nextChange(ArrayRef<Range> visited, ArrayRef<Range> broken, Value k) {
  Value next = never;
  for (Range range : llvm::concat<const Range>(visited, broken))
    for (Value edge : {range.begin, range.end}) {
      Value ahead = compare(arith::CmpIPredicate::sgt, edge, k);
      next = arith::MinSIOp::create(b, next, select(ahead, edge, never));
    }
  return next;
}

void forSegments(ImplicitLocOpBuilder &b, const Bounds &bounds, BoundsAt at,
                 function_ref<void(Value begin, Value end, Value masked)> body) {
  if (bounds.visited.empty())
    return;
  RunCode code(b, at);
  SmallVector<Range> visited = code.ranges(bounds.visited);
  bool alike = bounds.neverBroken() || bounds.alwaysBroken();
  if (alike && visited.size() == 1)
    return body(visited[0].begin, visited[0].end, arith::ConstantIntOp::create(b, !bounds.neverBroken(), 1));
  SmallVector<Range> broken = alike ? SmallVector<Range>() : code.ranges(bounds.broken);

  auto more = [&](OpBuilder &, Location, ValueRange from) {
    Value next = code.nextVisited(visited, from[0]);
    Value some = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, next, code.never);
    scf::ConditionOp::create(b, some, next);
  };
  auto run = [&](OpBuilder &, Location, ValueRange from) {
    Value end = code.nextChange(visited, broken, from[0]);
    Value masked =
        alike ? arith::ConstantIntOp::create(b, bounds.alwaysBroken(), 1).getResult() : code.within(broken, from[0]);
    body(from[0], end, masked);
    scf::YieldOp::create(b, end);
  };
  scf::WhileOp::create(b, TypeRange(b.getIndexType()), ValueRange(code.zero), more, run);
}

} // namespace heed
