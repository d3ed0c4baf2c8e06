// Operands of tiles. A factor of the product, or the value, is evaluated with lanes along e or d, as it mostly lies in
// memory; keys are then turned over in registers, `lanes` of them at a time. So casts, scales, biases and rotations
// cost what one pass over the operand costs.
#include "compiler/codegen/cpu/AttendNest.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace heed {

/// A term of the product's own region that gives one of its sides at one e.
static IndexOp sideOf(IndexOp product, ArrayRef<Value> factors) {
  Ingredients made = ingredientsOf(product, factors);
  SmallVector<AccessAttr> accesses = product.getAccessList();
  SmallVector<Value> sources;
  SmallVector<Attribute> kept;
  MLIRContext *context = product.getContext();
  OpBuilder builder(context);
  builder.setInsertionPointToStart(&product.getBody().front());
  unsigned symbols = product.getSymbols().size();
  SmallVector<AffineExpr> sizes;
  for (unsigned s = 0; s != symbols; ++s)
    sizes.push_back(getAffineSymbolExpr(s, context));
  sizes.resize(symbols + accesses.size(), getAffineConstantExpr(0, context)); // no data decides
  unsigned count = made.accesses.count();
  for (unsigned k : made.accesses.set_bits()) {
    AffineMap map = accesses[k].getMap();
    map = map.replaceDimsAndSymbols({}, sizes, map.getNumDims(), symbols + count);
    ConditionAttr guard = accesses[k].getGuard();
    if (guard) {
      SmallVector<IntegerSet> sets;
      for (IntegerSet set : guard.getSets())
        sets.push_back(set.replaceDimsAndSymbols({}, sizes, set.getNumDims(), symbols + count));
      guard = ConditionAttr::get(context, sets);
    }
    kept.push_back(AccessAttr::get(context, sources.size(), map, guard));
    sources.push_back(product.getSources()[accesses[k].getOperand()]);
  }
  OperationState state(product.getLoc(), IndexOp::getOperationName());
  state.addOperands(sources);
  state.addTypes(product.getResultTypes());
  auto &properties = state.getOrAddProperties<IndexOp::Properties>();
  properties.reduction = ReductionAttr::get(context, Reduction::none);
  properties.names = builder.getArrayAttr({});
  properties.bounds = builder.getArrayAttr({});
  properties.rank = builder.getI64IntegerAttr(0);
  properties.symbols = product.getSymbolsAttr();
  properties.accesses = builder.getArrayAttr(kept);
  Region *body = state.addRegion();
  Block *block = new Block;
  body->push_back(block);
  IRMapping mapping;
  Block &whole = product.getBody().front();
  for (unsigned k : made.accesses.set_bits())
    mapping.map(whole.getArgument(k), block->addArgument(whole.getArgument(k).getType(), product.getLoc()));
  auto side = cast<IndexOp>(builder.create(state));
  OpBuilder inner(context);
  inner.setInsertionPointToEnd(block);
  for (Operation *op : made.ops)
    inner.clone(*op, mapping);
  Value all;
  for (Value factor : factors) {
    Value one = mapping.lookup(factor);
    all = all ? arith::MulFOp::create(inner, product.getLoc(), all, one).getResult() : one;
  }
  YieldOp::create(inner, product.getLoc(), all);
  return side;
}

/// One side of the product at lanes along e.
Value AttendNest::factor(ArrayRef<Value> factors, Value query, At key, At e, Value mask) {
  IndexOp side = sideOf(match.product, factors);
  Indices at = indicesAt(query, key);
  at.push_back(e);
  region.emitOp(*side, at, mask);
  Value value = region.uniform(frame.scalars.at(side.getResult(0)));
  side.erase();
  return value;
}

void AttendNest::packQueries() {
  Value depth = size(shape.padded(shape.depth));
  loopBy("q", index(0), queryCount, 1, [&](Value q) {
    Value query = add(firstQuery, q), row = mul(q, depth);
    loopBy("e", index(0), size(shape.depth), shape.lanes, [&](Value e) {
      store(factor(match.left, query, {index(0)}, {e, 1}, below(shape.depth, e)), queries, add(row, e));
    });
  });
}

