// Blocks of queries, chunks of keys, and the tiles between them.
#include "compiler/codegen/cpu/AttendNest.h"

#include "compiler/codegen/Segments.h"
#include "compiler/codegen/plain/RowIndices.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {

/// Scores of a chunk stay in the caches near the core: 72 x 240 of them with AVX-512.
AttendShape::AttendShape(const AttendMatch &match, const CpuStrategy &strategy)
    : queries(8 * Tiles::rows(strategy, strategy.tileColumns)), panel(strategy.tileColumns),
      panels(240 / strategy.tileColumns), interleaved(strategy.masks ? 4 : 2), lanes(strategy.lanes) {
  AttendOp op = match.op;
  SmallVector<SizeExpr> extents = op.getBoundExprs();
  queryCount = match.query ? extents[*match.query] : SizeExpr(1);
  keyCount = extents[match.key];
  depth = match.product ? IndexOp(match.product).getBoundExprs()[0] : SizeExpr(1);
  features = match.feature ? extents[*match.feature] : SizeExpr(1);
  if (!match.query)
    queries = interleaved;
}

AttendNest::AttendNest(Frame &frame, const CpuStrategy &strategy, const AttendMatch &match)
    : frame(frame), strategy(strategy), match(match), op(match.op), shape(match, strategy), b(frame.b),
      region(frame, strategy), tiles(frame, strategy), vector(VectorType::get(strategy.lanes, b.getF32Type())) {
  // Without an index of queries a block is one value of some other index.
  BlockAxis rows = match.query ? BlockAxis{*match.query, shape.queries}
                               : BlockAxis{match.outer.empty() ? 0 : match.outer.front(), 1};
  bounds = maskBounds(op, rows, {match.key, shape.panel}, {}, /*padded=*/true);
}

// ---- rows and blocks ----

void AttendNest::emit(const Range &range) {
  Type f32 = b.getF32Type();
  SizeExpr keyPanels = shape.keyPanels(), features = shape.padded(shape.features);
  if (match.product) {
    queries = frame.scratch.take(shape.padded(shape.depth) * shape.queries, f32, "queries");
    keys = frame.scratch.take(keyPanels * shape.padded(shape.depth) * shape.panel, f32, "keys");
  }
  values = frame.scratch.take(keyPanels * shape.panel * features, f32, "values");
  packed = frame.scratch.take(keyPanels, b.getIndexType(), "packed");
  scored = frame.scratch.take(shape.queries * shape.chunk(), f32, "scores");
  sums = frame.scratch.take(features * shape.queries, f32, "sums");
  greatest = frame.scratch.take(shape.queries, f32, "greatest");
  total = frame.scratch.take(shape.queries * shape.lanes, f32, "total");
  sighted = frame.scratch.take(shape.queries * shape.lanes, f32, "sighted");
  single = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, sub(range.p1, range.p0), index(1));

  SmallVector<SizeExpr> extents = op.getBoundExprs();
  auto rowBounds = llvm::map_to_vector(match.outer, [&](unsigned d) { return extents[d]; });
  loopBy("r", range.r0, range.r1, 1, [&](Value row) {
    outer.assign(op.getNumIndices(), Value());
    for (auto [d, value] : llvm::zip(match.outer, rowIndices(frame, rowBounds, row)))
      outer[d] = value;
    Indices known = indicesAt(index(0), {index(0)}, {index(0)});
    for (Operation &inner : op.getScore().front().without_terminator())
      if (match.ofOuter.contains(&inner))
        region.emitOp(inner, known);
    auto fewQueries = [&] {
      few = true;
      blocks(range);
    };
    auto manyQueries = [&] {
      few = false;
      ring = panelsKept();
      loopBy("k", index(0), ring, 1, [&](Value k) { memref::StoreOp::create(b, index(0), packed, k); });
      blocks(range);
    };
    if (std::optional<int64_t> count = shape.queryCount.constant())
      *count <= shape.interleaved ? fewQueries() : manyQueries();
    else
      either(arith::CmpIOp::create(b, arith::CmpIPredicate::sle, size(shape.queryCount), index(shape.interleaved)),
             fewQueries, manyQueries);
  });
}

void AttendNest::blocks(const Range &range) {
  loopBy("p", range.p0, range.p1, 1, [&](Value number) { block(number); });
}

/// As many panels as a part of the L2 cache has room for, where no block of queries looks at more; else all. So what a
/// window has left makes room for what it comes to, and packed memory is not written out and read again. Chunks are cut
/// where the ring ends, so it must be the same for all ranges.
Value AttendNest::panelsKept() {
  constexpr int64_t numbers = 1 << 18; // 1 MB
  Value panel = mul(size(shape.padded(shape.depth) + shape.padded(shape.features)), shape.panel);
  Value room = most(arith::DivUIOp::create(b, index(numbers), panel), index(2 * shape.panels));
  Value widest = loopBy("p", index(0), size(shape.blocks()), 1, index(0), [&](Value number, ValueRange carried) {
    auto [begin, end] = visitedEnds(b, bounds, boundsAt(number));
    return SmallVector<Value>{most(carried[0], sub(end, begin))};
  })[0];
  Value all = size(shape.keyPanels());
  Value fits = arith::CmpIOp::create(b, arith::CmpIPredicate::sle, widest, room);
  return least(all, arith::SelectOp::create(b, fits, room, all));
}

