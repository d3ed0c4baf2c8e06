// An element of a row is its value and its position: as positions differ, any two elements have an order.
#include "compiler/codegen/plain/SortSkeleton.h"

#include "compiler/codegen/plain/RowIndices.h"

using namespace mlir;

namespace heed {
namespace {

struct Element {
  Value value, position; // position: index
};

/// One sort within its frame.
class Sorter {
public:
  Sorter(Frame &frame, SortOp op)
      : frame(frame), op(op), b(frame.b), source(frame.places.at(op.getSource())), values(resultPlace(op.getValues())),
        positions(resultPlace(op.getPositions())), length(source.extents.back()),
        count(frame.sizes.value(op.getCount().getExpr())) {}

  void pick(ArrayRef<Value> row);
  void merge(ArrayRef<Value> row, const Place &keys, Value order);

private:
  Value constant(int64_t value) { return frame.sizes.constant(value); }
  Value both(Value a, Value b_) { return arith::AndIOp::create(b, a, b_); }
  Value either(Value a, Value b_) { return arith::OrIOp::create(b, a, b_); }
  Value negated(Value a) { return arith::XOrIOp::create(b, a, arith::ConstantIntOp::create(b, 1, 1)); }
  Value less(Value a, Value b_) { return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, a, b_); }

  Value isLess(Value a, Value b_) {
    if (!isa<FloatType>(a.getType()))
      return arith::CmpIOp::create(b, a.getType().isInteger(1) ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt,
                                   a, b_);
    auto isNan = [&](Value v) { return arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, v, v).getResult(); };
    Value smaller = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, a, b_);
    return either(smaller, both(isNan(a), negated(isNan(b_))));
  }
  Value isBefore(Value a, Value b_) { return op.getDescending() ? isLess(b_, a) : isLess(a, b_); }

  Value read(ArrayRef<Value> row, Value i) {
    SmallVector<Value> at(row);
    at.push_back(i);
    return loadElement(b, source, linearIndex(b, source, at));
  }
  void store(ArrayRef<Value> row, Value n, Element element) {
    SmallVector<Value> at(row);
    at.push_back(n);
    if (values)
      storeElement(b, *values, linearIndex(b, *values, at), element.value);
    Value position = arith::IndexCastOp::create(b, b.getI64Type(), element.position);
    if (positions)
      storeElement(b, *positions, linearIndex(b, *positions, at), position);
  }
  /// Nothing for a result that the kernel does not yield.
  const Place *resultPlace(Value result) {
    auto found = frame.places.find(result);
    return found == frame.places.end() ? nullptr : &found->second;
  }
  void mergeRuns(const Place &keys, Value order, Value from, Value to, Value begin, Value middle, Value end);

  Frame &frame;
  SortOp op;
  ImplicitLocOpBuilder &b;
  const Place &source;
  const Place *values, *positions;
  Value length, count;
};

/// for n { best of all that come after the last one picked }
void Sorter::pick(ArrayRef<Value> row) {
  Type type = scalarOf(source.type.getElementType());
  Value zero = arith::ConstantOp::create(b, type, b.getZeroAttr(type)), none = constant(-1);
  loop(b, "n", constant(0), count, {zero, none}, [&](Value n, ValueRange last) -> SmallVector<Value> {
    auto best = loop(b, "i", constant(0), length, {zero, none}, [&](Value i, ValueRange best) -> SmallVector<Value> {
      Value x = read(row, i), isFirst = less(n, constant(1)), isOnly = less(best[1], constant(0));
      Value isLeft =
          either(isFirst, either(isBefore(last[0], x), both(negated(isBefore(x, last[0])), less(last[1], i))));
      Value isBetter = both(isLeft, either(isOnly, isBefore(x, best[0])));
      return {arith::SelectOp::create(b, isBetter, x, best[0]), arith::SelectOp::create(b, isBetter, i, best[1])};
    });
    Value position = arith::MaxSIOp::create(b, best[1], constant(0)); // of more than there are: zero
    store(row, n, {best[0], position});
    return best;
  });
}

/// Merges the runs [begin, middle) and [middle, end) of the half that begins at `from` into the half at `to`.
void Sorter::mergeRuns(const Place &keys, Value order, Value from, Value to, Value begin, Value middle, Value end) {
  auto element = [&](Value i) -> Element {
    Value at = arith::AddIOp::create(b, from, i);
    return {loadElement(b, keys, at), memref::LoadOp::create(b, order, at)};
  };
  Value last = arith::SubIOp::create(b, length, constant(1));
  loop(b, "k", begin, end, {begin, middle}, [&](Value k, ValueRange heads) -> SmallVector<Value> {
    // Elements behind a run's end are read too, but not looked at.
    Element left = element(arith::MinSIOp::create(b, heads[0], last)),
            right = element(arith::MinSIOp::create(b, heads[1], last));
    Value hasLeft = less(heads[0], middle), hasRight = less(heads[1], end);
    Value takesLeft = both(hasLeft, either(negated(hasRight), negated(isBefore(right.value, left.value))));
    Value at = arith::AddIOp::create(b, to, k);
    storeElement(b, keys, at, arith::SelectOp::create(b, takesLeft, left.value, right.value));
    memref::StoreOp::create(b, arith::SelectOp::create(b, takesLeft, left.position, right.position), order, at);
    Value one = constant(1);
    return {arith::SelectOp::create(b, takesLeft, arith::AddIOp::create(b, heads[0], one), heads[0]),
            arith::SelectOp::create(b, takesLeft, heads[1], arith::AddIOp::create(b, heads[1], one))};
  });
}

