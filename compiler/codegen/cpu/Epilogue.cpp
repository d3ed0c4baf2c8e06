// Row by row, so that what one op hands to the next is a piece of a row, in the L1 cache.
#include "compiler/codegen/cpu/Epilogue.h"

#include "compiler/codegen/cpu/Copies.h"
#include "compiler/codegen/cpu/VectorLoops.h"
#include "compiler/codegen/plain/IndexLoops.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {

/// Somebody reads it, besides the kernel's yield.
static bool isRead(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) { return !isa<YieldOp>(user); });
}

Epilogue::Epilogue(Frame &frame, const CpuStrategy &strategy, ContractGroup &group, const SizeExpr &rows)
    : frame(frame), strategy(strategy), group(group), b(frame.b), contraction(group.products.front()) {
  auto add = [&](SmallVector<Interim> &to, Value value, const SizeExpr &rows) {
    Type scalar = scalarOf(cast<RankedTensorType>(value.getType()).getElementType());
    auto known = frame.places.find(value);
    std::optional<Place> place = known == frame.places.end() ? std::nullopt : std::optional(known->second);
    to.push_back({value, frame.scratch.take(rows * strategy.tileColumns, scalar, "tile"), place});
  };
  for (Contraction &product : group.products)
    add(products, product.op.getResult(0), rows);
  for (IndexOp op : group.epilogue)
    if (isRead(op.getResult(0)))
      add(interim, op.getResult(0), 1);
}

Matrix Epilogue::buffer(unsigned product, Value row) {
  Value width = frame.sizes.constant(strategy.tileColumns);
  return {products[product].memory, arith::MulIOp::create(b, row, width), width};
}

void Epilogue::clear(Value rows) {
  Value count = arith::MulIOp::create(b, rows, frame.sizes.constant(strategy.tileColumns));
  auto type = VectorType::get(strategy.lanes, b.getF32Type());
  Value none = zeros(b, type);
  for (const Interim &each : products)
    steps(b, "i", frame.sizes.constant(0), count, frame.sizes.constant(strategy.lanes),
          [&](Value i) { vector::StoreOp::create(b, none, each.memory, i); });
}

void Epilogue::emit(Value from, Value to, Value first, Value n0, Value n1, const Dims &dims) {
  loop(b, "row", from, to, {}, [&](Value row, ValueRange) {
    Dims at = dims;
    at.resize(contraction.op.getRank());
    unflatten(frame, contraction.op, contraction.rows, row, at);
    Value width = frame.sizes.constant(strategy.tileColumns);
    Value inTile = arith::MulIOp::create(b, arith::SubIOp::create(b, row, first), width);
    unsigned fixed = contraction.outer();
    auto bind = [&](const Interim &each, Value begin) {
      auto type = cast<RankedTensorType>(each.value.getType());
      Place place = frame.placeOf(type.clone(scalarOf(type.getElementType())), each.memory, fixed);
      place.offset = arith::SubIOp::create(b, begin, n0);
      frame.places[each.value] = place;
    };
    for (const Interim &each : products) {
      bind(each, inTile);
      if (each.place)
        store(each, inTile, n0, n1, at);
    }
    for (const Interim &each : interim)
      bind(each, frame.sizes.constant(0));
    for (IndexOp op : group.epilogue)
      emitOp(op, at, n0, n1);
    for (const Interim &each : interim)
      if (each.place)
        store(each, frame.sizes.constant(0), n0, n1, at);
    return SmallVector<Value>();
  });
}

/// Columns [from, to) of the last index, at `dims`, the values of all others.
static void storePart(Frame &frame, const CpuStrategy &strategy, IndexOp op, ArrayRef<Value> dims, Value from, Value to,
                      ArrayRef<Place> results) {
  ImplicitLocOpBuilder &b = frame.b;
  if (VectorLoops loops(frame, strategy, op); loops.fitsParts(dims.size()))
    return loops.storePart(dims, from, to, results);
  loop(b, "n", from, to, {}, [&](Value n, ValueRange) {
    Dims at(dims);
    at.push_back(n);
    for (auto [place, value] : llvm::zip(results, IndexLoops(frame, op).value(at)))
      storeElement(b, place, linearIndex(b, place, at), value);
    return SmallVector<Value>();
  });
}

void Epilogue::emitOp(IndexOp op, const Dims &dims, Value n0, Value n1) {
  Location outer = b.getLoc();
  b.setLoc(unnamed(op.getLoc()));
  SmallVector<Place> results{frame.places.at(op.getResult(0))};
  Dims at = dims;
  at.pop_back();
  if (contraction.columns.size() == 1) {
    storePart(frame, strategy, op, at, n0, n1, results);
    return b.setLoc(outer);
  }
  // Of several column indices only the last one runs within a panel.
  Value extent = frame.sizes.value(op.getBoundExprs()[contraction.columns.back()]);
  Value turn = arith::DivUIOp::create(b, n0, extent), start = arith::MulIOp::create(b, turn, extent);
  unflatten(frame, op, ArrayRef(contraction.columns).drop_back(), turn, at);
  storePart(frame, strategy, op, at, arith::SubIOp::create(b, n0, start), arith::SubIOp::create(b, n1, start), results);
  b.setLoc(outer);
}

/// Copies a piece of a row to its place.
void Epilogue::store(const Interim &from, Value offset, Value n0, Value n1, const Dims &dims) {
  int64_t lanes = strategy.lanes;
  Dims start = dims;
  for (unsigned dim : contraction.columns)
    start[dim] = frame.sizes.constant(0);
  Value target = arith::AddIOp::create(b, linearIndex(b, *from.place, start), n0);
  Type stored = storedType(from.place->type.getElementType());
  auto type = VectorType::get(lanes, cast<MemRefType>(from.memory.getType()).getElementType());
  Value columns = arith::SubIOp::create(b, n1, n0);
  Value width = frame.sizes.constant(strategy.tileColumns);
  Value full = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, columns, width);
  auto copy = [&](bool whole) {
    for (int64_t n = 0; n != strategy.tileColumns; n += lanes) {
      Value by = frame.sizes.constant(n);
      Value elements = vector::LoadOp::create(b, type, from.memory, arith::AddIOp::create(b, offset, by).getResult());
      Value at = arith::AddIOp::create(b, target, by);
      if (whole) {
        vector::StoreOp::create(b, converted(b, strategy, elements, stored), from.place->memref, at);
        continue;
      }
      Value mask = firstLanes(b, lanes, arith::SubIOp::create(b, columns, by));
      vector::MaskedStoreOp::create(b, from.place->memref, at, mask, converted(b, strategy, elements, stored));
    }
    scf::YieldOp::create(b);
  };
  scf::IfOp::create(b, full, [&](OpBuilder &, Location) { copy(true); }, [&](OpBuilder &, Location) { copy(false); });
}

} // namespace heed