AttendNest::Known AttendNest::boundsAt(Value number) {
  Known known{outer, {}};
  if (match.query)
    known.dims[*match.query] = number;
  else if (match.outer.empty())
    known.dims[0] = index(0);
  for (const SizeExpr &symbol : bounds.symbols)
    known.symbols.push_back(size(symbol));
  return known;
}

void AttendNest::block(Value number) {
  firstQuery = mul(number, shape.queries);
  queryCount = least(index(shape.queries), sub(size(shape.queryCount), firstQuery));
  if (match.product)
    packQueries();
  startRows();
  auto [start, stop] = visitedEnds(b, bounds, boundsAt(number));
  nextKey = mul(stop, shape.panel);
  forSegments(b, bounds, boundsAt(number), shape.panels, [&](Value begin, Value end, Value masked) {
    if (few)
      return directChunk(chunkOf(begin, sub(end, begin)), masked);
    Value beforeEnd = sub(ring, arith::RemUIOp::create(b, begin, ring));
    scf::ForOp::create(b, begin, end, beforeEnd, ValueRange(), [&](OpBuilder &, Location, Value k, ValueRange) {
      fetching = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, k, start);
      packedChunk(chunkOf(k, least(beforeEnd, sub(end, k))), masked);
      scf::YieldOp::create(b);
    });
  });
  finishRows();
}

// ---- a chunk of keys ----

AttendNest::Chunk AttendNest::chunkOf(Value begin, Value panels) {
  Value first = mul(begin, shape.panel), left = sub(size(shape.keyCount), first);
  return {begin, panels, {}, first, least(mul(panels, shape.panel), left)};
}

void AttendNest::packedChunk(Chunk chunk, Value masked) {
  chunk.slot = arith::SelectOp::create(b, single, index(0), arith::RemUIOp::create(b, chunk.begin, ring));
  Value spoiled = packChunk(chunk);
  if (match.product)
    scores(chunk);
  if (bounds.neverBroken() || bounds.alwaysBroken())
    weights(chunk, bounds.alwaysBroken());
  else
    either(masked, [&] { weights(chunk, true); }, [&] { weights(chunk, false); });
  bool hides = op.getWhere() || !op.getVisible().empty();
  if (hides && !bounds.neverBroken())
    either(arith::AndIOp::create(b, masked, spoiled), [&] { addSeenValues(chunk); }, [&] { addValues(chunk); });
  else
    addValues(chunk);
}

void AttendNest::either(Value condition, function_ref<void()> yes, function_ref<void()> no) {
  auto arm = [&](function_ref<void()> body) {
    return [this, body](OpBuilder &, Location) {
      body();
      scf::YieldOp::create(b);
    };
  };
  scf::IfOp::create(b, condition, arm(yes), arm(no));
}

/// scored = queries * keys, panel by panel.
void AttendNest::scores(const Chunk &chunk) {
  Value depth = size(shape.padded(shape.depth));
  loopBy("n", index(0), chunk.panels, 1, [&](Value n) {
    Value at = mul(mul(add(chunk.slot, n), depth), shape.panel);
    tiles.emit({.a = {queries, index(0), depth},
                .b = {keys, at, index(shape.panel)},
                .c = {scored, mul(n, shape.panel), index(shape.chunk())},
                .rows = queryCount,
                .depth = size(shape.depth),
                .columns = shape.panel});
  });
}

/// sums += scored * values, in columns as wide as a tile.
void AttendNest::addValues(const Chunk &chunk) {
  Value features = size(shape.padded(shape.features));
  auto product = [&](Value column, int64_t columns) {
    tiles.emit({.a = {scored, index(0), index(shape.chunk())},
                .b = {values, add(mul(mul(chunk.slot, shape.panel), features), column), features},
                .c = {sums, column, features},
                .rows = queryCount,
                .depth = chunk.count,
                .columns = columns,
                .accumulate = true});
  };
  int64_t wide = shape.panel;
  auto constant = shape.padded(shape.features).constant();
  if (constant && *constant % wide != 0 && *constant % (2 * shape.lanes) == 0)
    wide = 2 * shape.lanes; // 64 as 2 x 32 rather than 48 + 16
  Value whole = mul(arith::DivUIOp::create(b, features, index(wide)), wide);
  loopBy("d", index(0), whole, wide, [&](Value d) { product(d, wide); });
  if (!constant || *constant % wide != 0)
    loopBy("d", whole, features, shape.lanes, [&](Value d) { product(d, shape.lanes); });
}

