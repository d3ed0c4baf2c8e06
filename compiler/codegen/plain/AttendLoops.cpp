// A row of attention is fixed by the result indices that scores depend on. Its scores lie in scratch memory; the
// weights program runs on them index op by index op, every reduction over visible keys only; then each key's value is
// added, times its weight. Where the visible keys are an interval (causal, windows, no mask), nothing outside of it is
// touched; else a byte per key says what is seen. A program that sorts has a dense row: the scores of visible keys one
// after the other, and beside each which key it is of.
#include "compiler/codegen/plain/AttendLoops.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/plain/Point.h"
#include "compiler/codegen/plain/RowIndices.h"
#include "compiler/codegen/plain/Sorter.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace heed {

AttendLoops::AttendLoops(Frame &frame, AttendOp op)
    : frame(frame), op(op), b(frame.b), region(frame), rank(op.getRank()), count(op.getNumIndices()),
      bounds(op.getBoundExprs()), names(llvm::to_vector(op.getNames().getAsValueRange<StringAttr>())),
      ofRow(indicesOfRow(op)), domain(domainOf(op.getWhereAttr(), rank, count, op.getSymbols().size())),
      interval(seesAnInterval()) {
  row = frame.rowPlace(cast<RankedTensorType>(op.getWeights().getArgument(0).getType()), "scores");
  if (!op.hasDenseRow())
    return;
  order = frame.scratch.take(op.getKeys(), b.getIndexType(), "order");
  seen = frame.scratch.take(1, b.getIndexType(), "seen");
}

/// One bounded index of keys or no condition at all; and no index op of weights reads a score other than its own.
bool AttendLoops::seesAnInterval() {
  if (!op.getVisible().empty() || domain.guard || (op.getWhere() && count - rank != 1))
    return false;
  Type rowType = op.getWeights().getArgument(0).getType();
  bool own = true;
  op.getWeights().walk([&](IndexOp inner) {
    for (AccessAttr access : inner.getAccessList())
      if (inner.getSources()[access.getOperand()].getType() == rowType)
        own &= isa<AffineDimExpr>(access.getMap().getResult(0));
  });
  return own;
}

// ---- loops ----

/// Loops over the result indices that are not known yet and are, or are not, of the row.
void AttendLoops::overResults(const Dims &dims, bool row, function_ref<void(const Dims &)> body) {
  for (unsigned d = 0; d != rank; ++d) {
    if (dims[d] || ofRow[d] != row)
      continue;
    loop(b, names[d], frame.sizes.constant(0), frame.sizes.value(bounds[d]), {}, [&](Value index, ValueRange) {
      Dims more = dims;
      more[d] = index;
      overResults(more, row, body);
      return SmallVector<Value>();
    });
    return;
  }
  body(dims);
}

/// Loops over keys; `key` is the key's place in the row. Without `visible` bytes these are all keys of the range.
void AttendLoops::overKeys(const Dims &dims, const VisibleKeys &keys, function_ref<void(const Dims &, Value)> body) {
  unsigned d = rank;
  if (keys.order && !dims[d])
    return overDense(dims, keys, body);
  Value key;
  for (; d != count && dims[d]; ++d) {
    Value extent = frame.sizes.value(bounds[d]);
    key = key ? arith::AddIOp::create(b, arith::MulIOp::create(b, key, extent), dims[d]).getResult() : dims[d];
  }
  if (d == count) {
    if (!keys.visible)
      return body(dims, key);
    Value byte = memref::LoadOp::create(b, keys.visible, key);
    Value seen = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, byte, arith::ConstantIntOp::create(b, 0, 8));
    when(b, seen, {}, [&] {
      body(dims, key);
      return SmallVector<Value>();
    });
    return;
  }
  bool single = count - rank == 1;
  Value from = single ? keys.from : frame.sizes.constant(0), to = single ? keys.to : frame.sizes.value(bounds[d]);
  loop(b, names[d], from, to, {}, [&](Value index, ValueRange) {
    Dims more = dims;
    more[d] = index;
    overKeys(more, keys, body);
    return SmallVector<Value>();
  });
}

