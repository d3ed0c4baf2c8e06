// Memory is slower than these loops, and the row of one head is too short for the processor to guess what follows it.
// So while the first chunk of a block becomes weights, a few rows at a time, those lines of memory are asked for that
// the end of this block and the next block will touch: results, queries, and the keys and values behind those seen.
// Where queries are few (`AttendFew`), each key and value is asked for some keys before it is read.
#include "compiler/codegen/cpu/AttendNest.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace heed {

/// `count` elements from these indices on.
void AttendNest::fetchRow(const Place &place, ArrayRef<Value> indices, const SizeExpr &count, bool write) {
  constexpr int64_t line = 64;
  int64_t each = line * 8 / storedType(place.type.getElementType()).getIntOrFloatBitWidth();
  Value first = linearIndex(b, place, indices);
  auto ask = [&](Value element) {
    memref::PrefetchOp::create(b, place.memref, ValueRange(add(first, element)), write, /*localityHint=*/2,
                               /*isDataCache=*/true);
  };
  constexpr int64_t fewLines = 4;
  std::optional<int64_t> known = count.constant();
  if (!known || *known > fewLines * each)
    return loopBy("line", index(0), size(count), each, ask);
  for (int64_t element = 0; element < *known; element += each)
    ask(index(element));
}

/// What a term of the regions reads at these indices: rows along the last of them, where `moving` moves them on. What
/// data decide is left out, and so are guards: to ask for a line too many does no harm.
void AttendNest::fetchRows(IndexOp term, ArrayRef<At> at, unsigned along, unsigned moving, const SizeExpr &count) {
  auto dims = llvm::map_to_vector(at, [](At one) { return one.base; });
  auto symbols = llvm::map_to_vector(term.getSymbolExprs(), [&](const SizeExpr &expr) { return size(expr); });
  for (AccessAttr access : term.getAccessList()) {
    AffineMap map = access.getMap();
    bool rows = map.getNumResults() && map.getResults().back() == getAffineDimExpr(along, b.getContext()) &&
                map.isFunctionOfDim(moving);
    for (unsigned s = symbols.size(); s < map.getNumSymbols(); ++s)
      rows &= !map.isFunctionOfSymbol(s);
    auto place = frame.places.find(term.getSources()[access.getOperand()]);
    if (!rows || place == frame.places.end() || place->second.layout)
      continue;
    SmallVector<Value> indices;
    for (AffineExpr expr : map.getResults())
      indices.push_back(affine::expandAffineExpr(b, b.getLoc(), expr, dims, symbols));
    fetchRow(place->second, indices, count, /*write=*/false);
  }
}

/// The results of these rows, and the queries of as many rows of the next block.
void AttendNest::fetchQueries(const Rows &rows) {
  if (!match.query || few)
    return;
  Value first = add(firstQuery, rows.number.front()), last = size(shape.queryCount);
  auto fetch = [&](Value from, function_ref<void(Value)> row) {
    loopBy("q", from, least(add(from, shape.interleaved), last), 1, row);
  };
  when(b, fetching, {}, [&] {
    if (match.feature)
      fetch(first, [&](Value query) {
        auto at = llvm::map_to_vector(indicesAt(query, {index(0)}), [](At one) { return one.base; });
        at.resize(op.getRank());
        fetchRow(frame.places.at(op.getResult()), at, shape.features, /*write=*/true);
      });
    if (match.product)
      fetch(add(first, shape.queries), [&](Value query) {
        Indices at = indicesAt(query, {index(0)});
        at.push_back({index(0)});
        fetchRows(match.product, at, at.size() - 1, *match.query, shape.depth);
      });
    return SmallVector<Value>();
  });
}

void AttendNest::fetchKey(Value key) {
  if (!match.product)
    return;
  Indices at = indicesAt(index(0), {key});
  at.push_back({index(0)});
  fetchRows(match.product, at, at.size() - 1, match.key, shape.depth);
}

void AttendNest::fetchValue(Value key) {
  if (match.feature)
    for (IndexOp term : op.getValue().getOps<IndexOp>())
      if (term.isTerm())
        fetchRows(term, indicesAt(index(0), {key}), *match.feature, match.key, shape.features);
}

/// Keys and values for the next block: it may begin a panel later than all others.
void AttendNest::fetchKeys(const Rows &rows) {
  if (!match.query || few)
    return;
  int64_t each = llvm::divideCeil(shape.interleaved * (shape.queries + shape.panel), shape.queries);
  Value group = arith::DivUIOp::create(b, rows.number.front(), index(shape.interleaved));
  Value first = add(nextKey, mul(group, each));
  when(b, fetching, {}, [&] {
    loopBy("k", first, least(add(first, each), size(shape.keyCount)), 1, [&](Value key) {
      fetchValue(key);
      fetchKey(key);
    });
    return SmallVector<Value>();
  });
}

} // namespace heed
