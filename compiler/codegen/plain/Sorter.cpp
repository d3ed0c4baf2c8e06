// An element of a row is its value and its position: as positions differ, any two elements have an order. A few are
// picked one by one, more are merged.
#include "compiler/codegen/plain/Sorter.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace heed {

Sorter::Sorter(Frame &frame, SortOp op, Value length)
    : frame(frame), op(op), b(frame.b), source(frame.places.at(op.getSource())), length(length),
      count(frame.sizes.value(op.getCount().getExpr())) {
  auto placeOf = [&](Value result) {
    auto found = frame.places.find(result);
    return found == frame.places.end() ? std::optional<Place>() : found->second;
  };
  values = placeOf(op.getValues()), positions = placeOf(op.getPositions());
  // Picking looks at the whole row for each of the n best; sorting does so about log2 of its length times.
  constexpr int64_t few = 8;
  picks = SizeExpr(few).dominates(op.getCount().getExpr());
  if (picks)
    return;
  SizeExpr halves = axesOf(source.type).back() * 2;
  keys = frame.rowPlace(tensorOf({halves}, source.type.getElementType()), "keys");
  order = frame.scratch.take(halves, b.getIndexType(), "order");
}

void Sorter::sort(ArrayRef<Value> row) { picks ? pick(row) : merge(row); }

// ---- elements ----

static Value both(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::AndIOp::create(b, x, y); }
static Value either(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::OrIOp::create(b, x, y); }
static Value negated(ImplicitLocOpBuilder &b, Value x) {
  return arith::XOrIOp::create(b, x, arith::ConstantIntOp::create(b, 1, 1));
}
static Value less(ImplicitLocOpBuilder &b, Value x, Value y) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, x, y);
}

Value Sorter::isLess(Value x, Value y) {
  if (!isa<FloatType>(x.getType())) {
    auto predicate = x.getType().isInteger(1) ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
    return arith::CmpIOp::create(b, predicate, x, y);
  }
  auto isNan = [&](Value v) { return arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, v, v).getResult(); };
  Value smaller = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, y);
  return either(b, smaller, both(b, isNan(x), negated(b, isNan(y))));
}
Value Sorter::isBefore(Value x, Value y) { return op.getDescending() ? isLess(y, x) : isLess(x, y); }

Value Sorter::read(ArrayRef<Value> row, Value i) {
  SmallVector<Value> at(row);
  at.push_back(i);
  return loadElement(b, source, linearIndex(b, source, at));
}

void Sorter::store(ArrayRef<Value> row, Value n, Element element) {
  SmallVector<Value> at(row);
  at.push_back(n);
  if (values)
    storeElement(b, *values, linearIndex(b, *values, at), element.value);
  Value position = arith::IndexCastOp::create(b, b.getI64Type(), element.position);
  if (positions)
    storeElement(b, *positions, linearIndex(b, *positions, at), position);
}

// ---- the two ways ----

/// for n { best of all that come after the last one picked }
void Sorter::pick(ArrayRef<Value> row) {
  Type type = scalarOf(source.type.getElementType());
  Value zero = arith::ConstantOp::create(b, type, b.getZeroAttr(type)), none = frame.sizes.constant(-1);
  loop(b, "n", frame.sizes.constant(0), count, {zero, none}, [&](Value n, ValueRange last) -> SmallVector<Value> {
    auto best = loop(
        b, "i", frame.sizes.constant(0), length, {zero, none}, [&](Value i, ValueRange best) -> SmallVector<Value> {
          Value x = read(row, i), isFirst = less(b, n, frame.sizes.constant(1)),
                isOnly = less(b, best[1], frame.sizes.constant(0));
          Value isLeft =
              either(b, isFirst,
                     either(b, isBefore(last[0], x), both(b, negated(b, isBefore(x, last[0])), less(b, last[1], i))));
          Value isBetter = both(b, isLeft, either(b, isOnly, isBefore(x, best[0])));
          return {arith::SelectOp::create(b, isBetter, x, best[0]), arith::SelectOp::create(b, isBetter, i, best[1])};
        });
    Value position = arith::MaxSIOp::create(b, best[1], frame.sizes.constant(0)); // of more than there are: zero
    store(row, n, {best[0], position});
    return best;
  });
}