/// Panels that are not there, or no more. A call for one query block only goes over each key once: it packs every chunk
/// anew, into memory that stays in the cache.
Value AttendNest::packChunk(const Chunk &chunk) {
  Value no = arith::ConstantIntOp::create(b, 0, 1), one = index(1);
  auto equal = [&](Value x, Value y) { return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y); };
  return loopBy("n", index(0), chunk.panels, 1, no, [&](Value n, ValueRange carried) -> SmallVector<Value> {
    Value panel = add(chunk.begin, n), slot = add(chunk.slot, n), sound = mul(add(panel, 1), 2);
    Value known = memref::LoadOp::create(b, packed, slot);
    Value other = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, arith::ShRUIOp::create(b, known, one),
                                        arith::ShRUIOp::create(b, sound, one));
    Value state = when(b, arith::OrIOp::create(b, other, single), known, [&]() -> SmallVector<Value> {
      if (match.product)
        packKeys(panel, slot);
      Value made = arith::SelectOp::create(b, packValues(panel, slot), add(sound, 1), sound);
      memref::StoreOp::create(b, made, packed, slot);
      return {made};
    })[0];
    return {arith::OrIOp::create(b, carried[0], equal(state, add(sound, 1)))};
  })[0];
}

/// keys[slot, e, j]. Behind the last key stand copies of it: nothing reads their scores.
void AttendNest::packKeys(Value panel, Value slot) {
  Value depth = size(shape.padded(shape.depth)), last = sub(size(shape.keyCount), index(1));
  Value first = mul(panel, shape.panel), to = mul(mul(slot, depth), shape.panel);
  loopBy("j", index(0), index(shape.panel), shape.lanes, [&](Value j) {
    SmallVector<Value> key;
    for (int64_t lane = 0; lane != shape.lanes; ++lane)
      key.push_back(least(add(add(first, j), lane), last));
    loopBy("e", index(0), size(shape.depth), shape.lanes, [&](Value e) {
      Value mask = below(shape.depth, e);
      SmallVector<Value> rows;
      for (Value one : key)
        rows.push_back(factor(match.right, index(0), {one}, {e, 1}, mask));
      Value at = add(add(to, mul(e, shape.panel)), j);
      for (auto [i, column] : llvm::enumerate(transposed(rows)))
        store(column, keys, add(at, i * shape.panel));
    });
  });
}

/// values[slot, j, d]. Gives whether one is not finite: 0 times that is NaN, and so are all sums with it.
Value AttendNest::packValues(Value panel, Value slot) {
  Value features = size(shape.padded(shape.features)), first = mul(panel, shape.panel);
  Value count = least(index(shape.panel), sub(size(shape.keyCount), first));
  Value zero = splat(0);
  SmallVector<Value> nothing = loopBy("j", index(0), count, 1, zero, [&](Value j, ValueRange carried) {
    Value row = mul(add(mul(slot, shape.panel), j), features);
    return loopBy("d", index(0), size(shape.features), shape.lanes, carried, [&](Value d, ValueRange so) {
      Indices at = indicesAt(index(0), {add(first, j)}, match.feature ? At{d, 1} : At{});
      Value value = region.emitVectors(op.getValue(), {}, at, match.feature ? below(shape.features, d) : Value())[0];
      store(value, values, add(row, d));
      return SmallVector<Value>{vector::FMAOp::create(b, value, zero, so[0])};
    });
  });
  return region.any(arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, nothing[0], nothing[0]));
}

/// Of two vectors, blocks of `s` lanes change places: the second ones of the first with the first ones of the second.
std::pair<Value, Value> AttendNest::exchanged(Value a, Value c, int64_t s) {
  SmallVector<int64_t> low, high;
  for (int64_t lane = 0; lane != shape.lanes; ++lane) {
    low.push_back(lane & s ? shape.lanes + lane - s : lane);
    high.push_back(lane & s ? shape.lanes + lane : lane + s);
  }
  return {vector::ShuffleOp::create(b, a, c, low), vector::ShuffleOp::create(b, a, c, high)};
}

/// The matrix whose rows are these vectors, turned over: blocks of 2^s lanes change places, for each s.
SmallVector<Value> AttendNest::transposed(ArrayRef<Value> rows) {
  SmallVector<Value> m(rows);
  for (int64_t s = shape.lanes / 2; s != 0; s /= 2)
    for (int64_t r = 0; r != shape.lanes; ++r)
      if (!(r & s))
        std::tie(m[r], m[r + s]) = exchanged(m[r], m[r + s], s);
  return m;
}

} // namespace heed