/// Loops over a dense row; the key's place is the one in it.
void AttendLoops::overDense(const Dims &dims, const VisibleKeys &keys, function_ref<void(const Dims &, Value)> body) {
  loop(b, "n", keys.from, keys.to, {}, [&](Value place, ValueRange) {
    Value key = memref::LoadOp::create(b, keys.order, place);
    Dims at(ArrayRef(dims).take_front(rank));
    at.append(rowIndices(frame, ArrayRef(bounds).drop_front(rank), key));
    body(at, place);
    return SmallVector<Value>();
  });
}

void AttendLoops::store(ArrayRef<Value> outer, ArrayRef<Place> results) {
  Dims dims(outer);
  dims.resize(count);
  overResults(dims, /*row=*/true, [&](const Dims &at) { storeRow(at, results); });
}

void AttendLoops::storeRow(const Dims &dims, ArrayRef<Place> results) {
  VisibleKeys keys = scores(dims);
  Value weighted = weights(dims, keys);
  values(dims, keys, weighted, results);
}

// ---- the three steps ----

Value AttendLoops::emitScalar(Region &body, const Dims &dims) {
  auto at = llvm::map_to_vector(dims, [](Value index) { return RegionEmitter::At{index}; });
  return region.emit(body, {}, at)[0];
}

Value AttendLoops::isVisible(const Dims &dims) {
  SmallVector<SizeExpr> symbols = op.getSymbolExprs();
  Value seen = arith::ConstantIntOp::create(b, 1, 1);
  if (op.getWhere())
    seen = holds(frame, *op.getWhere(), dims, symbols);
  if (op.getVisible().empty())
    return seen;
  Value no = arith::ConstantIntOp::create(b, 0, 1);
  return when(b, seen, no, [&] { return SmallVector<Value>{emitScalar(op.getVisible(), dims)}; })[0];
}

/// Which keys the row sees; their scores are in `row` then.
VisibleKeys AttendLoops::scores(const Dims &dims) {
  VisibleKeys keys{frame.sizes.constant(0), frame.sizes.value(op.getKeys()), {}};
  if (order)
    return denseScores(dims, keys);
  if (interval) {
    SmallVector<Value> symbols;
    for (const SizeExpr &size : op.getSymbolExprs())
      symbols.push_back(frame.sizes.value(size));
    for (AffineExpr edge : domain.ranges[rank].from)
      keys.from = arith::MaxSIOp::create(b, keys.from, affine::expandAffineExpr(b, b.getLoc(), edge, dims, symbols));
    for (AffineExpr edge : domain.ranges[rank].to)
      keys.to = arith::MinSIOp::create(b, keys.to, affine::expandAffineExpr(b, b.getLoc(), edge, dims, symbols));
    overKeys(dims, keys, [&](const Dims &at, Value key) { storeElement(b, row, key, emitScalar(op.getScore(), at)); });
    return keys;
  }

  Value visible = frame.scratch.take(op.getKeys(), b.getI8Type(), "visible");
  overKeys(dims, keys, [&](const Dims &at, Value key) {
    Value seen = isVisible(at);
    memref::StoreOp::create(b, arith::ExtUIOp::create(b, b.getI8Type(), seen), visible, key);
    Type type = row.type.getElementType();
    Value zero = arith::ConstantOp::create(b, type, b.getZeroAttr(type));
    Value score = when(b, seen, zero, [&] { return SmallVector<Value>{emitScalar(op.getScore(), at)}; })[0];
    storeElement(b, row, key, score);
  });
  keys.visible = visible;
  return keys;
}