/// The same, key by key: nothing comes of unseen ones, where a weight of 0 would make NaN of a value that is not
/// finite. Rows that see finite values only get the bits that tiles give.
void AttendNest::addSeenValues(const Chunk &chunk) {
  Value features = size(shape.padded(shape.features));
  loopBy("q", index(0), queryCount, 1, [&](Value q) {
    Value query = add(firstQuery, q), row = mul(q, features);
    loopBy("j", index(0), chunk.count, shape.lanes, [&](Value first) {
      Value mask = seen(query, add(chunk.first, first)), left = sub(chunk.count, first);
      loopBy("l", index(0), least(index(shape.lanes), left), 1, [&](Value lane) {
        when(b, vector::ExtractOp::create(b, mask, OpFoldResult(lane)), {}, [&] {
          Value j = add(first, lane), from = mul(add(mul(chunk.slot, shape.panel), j), features);
          Value weight = memref::LoadOp::create(b, scored, add(mul(q, shape.chunk()), j));
          Value everywhere = region.uniform(weight);
          loopBy("d", index(0), features, shape.lanes, [&](Value d) {
            Value sum = load(sums, add(row, d)), value = load(values, add(from, d));
            store(vector::FMAOp::create(b, everywhere, value, sum), sums, add(row, d));
          });
          return SmallVector<Value>();
        });
      });
    });
  });
}

/// All rows of the block, a few at a time; scratch memory has room for a last group that is not full. Few queries go
/// one by one: a group that is not full costs what a full one does.
void AttendNest::overRows(function_ref<void(const Rows &)> body) {
  Value last = sub(size(shape.queryCount), index(1));
  int64_t together = few ? 1 : shape.interleaved;
  loopBy("q", index(0), queryCount, together, [&](Value first) {
    Rows rows;
    for (int64_t q = 0; q != together; ++q) {
      rows.number.push_back(add(first, q));
      rows.query.push_back(least(add(firstQuery, rows.number.back()), last));
    }
    body(rows);
  });
}

// ---- indices and arithmetic ----

AttendNest::Indices AttendNest::indicesAt(Value query, At key, At feature) {
  Indices at;
  for (Value fixed : outer)
    at.push_back({fixed});
  if (match.query)
    at[*match.query] = {query};
  if (match.feature)
    at[*match.feature] = feature;
  at[match.key] = key;
  for (At &one : at)
    if (!one.base)
      one.base = index(0);
  return at;
}

SmallVector<Value> AttendNest::dimsAt(Value query, Value key) {
  return llvm::map_to_vector(indicesAt(query, {key}), [](At at) { return at.base; });
}

Value AttendNest::add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
Value AttendNest::add(Value x, int64_t y) { return y ? add(x, index(y)) : x; }
Value AttendNest::sub(Value x, Value y) { return arith::SubIOp::create(b, x, y); }
Value AttendNest::mul(Value x, Value y) { return arith::MulIOp::create(b, x, y); }
Value AttendNest::mul(Value x, int64_t y) { return y == 1 ? x : mul(x, index(y)); }
Value AttendNest::least(Value x, Value y) { return arith::MinSIOp::create(b, x, y); }
Value AttendNest::most(Value x, Value y) { return arith::MaxSIOp::create(b, x, y); }
Value AttendNest::ceilDiv(Value x, int64_t y) { return arith::DivUIOp::create(b, add(x, y - 1), index(y)); }
Value AttendNest::number(double x) { return arith::ConstantOp::create(b, b.getF32FloatAttr(x)); }
Value AttendNest::splat(double x) { return arith::ConstantOp::create(b, DenseElementsAttr::get(vector, float(x))); }
Value AttendNest::load(Value memref, Value at) { return vector::LoadOp::create(b, vector, memref, at); }
void AttendNest::store(Value value, Value memref, Value at) { vector::StoreOp::create(b, value, memref, at); }

/// One instruction: where one is no number, the second.
Value AttendNest::greater(Value x, Value y) {
  return arith::SelectOp::create(b, arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, y), x, y);
}

SmallVector<Value> AttendNest::loopBy(StringRef name, Value from, Value to, int64_t step, ValueRange carries,
                                      Body body) {
  auto made = scf::ForOp::create(b, from, to, index(step), carries, [&](OpBuilder &, Location, Value i, ValueRange c) {
    i.setLoc(NameLoc::get(b.getStringAttr(name), b.getLoc()));
    scf::YieldOp::create(b, body(i, c));
  });
  return SmallVector<Value>(made.getResults());
}

void AttendNest::loopBy(StringRef name, Value from, Value to, int64_t step, function_ref<void(Value)> body) {
  loopBy(name, from, to, step, {}, [&](Value i, ValueRange) {
    body(i);
    return SmallVector<Value>();
  });
}

} // namespace heed