/// Runs of 1, 2, 4 … elements, merged to and fro between the two halves of `keys` and `order`.
void Sorter::merge(ArrayRef<Value> row, const Place &keys, Value order) {
  loop(b, "i", constant(0), length, {}, [&](Value i, ValueRange) {
    storeElement(b, keys, i, read(row, i));
    memref::StoreOp::create(b, i, order, i);
    return SmallVector<Value>();
  });
  Type index = b.getIndexType();
  auto rounds = scf::WhileOp::create(b, TypeRange{index, index}, ValueRange{constant(1), constant(0)});
  OpBuilder::InsertionGuard guard(b);
  Block *before = b.createBlock(&rounds.getBefore(), {}, {index, index}, {b.getLoc(), b.getLoc()});
  scf::ConditionOp::create(b, less(before->getArgument(0), length), before->getArguments());
  Block *body = b.createBlock(&rounds.getAfter(), {}, {index, index}, {b.getLoc(), b.getLoc()});
  Value width = body->getArgument(0), from = body->getArgument(1), to = arith::SubIOp::create(b, length, from);
  Value two = arith::AddIOp::create(b, width, width);
  auto runs = scf::ForOp::create(b, constant(0), length, two);
  scf::YieldOp::create(b, ValueRange{two, to});
  b.setInsertionPointToStart(runs.getBody());
  Value begin = runs.getInductionVar();
  Value middle = arith::MinSIOp::create(b, arith::AddIOp::create(b, begin, width), length);
  Value end = arith::MinSIOp::create(b, arith::AddIOp::create(b, begin, two), length);
  mergeRuns(keys, order, from, to, begin, middle, end);

  b.setInsertionPointAfter(rounds);
  Value result = rounds.getResult(1), zeroPosition = constant(0);
  Type type = scalarOf(source.type.getElementType());
  Value zero = arith::ConstantOp::create(b, type, b.getZeroAttr(type));
  loop(b, "n", constant(0), count, {}, [&](Value n, ValueRange) {
    auto sorted = when(b, less(n, length), {zero, zeroPosition}, [&]() -> SmallVector<Value> {
      Value at = arith::AddIOp::create(b, result, n);
      return {loadElement(b, keys, at), memref::LoadOp::create(b, order, at)};
    });
    store(row, n, {sorted[0], sorted[1]});
    return SmallVector<Value>();
  });
}

class SortSkeleton : public Skeleton {
public:
  explicit SortSkeleton(SortOp op) : op(op), axes(axesOf(cast<RankedTensorType>(op.getSource().getType()))) {}

  Work work() override {
    SizeExpr rows = 1;
    for (const SizeExpr &axis : ArrayRef(axes).drop_back())
      rows = rows * axis;
    return {rows, 1, /*grain=*/16};
  }

  LogicalResult emit(Frame &frame, const Range &range) override {
    Sorter sorter(frame, op);
    // Picking looks at the whole row for each of the n best; sorting does so about log2 of its length times.
    std::optional<int64_t> count = op.getCount().getExpr().constant();
    constexpr int64_t few = 8;
    bool picks = count && *count <= few;
    Place keys;
    Value order;
    if (!picks) {
      SizeExpr halves = axes.back() * 2;
      keys =
          frame.rowPlace(tensorOf({halves}, cast<RankedTensorType>(op.getSource().getType()).getElementType()), "keys");
      order = frame.scratch.take(halves, frame.b.getIndexType(), "order");
    }
    loop(frame.b, "r", range.r0, range.r1, {}, [&](Value number, ValueRange) {
      SmallVector<Value> row = rowIndices(frame, ArrayRef(axes).drop_back(), number);
      picks ? sorter.pick(row) : sorter.merge(row, keys, order);
      return SmallVector<Value>();
    });
    return success();
  }

private:
  SortOp op;
  SmallVector<SizeExpr> axes;
};

} // namespace

std::unique_ptr<Skeleton> sortSkeleton(KernelOp kernel) {
  auto op = dyn_cast<SortOp>(kernel.getBody().front().front());
  return op ? std::make_unique<SortSkeleton>(op) : nullptr;
}

} // namespace heed
