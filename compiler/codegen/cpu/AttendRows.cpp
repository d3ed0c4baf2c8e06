// What becomes of scores, a few rows at a time so that no chain of operations waits for itself. Of a row three things
// are kept: its greatest score so far, the sum of exp(score - greatest) in lanes, and the sum of values weighted so;
// a greater score scales the last two down.
#include "compiler/codegen/cpu/AttendNest.h"
#include "compiler/codegen/cpu/VectorMath.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/plain/IndexLoops.h"
#include "compiler/codegen/plain/Point.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>
#include <numbers>

using namespace mlir;

namespace heed {

using Family = RowWeights::Family;

/// What a row starts from, and what scores of unseen keys become. The first is finite: the second less that is -inf,
/// whose exponential is 0. No score is too low to count: an additive mask may hold for every key of a row.
static constexpr double lowest = std::numeric_limits<float>::lowest(), unseen = -std::numeric_limits<float>::infinity();
/// exp(s - m) = 2^((s - m) log2e). A multiply-add with m log2e would be off by what rounding loses of that: by more
/// than any exponent where m is beyond 1e9.
static constexpr double log2e = std::numbers::log2e;

void AttendNest::startRows() {
  Value zero = splat(0), features = size(shape.padded(shape.features));
  loopBy("d", index(0), mul(queryCount, features), shape.lanes, [&](Value d) { store(zero, sums, d); });
  if (match.weights.family == Family::elementwise)
    return;
  Value start = number(lowest);
  loopBy("q", index(0), few ? queryCount : index(shape.queries), 1, [&](Value q) {
    memref::StoreOp::create(b, start, greatest, q);
    store(zero, total, mul(q, shape.lanes));
    store(zero, sighted, mul(q, shape.lanes));
  });
}

void AttendNest::weights(const Chunk &chunk, bool masked) {
  overRows([&](const Rows &rows) {
    if (match.weights.family == Family::exponential)
      exponentials(rows, chunk, masked);
    else
      pointwise(rows, chunk, masked);
  });
}

// ---- scores ----

/// The vectors at `lane` of the chunk, one a row.
SmallVector<Value> AttendNest::loadRows(const Rows &rows, Value lane) {
  return llvm::map_to_vector(rows.number, [&](Value q) { return load(scored, add(mul(q, shape.chunk()), lane)); });
}

/// What is kept of each row in lanes.
SmallVector<Value> AttendNest::loadLanes(Value memref, const Rows &rows) {
  return llvm::map_to_vector(rows.number, [&](Value q) { return load(memref, mul(q, shape.lanes)); });
}

void AttendNest::storeLanes(Value memref, const Rows &rows, ArrayRef<Value> values) {
  for (auto [q, value] : llvm::zip(rows.number, values))
    store(value, memref, mul(q, shape.lanes));
}

void AttendNest::storeRows(const Rows &rows, Value lane, ArrayRef<Value> values) {
  for (auto [q, value] : llvm::zip(rows.number, values))
    store(value, scored, add(mul(q, shape.chunk()), lane));
}

/// The score region, in which the product is known.
Value AttendNest::scoreOf(Value product, const Indices &at, Value mask) {
  Block &score = op.getScore().front();
  IndexOp known = match.product;
  for (Operation &inner : score.without_terminator()) {
    if (known && &inner == known.getOperation())
      frame.scalars[inner.getResult(0)] = product;
    else if (!match.ofOuter.contains(&inner))
      region.emitOp(inner, at, mask);
  }
  return region.uniform(frame.scalars.at(score.getTerminator()->getOperand(0)));
}

// ---- weights that are exponentials ----

void AttendNest::exponentials(const Rows &rows, const Chunk &chunk, bool masked) {
  fetchQueries(rows);
  SmallVector<Value> highest = maxima(rows, chunk, masked), before, now;
  for (auto [q, inChunk] : llvm::zip(rows.number, highest)) {
    Value known = memref::LoadOp::create(b, greatest, q);
    Value most = vector::ReductionOp::create(b, vector::CombiningKind::MAXNUMF, inChunk, arith::FastMathFlags::nnan);
    before.push_back(known);
    now.push_back(greater(most, known));
  }
  rescale(rows, before, now);
  fetchKeys(rows);

  SmallVector<Value> totals = loadLanes(total, rows), base;
  for (auto [q, most] : llvm::zip(rows.number, now)) {
    memref::StoreOp::create(b, most, greatest, q);
    base.push_back(region.uniform(most));
  }
  totals = loopBy("j", index(0), chunk.count, shape.lanes, totals, [&](Value lane, ValueRange carried) {
    SmallVector<Value> row = loadRows(rows, lane), next(carried);
    for (auto [value, most, sum] : llvm::zip(row, base, next)) {
      Value difference = arith::SubFOp::create(b, value, most);
      value = VectorMath(b, strategy).exp2OfWeight(arith::MulFOp::create(b, difference, splat(log2e)));
      sum = arith::AddFOp::create(b, sum, value);
    }
    storeRows(rows, lane, row);
    return next;
  });
  storeLanes(total, rows, totals);
}

SmallVector<Value> AttendNest::maxima(const Rows &rows, const Chunk &chunk, bool masked) {
  size_t count = rows.number.size();
  SmallVector<Value> carries(count, splat(unseen));
  carries.append(masked ? loadLanes(sighted, rows) : SmallVector<Value>());
  carries = loopBy("j", index(0), chunk.count, shape.lanes, carries, [&](Value lane, ValueRange carried) {
    SmallVector<Value> row = loadRows(rows, lane), next(carried);
    Value key = add(chunk.first, lane);
    for (auto [i, value] : llvm::enumerate(row)) {
      Value mask = masked ? seen(rows.query[i], key) : Value();
      value = scoreOf(value, indicesAt(rows.query[i], {key, 1}), mask);
      if (masked) {
        value = arith::SelectOp::create(b, mask, value, splat(unseen));
        next[count + i] = arith::SelectOp::create(b, mask, splat(1), next[count + i]);
      }
      next[i] = greater(value, next[i]);
    }
    storeRows(rows, lane, row);
    return next;
  });
  storeLanes(sighted, rows, masked ? ArrayRef(carries).drop_front(count) : SmallVector<Value>(count, splat(1)));
  carries.truncate(count);
  return carries;
}

/// Sums that were made below another greatest score: often none changes, and nothing is to be done.
void AttendNest::rescale(const Rows &rows, ArrayRef<Value> before, ArrayRef<Value> now) {
  Value any;
  for (auto [old, most] : llvm::zip(before, now)) {
    Value grown = arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, old, most);
    any = any ? arith::OrIOp::create(b, any, grown).getResult() : grown;
  }
  when(b, any, {}, [&] {
    SmallVector<Value> factors;
    for (auto [q, old, most] : llvm::zip(rows.number, before, now)) {
      Value difference = arith::MulFOp::create(b, arith::SubFOp::create(b, old, most), number(log2e));
      factors.push_back(VectorMath(b, strategy).exp2OfWeight(region.uniform(difference)));
      Value at = mul(q, shape.lanes);
      store(arith::MulFOp::create(b, load(total, at), factors.back()), total, at);
    }
    Value features = size(shape.padded(shape.features));
    loopBy("d", index(0), features, shape.lanes, [&](Value d) {
      for (auto [q, factor] : llvm::zip(rows.number, factors)) {
        Value at = add(mul(q, features), d);
        store(arith::MulFOp::create(b, load(sums, at), factor), sums, at);
      }
    });
    return SmallVector<Value>();
  });
}

