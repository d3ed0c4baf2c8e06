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
  Value meets(ArrayRef<Range>, Range run);
  Value nextChange(ArrayRef<Range>, Value k);
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

/// Whether some block of the run is in one of the ranges; an empty range meets none, as it begins at `never`.
Value RunCode::meets(ArrayRef<Range> ranges, Range run) {
  Value any = arith::ConstantIntOp::create(b, 0, 1);
  for (Range range : ranges)
    any = arith::OrIOp::create(b, any,
                               arith::AndIOp::create(b, compare(arith::CmpIPredicate::slt, range.begin, run.end),
                                                     compare(arith::CmpIPredicate::slt, run.begin, range.end)));
  return any;
}

/// The first block after `k` where an interval begins or has just ended; there is one if `k` is visited.
Value RunCode::nextChange(ArrayRef<Range> visited, Value k) {
  Value next = never;
  for (Range range : visited)
    for (Value edge : {range.begin, range.end}) {
      Value ahead = compare(arith::CmpIPredicate::sgt, edge, k);
      next = arith::MinSIOp::create(b, next, select(ahead, edge, never));
    }
  return next;
}

void forSegments(ImplicitLocOpBuilder &b, const Bounds &bounds, BoundsAt at, int64_t most,
                 function_ref<void(Value begin, Value end, Value masked)> body) {
  if (bounds.visited.empty())
    return;
  RunCode code(b, at);
  SmallVector<Range> visited = code.ranges(bounds.visited);
  bool alike = bounds.neverBroken() || bounds.alwaysBroken();
  SmallVector<Range> broken = alike ? SmallVector<Range>() : code.ranges(bounds.broken);
  Value step = arith::ConstantIndexOp::create(b, most);
  auto run = [&](Value begin, Value limit) {
    Value end = arith::MinSIOp::create(b, arith::AddIOp::create(b, begin, step), limit);
    Value masked = alike ? arith::ConstantIntOp::create(b, bounds.alwaysBroken(), 1).getResult()
                         : code.meets(broken, {begin, end});
    body(begin, end, masked);
    return end;
  };
  if (visited.size() == 1) {
    scf::ForOp::create(b, visited[0].begin, visited[0].end, step, ValueRange(),
                       [&](OpBuilder &, Location, Value begin, ValueRange) {
                         run(begin, visited[0].end);
                         scf::YieldOp::create(b);
                       });
    return;
  }
  auto more = [&](OpBuilder &, Location, ValueRange from) {
    Value next = code.nextVisited(visited, from[0]);
    Value some = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, next, code.never);
    scf::ConditionOp::create(b, some, next);
  };
  auto next = [&](OpBuilder &, Location, ValueRange from) {
    scf::YieldOp::create(b, run(from[0], code.nextChange(visited, from[0])));
  };
  scf::WhileOp::create(b, TypeRange(b.getIndexType()), ValueRange(code.zero), more, next);
}

std::pair<Value, Value> visitedEnds(ImplicitLocOpBuilder &b, const Bounds &bounds, BoundsAt at) {
  RunCode code(b, at);
  Value begin = code.never, end = code.zero;
  for (Range range : code.ranges(bounds.visited)) {
    begin = arith::MinSIOp::create(b, begin, range.begin);
    end = arith::MaxSIOp::create(b, end, range.end);
  }
  return {begin, end};
}

} // namespace heed
