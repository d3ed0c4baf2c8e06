// Reads of one point: maps become arith, guards scf.if, indices that come from data are checked.
#include "compiler/codegen/plain/Point.h"

#include "compiler/codegen/Faults.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace heed {

static Value compareWithZero(ImplicitLocOpBuilder &b, Value value, bool equal) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  return arith::CmpIOp::create(b, equal ? arith::CmpIPredicate::eq : arith::CmpIPredicate::sge, value, zero);
}

Value holds(Frame &frame, ConditionAttr condition, ArrayRef<Value> dims, ArrayRef<SizeExpr> sizes,
            function_ref<Value(unsigned)> data) {
  ImplicitLocOpBuilder &b = frame.b;
  Value any;
  for (IntegerSet set : condition.getSets()) {
    SmallVector<Value> symbols(set.getNumSymbols());
    for (auto [i, size] : llvm::enumerate(sizes))
      symbols[i] = frame.sizes.value(size);
    for (unsigned k = sizes.size(); k < symbols.size(); ++k)
      if (llvm::any_of(set.getConstraints(), [&](AffineExpr e) { return e.isFunctionOfSymbol(k); }))
        symbols[k] = data(k - sizes.size());
    Value all;
    for (auto [i, constraint] : llvm::enumerate(set.getConstraints())) {
      Value side = affine::expandAffineExpr(b, b.getLoc(), constraint, dims, symbols);
      Value one = compareWithZero(b, side, set.isEq(i));
      all = all ? arith::AndIOp::create(b, all, one).getResult() : one;
    }
    if (!all)
      all = arith::ConstantIntOp::create(b, 1, 1);
    any = any ? arith::OrIOp::create(b, any, all).getResult() : all;
  }
  return any ? any : arith::ConstantIntOp::create(b, 0, 1).getResult();
}

Point::Point(RegionEmitter &region, Frame &frame, IndexOp op, ArrayRef<Value> dims)
    : region(region), frame(frame), op(op), dims(dims), accesses(op.getAccessList()), sizeSymbols(op.getSymbolExprs()),
      read(accesses.size()) {}

Value Point::whereHolds(ConditionAttr where) {
  return holds(frame, where, dims, sizeSymbols, [&](unsigned k) { return dataIndex(k); });
}

SmallVector<Value> Point::elements() {
  for (unsigned k = 0; k != accesses.size(); ++k)
    element(k);
  return read;
}

Value indexOf(ImplicitLocOpBuilder &b, Value datum) {
  if (datum.getType().isInteger(1)) // true is 1, not -1
    return arith::IndexCastUIOp::create(b, b.getIndexType(), datum);
  return arith::IndexCastOp::create(b, b.getIndexType(), datum);
}

Value Point::dataIndex(unsigned access) { return indexOf(frame.b, element(access)); }

SmallVector<Value> Point::symbolsFor(unsigned access) {
  SmallVector<Value> symbols;
  for (const SizeExpr &size : sizeSymbols)
    symbols.push_back(frame.sizes.value(size));
  for (unsigned k = 0; k != accesses.size(); ++k) {
    bool used = accesses[access].getMap().isFunctionOfSymbol(sizeSymbols.size() + k);
    symbols.push_back(used ? dataIndex(k) : Value());
  }
  return symbols;
}

Value Point::element(unsigned k) {
  if (read[k])
    return read[k];
  AccessAttr access = accesses[k];
  if (!access.getGuard())
    return read[k] = readChecked(k);
  ImplicitLocOpBuilder &b = frame.b;
  Value holdsHere = whereHolds(access.getGuard());
  Type scalar = op.getBody().getArgument(k).getType();
  Value zero = arith::ConstantOp::create(b, scalar, b.getZeroAttr(scalar));
  // What the branch reads is not known outside of it.
  SmallVector<Value> before = read;
  Value value = when(b, holdsHere, zero, [&] { return SmallVector<Value>{readChecked(k)}; })[0];
  read = before;
  return read[k] = value;
}

/// The indices of an access, and which of them data decides. Others may be unknown here, and are null then.
Point::Indices Point::indicesOf(unsigned k, bool onlyChecked) {
  SmallVector<Value> symbols = symbolsFor(k);
  Indices indices;
  AffineMap map = accesses[k].getMap();
  for (auto [axis, expr] : llvm::enumerate(map.getResults())) {
    bool fromData = false;
    for (unsigned s = sizeSymbols.size(); s < map.getNumSymbols(); ++s)
      fromData |= expr.isFunctionOfSymbol(s);
    if (fromData)
      indices.checked.push_back(axis);
    bool wanted = fromData || !onlyChecked;
    indices.values.push_back(wanted ? affine::expandAffineExpr(frame.b, frame.b.getLoc(), expr, dims, symbols)
                                    : Value());
  }
  return indices;
}

Value Point::inside(const Place &place, const Indices &indices) {
  ImplicitLocOpBuilder &b = frame.b;
  Value inside;
  for (unsigned axis : indices.checked) {
    Value fits = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, indices.values[axis], place.extents[axis]);
    inside = inside ? arith::AndIOp::create(b, inside, fits).getResult() : fits;
  }
  return inside;
}

void Point::fail(unsigned k, const Place &place, const Indices &indices) {
  ImplicitLocOpBuilder &b = frame.b;
  unsigned first = frame.faultsOf.lookup(op);
  for (unsigned axis : indices.checked) {
    Value index = indices.values[axis];
    Value number =
        arith::AddIOp::create(b, frame.fault, arith::ConstantIntOp::create(b, first + faultOf(op, k, axis), 32));
    Value outside = arith::CmpIOp::create(b, arith::CmpIPredicate::uge, index, place.extents[axis]);
    when(b, outside, {}, [&] {
      frame.host.fail(b, frame.call, number, arith::IndexCastOp::create(b, b.getI64Type(), index));
      return SmallVector<Value>();
    });
  }
}

Value Point::isInside(unsigned k) {
  const Place &place = frame.places.at(op.getSources()[accesses[k].getOperand()]);
  Indices indices = indicesOf(k, /*onlyChecked=*/true);
  if (indices.checked.empty())
    return {};
  ImplicitLocOpBuilder &b = frame.b;
  Value fits = inside(place, indices);
  Value outside = arith::XOrIOp::create(b, fits, arith::ConstantIntOp::create(b, 1, 1));
  when(b, outside, {}, [&] {
    fail(k, place, indices);
    return SmallVector<Value>();
  });
  return fits;
}

/// Reads, after a check of every index that data decides: outside it is a fault of the call, and the element is zero.
Value Point::readChecked(unsigned k) {
  ImplicitLocOpBuilder &b = frame.b;
  const Place &place = frame.places.at(op.getSources()[accesses[k].getOperand()]);
  Indices indices = indicesOf(k, /*onlyChecked=*/false);
  auto at = llvm::map_to_vector(indices.values, [](Value index) { return RegionEmitter::At{index}; });
  if (indices.checked.empty())
    return region.read(place, at);
  auto made = scf::IfOp::create(
      b, inside(place, indices), [&](OpBuilder &, Location) { scf::YieldOp::create(b, region.read(place, at)); },
      [&](OpBuilder &, Location) {
        fail(k, place, indices);
        Type scalar = scalarOf(place.type.getElementType());
        Value zero = arith::ConstantOp::create(b, scalar, b.getZeroAttr(scalar));
        scf::YieldOp::create(b, zero);
      });
  return made.getResult(0);
}

} // namespace heed