// ---- weights by themselves ----

void AttendNest::pointwise(const Rows &rows, const Chunk &chunk, bool masked) {
  fetchQueries(rows);
  fetchKeys(rows);
  bool summed = match.weights.family == Family::shares;
  bool looks = summed && masked;
  size_t count = rows.number.size();
  SmallVector<Value> carries = summed ? loadLanes(total, rows) : SmallVector<Value>();
  carries.append(looks ? loadLanes(sighted, rows) : SmallVector<Value>());
  carries = loopBy("j", index(0), chunk.count, shape.lanes, carries, [&](Value lane, ValueRange carried) {
    SmallVector<Value> row = loadRows(rows, lane), next(carried);
    Value key = add(chunk.first, lane);
    for (auto [i, value] : llvm::enumerate(row)) {
      Indices at = indicesAt(rows.query[i], {key, 1});
      Value mask = masked ? seen(rows.query[i], key) : Value();
      value = scoreOf(value, at, mask);
      if (!summed)
        value = weightOf(value, at, mask);
      if (masked)
        value = arith::SelectOp::create(b, mask, value, splat(0));
      if (summed)
        next[i] = arith::AddFOp::create(b, next[i], value);
      if (looks)
        next[count + i] = arith::SelectOp::create(b, mask, splat(1), next[count + i]);
    }
    storeRows(rows, lane, row);
    return next;
  });
  if (!summed)
    return;
  storeLanes(total, rows, ArrayRef(carries).take_front(count));
  storeLanes(sighted, rows, masked ? ArrayRef(carries).drop_front(count) : SmallVector<Value>(count, splat(1)));
}

