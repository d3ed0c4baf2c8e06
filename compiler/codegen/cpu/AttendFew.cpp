// Attention of a few queries, such as the newest token of a text: each key and each value is read about once, so
// packing them for tiles would cost more than it saves. Scores are dot products of as many keys as there are lanes,
// whose sums end as the lanes of one vector; values are added row by row. Weights and the end of a row are as ever.
#include "compiler/codegen/cpu/AttendNest.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {

/// How far ahead of its use memory is asked for.
constexpr int64_t keysAhead = 32;

void AttendNest::directChunk(const Chunk &chunk, Value masked) {
  if (match.product)
    directScores(chunk);
  auto finish = [&](bool cut) {
    weights(chunk, cut);
    bool hides = op.getWhere() || !op.getVisible().empty();
    addDirectValues(chunk, cut && hides);
  };
  if (bounds.neverBroken() || bounds.alwaysBroken())
    finish(bounds.alwaysBroken());
  else
    either(masked, [&] { finish(true); }, [&] { finish(false); });
}

/// scored[q, j] = sum of queries[q, e] * key[j, e]. A key is read as it lies, from its first element to its last,
/// not line by line with its neighbours. Their sums wait where other blocks have packed keys.
void AttendNest::directScores(const Chunk &chunk) {
  Value depth = size(shape.padded(shape.depth)), last = sub(size(shape.keyCount), index(1));
  loopBy("j", index(0), chunk.count, shape.lanes, [&](Value j) {
    loopBy("q", index(0), queryCount, 1, [&](Value q) {
      loopBy("lane", index(0), index(shape.lanes), 1, [&](Value lane) {
        Value next = add(add(chunk.first, j), lane), key = least(next, last);
        fetchKey(least(add(next, index(keysAhead)), last));
        SmallVector<Value> sum =
            loopBy("e", index(0), size(shape.depth), shape.lanes, {splat(0)}, [&](Value e, ValueRange so) {
              Value mask = below(shape.depth, e), query = load(queries, add(mul(q, depth), e));
              Value more = vector::FMAOp::create(b, query, factor(match.right, index(0), {key}, {e, 1}, mask), so[0]);
              return SmallVector<Value>{mask ? arith::SelectOp::create(b, mask, more, so[0]).getResult() : more};
            });
        store(sum[0], keys, mul(lane, shape.lanes));
      });
      SmallVector<Value> sums;
      for (int64_t lane = 0; lane != shape.lanes; ++lane)
        sums.push_back(load(keys, index(lane * shape.lanes)));
      store(sumsOfEach(sums), scored, add(mul(q, shape.chunk()), j));
    });
  });
}

/// Lane l: the sum of all lanes of vector l.
Value AttendNest::sumsOfEach(ArrayRef<Value> vectors) {
  SmallVector<Value> m(vectors);
  for (int64_t s = shape.lanes / 2; s != 0; s /= 2)
    for (int64_t r = 0; r != s; ++r) {
      auto [low, high] = exchanged(m[r], m[r + s], s);
      m[r] = arith::AddFOp::create(b, low, high);
    }
  return m[0];
}

/// sums += scored * values, in as many columns as leave registers for others. Where the mask cuts the chunk, nothing
/// comes of unseen keys: a weight of 0 would make NaN of a value that is not finite.
void AttendNest::addDirectValues(const Chunk &chunk, bool cut) {
  constexpr int64_t wide = 4; // vectors
  Value features = size(shape.features), step = index(wide * shape.lanes);
  Value whole = match.feature ? mul(arith::DivUIOp::create(b, features, step), step) : index(0);
  loopBy("q", index(0), queryCount, 1, [&](Value q) {
    loopBy("d", index(0), whole, wide * shape.lanes, [&](Value d) { addDirectValues(chunk, cut, q, d, wide); });
    loopBy("d", whole, features, shape.lanes, [&](Value d) { addDirectValues(chunk, cut, q, d, 1); });
  });
}

void AttendNest::addDirectValues(const Chunk &chunk, bool cut, Value q, Value column, int64_t vectors) {
  Value row = add(mul(q, size(shape.padded(shape.features))), column), query = add(firstQuery, q);
  SmallVector<Value> sums;
  for (int64_t v = 0; v != vectors; ++v)
    sums.push_back(load(this->sums, add(row, v * shape.lanes)));

  auto addKey = [&](Value j, Value visible, ValueRange carried) {
    if (vectors != 1)
      fetchValue(least(add(add(chunk.first, j), index(keysAhead)), sub(size(shape.keyCount), index(1))));
    Value weight = region.uniform(memref::LoadOp::create(b, scored, add(mul(q, shape.chunk()), j)));
    SmallVector<Value> next;
    for (auto [v, sum] : llvm::enumerate(carried)) {
      Value d = add(column, v * shape.lanes), mask = vectors == 1 && match.feature ? below(shape.features, d) : Value();
      Indices at = indicesAt(index(0), {add(chunk.first, j)}, match.feature ? At{d, 1} : At{});
      Value value = region.emitVectors(op.getValue(), {}, at, mask)[0];
      if (visible)
        value = arith::SelectOp::create(b, visible, value, splat(0));
      next.push_back(vector::FMAOp::create(b, weight, value, sum));
    }
    return next;
  };
  if (!cut) {
    sums = loopBy("j", index(0), chunk.count, 1, sums, [&](Value j, ValueRange so) { return addKey(j, {}, so); });
  } else {
    sums = loopBy("j", index(0), chunk.count, shape.lanes, sums, [&](Value first, ValueRange carried) {
      Value mask = seen(query, add(chunk.first, first));
      Value end = least(index(shape.lanes), sub(chunk.count, first));
      return loopBy("l", index(0), end, 1, carried, [&](Value lane, ValueRange so) {
        return addKey(add(first, lane), vector::ExtractOp::create(b, mask, OpFoldResult(lane)), so);
      });
    });
  }
  for (auto [v, sum] : llvm::enumerate(sums))
    store(sum, this->sums, add(row, v * shape.lanes));
}

} // namespace heed
