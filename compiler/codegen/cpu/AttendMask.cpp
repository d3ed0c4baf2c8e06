// The keys that a row sees, as lanes: the condition, what the region `visible` says, and that the key exists.
#include "compiler/codegen/cpu/AttendNest.h"
#include "compiler/codegen/cpu/VectorPoint.h"
#include "compiler/codegen/plain/Point.h"

#include "mlir/Dialect/Affine/Utils.h"

using namespace mlir;

namespace heed {

/// Null: not told in lanes.
Value AttendNest::conjunction(IntegerSet set, ArrayRef<Value> dims, ArrayRef<Value> symbols) {
  SmallVector<int64_t> strides(dims.size());
  strides[match.key] = 1;
  Value all;
  for (auto [i, constraint] : llvm::enumerate(set.getConstraints())) {
    std::optional<int64_t> stride = strideOf(constraint, strides);
    if (!stride)
      return {};
    Value base = affine::expandAffineExpr(b, b.getLoc(), constraint, dims, symbols);
    all = both(b, region, all, region.compareWithZero({base, *stride}, set.isEq(i)));
  }
  return all ? all : arith::ConstantIntOp::create(b, 1, 1).getResult();
}

Value AttendNest::whereHolds(Value query, Value firstKey) {
  SmallVector<SizeExpr> sizes = op.getSymbolExprs();
  SmallVector<Value> dims = dimsAt(query, firstKey), symbols;
  for (const SizeExpr &expr : sizes)
    symbols.push_back(size(expr));
  Value any;
  for (IntegerSet set : op.getWhere()->getSets()) {
    Value all = conjunction(set, dims, symbols);
    if (!all) {
      auto one = ConditionAttr::get(b.getContext(), set);
      all = region.eachLane(b.getI1Type(), {},
                            [&](Value lane) { return holds(frame, one, dimsAt(query, add(firstKey, lane)), sizes); });
    }
    any = any ? arith::OrIOp::create(b, region.uniform(any), region.uniform(all)).getResult() : all;
  }
  return any ? any : arith::ConstantIntOp::create(b, 0, 1).getResult();
}

Value AttendNest::before(Value end, Value from) {
  return region.compareWithZero({sub(sub(end, index(1)), from), -1}, /*equal=*/false);
}

Value AttendNest::below(const SizeExpr &count, Value from) {
  auto constant = count.constant();
  return constant && *constant % shape.lanes == 0 ? Value() : before(size(count), from);
}

Value AttendNest::seen(Value query, Value firstKey) {
  Value exists = before(size(shape.keyCount), firstKey);
  if (op.getWhere())
    exists = both(b, region, exists, whereHolds(query, firstKey));
  if (!op.getVisible().empty())
    exists = both(b, region, exists, region.emit(op.getVisible(), {}, indicesAt(query, {firstKey, 1}), exists)[0]);
  return region.uniform(exists);
}

} // namespace heed