/// Merges the runs [begin, middle) and [middle, end) of the half that begins at `from` into the half at `to`.
void Sorter::mergeRuns(Value from, Value to, Value begin, Value middle, Value end) {
  auto element = [&](Value i) -> Element {
    Value at = arith::AddIOp::create(b, from, i);
    return {loadElement(b, keys, at), memref::LoadOp::create(b, order, at)};
  };
  Value last = arith::SubIOp::create(b, length, frame.sizes.constant(1));
  loop(b, "k", begin, end, {begin, middle}, [&](Value k, ValueRange heads) -> SmallVector<Value> {
    // Elements behind a run's end are read too, but not looked at.
    Element left = element(arith::MinSIOp::create(b, heads[0], last)),
            right = element(arith::MinSIOp::create(b, heads[1], last));
    Value hasLeft = less(b, heads[0], middle), hasRight = less(b, heads[1], end);
    Value takesLeft = both(b, hasLeft, either(b, negated(b, hasRight), negated(b, isBefore(right.value, left.value))));
    Value at = arith::AddIOp::create(b, to, k);
    storeElement(b, keys, at, arith::SelectOp::create(b, takesLeft, left.value, right.value));
    memref::StoreOp::create(b, arith::SelectOp::create(b, takesLeft, left.position, right.position), order, at);
    Value one = frame.sizes.constant(1);
    return {arith::SelectOp::create(b, takesLeft, arith::AddIOp::create(b, heads[0], one), heads[0]),
            arith::SelectOp::create(b, takesLeft, heads[1], arith::AddIOp::create(b, heads[1], one))};
  });
}

/// Runs of 1, 2, 4 … elements, merged to and fro between the two halves of `keys` and `order`.
void Sorter::merge(ArrayRef<Value> row) {
  loop(b, "i", frame.sizes.constant(0), length, {}, [&](Value i, ValueRange) {
    storeElement(b, keys, i, read(row, i));
    memref::StoreOp::create(b, i, order, i);
    return SmallVector<Value>();
  });
  Type index = b.getIndexType();
  auto rounds =
      scf::WhileOp::create(b, TypeRange{index, index}, ValueRange{frame.sizes.constant(1), frame.sizes.constant(0)});
  OpBuilder::InsertionGuard guard(b);
  Block *before = b.createBlock(&rounds.getBefore(), {}, {index, index}, {b.getLoc(), b.getLoc()});
  scf::ConditionOp::create(b, less(b, before->getArgument(0), length), before->getArguments());
  Block *body = b.createBlock(&rounds.getAfter(), {}, {index, index}, {b.getLoc(), b.getLoc()});
  Value width = body->getArgument(0), from = body->getArgument(1), to = arith::SubIOp::create(b, length, from);
  Value two = arith::AddIOp::create(b, width, width);
  auto runs = scf::ForOp::create(b, frame.sizes.constant(0), length, two);
  scf::YieldOp::create(b, ValueRange{two, to});
  b.setInsertionPointToStart(runs.getBody());
  Value begin = runs.getInductionVar();
  Value middle = arith::MinSIOp::create(b, arith::AddIOp::create(b, begin, width), length);
  Value end = arith::MinSIOp::create(b, arith::AddIOp::create(b, begin, two), length);
  mergeRuns(from, to, begin, middle, end);

  b.setInsertionPointAfter(rounds);
  Value result = rounds.getResult(1), zeroPosition = frame.sizes.constant(0);
  Type type = scalarOf(source.type.getElementType());
  Value zero = arith::ConstantOp::create(b, type, b.getZeroAttr(type));
  loop(b, "n", frame.sizes.constant(0), count, {}, [&](Value n, ValueRange) {
    auto sorted = when(b, less(b, n, length), {zero, zeroPosition}, [&]() -> SmallVector<Value> {
      Value at = arith::AddIOp::create(b, result, n);
      return {loadElement(b, keys, at), memref::LoadOp::create(b, order, at)};
    });
    store(row, n, {sorted[0], sorted[1]});
    return SmallVector<Value>();
  });
}

} // namespace heed