/// The index op that makes weights, at lanes along its own index.
Value AttendNest::weightOf(Value score, const Indices &at, Value mask) {
  IndexOp last = match.weights.last;
  SmallVector<Value> scores(last.getAccesses().size(), score);
  return region.emitVectors(last.getBody(), scores, at, mask)[0];
}

// ---- the end of a row ----

void AttendNest::finishRows() {
  loopBy("q", index(0), queryCount, 1, [&](Value q) {
    Value query = add(firstQuery, q);
    storeRow(q, query, match.weights.family == Family::elementwise ? Value() : factorOfRow(q, query));
  });
}

/// What weights kept so far lack: 1 / sum, or exp(greatest - shift); 0 where no key was seen.
Value AttendNest::factorOfRow(Value row, Value query) {
  Value sum = vector::ReductionOp::create(b, vector::CombiningKind::ADD, load(total, mul(row, shape.lanes)),
                                          arith::FastMathFlags::reassoc);
  Value most = memref::LoadOp::create(b, greatest, row);
  bool inverse = match.weights.family == Family::shares || match.weights.shiftIsStatistic;
  auto factor = [&]() -> SmallVector<Value> {
    if (inverse)
      return {arith::DivFOp::create(b, number(1), sum)};
    Value logsumexp = arith::AddFOp::create(b, most, math::LogOp::create(b, sum));
    return {math::ExpOp::create(b, arith::SubFOp::create(b, most, shift(logsumexp, query)))};
  };
  Value lanes = load(sighted, mul(row, shape.lanes));
  Value some = region.any(arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, lanes, splat(0)));
  return when(b, some, number(0), factor)[0];
}

/// What weights subtract from scores, in scalar code, given the statistic.
Value AttendNest::shift(Value logsumexp, Value query) {
  ScalarRegion scalars(frame);
  IndexOp statistic = match.weights.statistic, last = match.weights.last;
  SmallVector<Value> dims = dimsAt(query, index(0));
  dims.resize(op.getRank());
  auto placed = [&](Value tensor) {
    return frame.places[tensor] = frame.rowPlace(cast<RankedTensorType>(tensor.getType()), "row");
  };
  for (Operation &inner : op.getWeights().front().without_terminator()) {
    auto term = dyn_cast<IndexOp>(inner);
    if (!term)
      emitBesideIndexOps(frame, scalars, inner, dims);
    else if (term == statistic && term.isTerm())
      frame.scalars[term.getResult(0)] = logsumexp;
    else if (term == statistic)
      storeElement(b, placed(term.getResult(0)), index(0), logsumexp);
    else if (term != last && term.isTerm())
      frame.scalars[term.getResult(0)] = IndexLoops(frame, term).value(dims)[0];
    else if (term != last)
      IndexLoops(frame, term).store(dims, {placed(term.getResult(0))});
  }

  Ingredients made = ingredientsOf(last, match.weights.shift);
  dims.push_back(index(0)); // any key: nothing of this depends on it
  SmallVector<At> at = llvm::map_to_vector(dims, [](Value dim) { return At{dim}; });
  Point point(scalars, frame, last, dims);
  for (unsigned k : made.accesses.set_bits())
    frame.scalars[last.getBody().getArgument(k)] = point.element(k);
  for (Operation *inner : made.ops)
    scalars.emitOp(*inner, at);
  return frame.scalars.at(match.weights.shift);
}

/// result = sums * factor
void AttendNest::storeRow(Value row, Value query, Value factor) {
  Value features = size(shape.padded(shape.features)), from = mul(row, features);
  const Place &place = frame.places.at(op.getResult());
  Value everywhere = factor ? region.uniform(factor) : Value();
  loopBy("d", index(0), size(shape.features), shape.lanes, [&](Value d) {
    Value sum = load(sums, add(from, d));
    if (factor)
      sum = arith::MulFOp::create(b, sum, everywhere);
    Indices at = indicesAt(query, {index(0)}, match.feature ? At{d, 1} : At{});
    at.resize(op.getRank());
    if (match.feature)
      return region.write(place, at, sum, below(shape.features, d));
    auto indices = llvm::map_to_vector(at, [](At one) { return one.base; });
    storeElement(b, place, linearIndex(b, place, indices), vector::ExtractOp::create(b, sum, 0));
  });
}

} // namespace heed