/// Every visible key's score goes behind the last one's.
VisibleKeys AttendLoops::denseScores(const Dims &dims, VisibleKeys keys) {
  Value first = frame.sizes.constant(0);
  memref::StoreOp::create(b, first, seen, first);
  overKeys(dims, keys, [&](const Dims &at, Value key) {
    when(b, isVisible(at), {}, [&] {
      Value place = memref::LoadOp::create(b, seen, first);
      storeElement(b, row, place, emitScalar(op.getScore(), at));
      memref::StoreOp::create(b, key, order, place);
      memref::StoreOp::create(b, arith::AddIOp::create(b, place, frame.sizes.constant(1)), seen, first);
      return SmallVector<Value>();
    });
  });
  keys.to = memref::LoadOp::create(b, seen, first);
  keys.order = order;
  return keys;
}

/// Runs the row program; gives the memory of the weights.
Value AttendLoops::weights(const Dims &dims, const VisibleKeys &keys) {
  Block &program = op.getWeights().front();
  frame.places[program.getArgument(0)] = row;
  Dims enclosing(ArrayRef(dims).take_front(rank));
  for (Operation &inner : program.without_terminator()) {
    if (auto sort = dyn_cast<SortOp>(inner)) {
      for (Value result : {sort.getValues(), sort.getPositions()})
        if (!result.use_empty())
          frame.places[result] = frame.rowPlace(cast<RankedTensorType>(result.getType()), "sorted");
      Sorter(frame, sort, keys.to).sort({});
      continue;
    }
    auto index = dyn_cast<IndexOp>(inner);
    if (!index) {
      emitBesideIndexOps(frame, region, inner, dims);
      continue;
    }
    IndexLoops loops(frame, index);
    for (auto [own, isOverRow] : llvm::enumerate(op.indicesOverRow(index)))
      if (isOverRow)
        loops.restrict(own, keys);
    if (index.isTerm()) {
      for (auto [result, value] : llvm::zip(index.getResults(), loops.value(enclosing)))
        frame.scalars[result] = value;
      continue;
    }
    SmallVector<Place> places;
    for (Value result : index.getResults())
      places.push_back(frame.places[result] = frame.rowPlace(cast<RankedTensorType>(result.getType()), "row"));
    loops.store(enclosing, places);
  }
  return frame.places.at(program.getTerminator()->getOperand(0)).memref;
}

/// acc = 0; for keys { for d { acc[d] += w[j] * value[j, d] } }; result = acc
void AttendLoops::values(const Dims &dims, const VisibleKeys &keys, Value weights, ArrayRef<Place> results) {
  SmallVector<SizeExpr> free;
  for (unsigned d = 0; d != rank; ++d)
    if (!ofRow[d])
      free.push_back(bounds[d]);
  Type type = cast<YieldOp>(op.getValue().front().getTerminator()).getOperand(0).getType();
  Place sums = frame.rowPlace(tensorOf(free, type), "sums");
  auto freeIndex = [&](const Dims &at) {
    Dims own;
    for (unsigned d = 0; d != rank; ++d)
      if (!ofRow[d])
        own.push_back(at[d]);
    return linearIndex(b, sums, own);
  };

  overResults(dims, false, [&](const Dims &at) {
    storeElement(b, sums, freeIndex(at), arith::ConstantOp::create(b, type, b.getZeroAttr(type)));
  });
  Place weightRow = row;
  weightRow.memref = weights;
  overKeys(dims, keys, [&](const Dims &key, Value j) {
    Value weight = loadElement(b, weightRow, j);
    overResults(key, false, [&](const Dims &at) {
      Value product = arith::MulFOp::create(b, weight, emitScalar(op.getValue(), at));
      Value i = freeIndex(at);
      storeElement(b, sums, i, arith::AddFOp::create(b, loadElement(b, sums, i), product));
    });
  });
  overResults(dims, false, [&](const Dims &at) {
    Value sum = loadElement(b, sums, freeIndex(at));
    for (const Place &result : results)
      storeElement(b, result, linearIndex(b, result, ArrayRef(at).take_front(rank)), sum);
  });
}

} // namespace heed
