// One loop per index, result axes outside, reduced ones inside; where a row of results lies contiguous in what is read,
// its loop is the innermost one instead, over a row of accumulators, so that memory is walked in order.
#include "compiler/codegen/plain/IndexLoops.h"

#include "compiler/codegen/plain/Point.h"
#include "compiler/normalise/Normalise.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace heed {

IndexLoops::IndexLoops(Frame &frame, IndexOp op)
    : frame(frame), op(op), b(frame.b), region(frame), enclosing(op.getEnclosingIndices()), rank(op.getRank()),
      count(enclosing + op.getNumIndices()), bounds(op.getBoundExprs()),
      domain(domainOf(op.getWhereAttr(), enclosing + rank, count, op.getSymbols().size())),
      fold(b, op.getReduction(), op.getBody().front().getTerminator()->getOperand(0).getType(),
           count - enclosing - rank) {
  names.resize(enclosing);
  for (auto name : op.getNames().getAsValueRange<StringAttr>())
    names.push_back(name);
}

// ---- loops ----

/// From where to where the loop over `dim` runs: the index's own bound, cut by what `where` says, or the keys of an
/// attention's row.
std::pair<Value, Value> IndexLoops::rangeOf(unsigned dim, const Dims &dims) {
  Value from = frame.sizes.constant(0), to = frame.sizes.value(bounds[dim - enclosing]);
  if (auto keys = restricted.find(dim); keys != restricted.end()) {
    from = keys->second.from; // of something sorted there may be fewer than are visible
    to = keys->second.order ? arith::MinSIOp::create(b, to, keys->second.to).getResult() : keys->second.to;
  }
  return cut(frame, op, domain.ranges[dim], dims, from, to);
}

/// Loops over the dims after those given, up to `until`. Keys that are not visible are skipped.
SmallVector<Value> IndexLoops::nest(Dims dims, unsigned until, ValueRange carries, Body body) {
  unsigned dim = dims.size();
  if (dim == until)
    return body(dims, carries);
  auto [from, to] = rangeOf(dim, dims);
  return loop(b, names[dim], from, to, carries, [&](Value index, ValueRange inner) {
    Dims longer = dims;
    longer.push_back(index);
    auto keys = restricted.find(dim);
    if (keys == restricted.end() || !keys->second.visible)
      return nest(longer, until, inner, body);
    Value byte = memref::LoadOp::create(b, keys->second.visible, index);
    Value seen = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, byte, arith::ConstantIntOp::create(b, 0, 8));
    return when(b, seen, inner, [&] { return nest(longer, until, inner, body); });
  });
}

/// Adds the element at one point, if the point counts.
SmallVector<Value> IndexLoops::addPoint(const Dims &dims, ValueRange carries) {
  Point point(region, frame, op, dims);
  auto add = [&]() -> SmallVector<Value> {
    auto at = llvm::map_to_vector(dims, [](Value index) { return RegionEmitter::At{index}; });
    SmallVector<Value> yielded = region.emit(op.getBody(), point.elements(), at);
    SmallVector<Value> next = fold.add(carries, yielded[0], ArrayRef(dims).drop_front(enclosing + rank));
    if (yielded.size() == 2)
      for (auto [after, before] : llvm::zip(next, carries))
        after = arith::SelectOp::create(b, yielded[1], after, before);
    return next;
  };
  return domain.guard ? when(b, point.whereHolds(domain.guard), carries, add) : add();
}

SmallVector<Value> IndexLoops::value(ArrayRef<Value> dims) {
  Location outer = b.getLoc();
  b.setLoc(unnamed(op.getLoc()));
  auto carries =
      nest(Dims(dims), count, fold.start(), [&](const Dims &at, ValueRange inner) { return addPoint(at, inner); });
  SmallVector<Value> values = fold.finish(carries);
  b.setLoc(outer);
  return values;
}

/// Both indices run over the same: over the keys of a row, or neither.
bool IndexLoops::runsAlike(unsigned a, unsigned c) { return restricted.contains(a) == restricted.contains(c); }

// ---- tensors ----

void IndexLoops::storeAt(const Dims &dims, ValueRange values, ArrayRef<Place> results) {
  auto axes = ArrayRef(dims).slice(enclosing, rank);
  for (auto [i, place] : llvm::enumerate(results))
    storeElement(b, place, linearIndex(b, place, axes), values[i % values.size()]);
}

void IndexLoops::store(ArrayRef<Value> dims, ArrayRef<Place> results) {
  Location outer = b.getLoc();
  b.setLoc(unnamed(op.getLoc()));
  bool skips = llvm::any_of(restricted, [](const auto &each) { return bool(each.second.visible); });
  if (auto axis = runningAxis(op); axis && axis->dim >= dims.size() && !skips && runsAlike(axis->dim, count - 1)) {
    storeRunning(Dims(dims), results);
    b.setLoc(outer);
    return;
  }
  if (auto axis = scatterAxis(op); axis && *axis >= dims.size() && restricted.empty()) {
    storeScattered(dims, frame.sizes.constant(0), frame.sizes.value(bounds[*axis - enclosing]), results);
    b.setLoc(outer);
    return;
  }
  bool byRows = rank > 0 && dims.size() < enclosing + rank && rowIsInnermost();
  nest(Dims(dims), enclosing + rank - byRows, {}, [&](const Dims &at, ValueRange) -> SmallVector<Value> {
    if (byRows)
      storeByRows(at, results);
    else
      storeAt(at, value(at), results);
    return {};
  });
  b.setLoc(outer);
}

/// for other result indices { for t, forwards or backwards { acc = acc + element[t]; result[t] = acc } }
void IndexLoops::storeRunning(const Dims &dims, ArrayRef<Place> results) {
  RunningAxis axis = *runningAxis(op);
  nest(dims, axis.dim, {}, [&](const Dims &before, ValueRange) {
    Dims others = before;
    others.push_back(frame.sizes.constant(0)); // the running index, filled in within
    nest(others, enclosing + rank, {}, [&](const Dims &at, ValueRange) {
      auto [from, to] = rangeOf(axis.dim, at);
      Value last = arith::SubIOp::create(b, arith::AddIOp::create(b, from, to), frame.sizes.constant(1));
      loop(b, names[axis.dim], from, to, fold.start(), [&](Value turn, ValueRange carries) {
        Value t = axis.backwards ? arith::SubIOp::create(b, last, turn).getResult() : turn;
        Dims result = at;
        result[axis.dim] = t;
        Dims point = result;
        point.push_back(t);
        SmallVector<Value> next = addPoint(point, carries);
        storeAt(result, fold.finish(axis.inclusive ? ValueRange(next) : carries), results);
        return next;
      });
      return SmallVector<Value>();
    });
    return SmallVector<Value>();
  });
}

/// The last result axis is walked in steps of one element by some access, and no access that depends on it prefers the
/// last reduced index.
bool IndexLoops::rowIsInnermost() {
  unsigned row = enclosing + rank - 1;
  bool oneCarry = !llvm::is_contained({Reduction::none, Reduction::argmax, Reduction::logsumexp}, op.getReduction());
  if (!oneCarry || count == row + 1 || restricted.contains(row))
    return false;
  for (unsigned dim = row + 1; dim < count; ++dim)
    for (AffineExpr edge : llvm::concat<AffineExpr>(domain.ranges[dim].from, domain.ranges[dim].to))
      if (edge.isFunctionOfDim(row))
        return false;
  bool contiguous = false;
  for (AccessAttr access : op.getAccessList()) {
    AffineMap map = access.getMap();
    if (map.getNumResults() == 0 || !map.isFunctionOfDim(row))
      continue;
    AffineExpr last = map.getResults().back();
    if (last.isFunctionOfDim(count - 1))
      return false;
    contiguous |= last.isFunctionOfDim(row);
  }
  return contiguous;
}

/// acc[o] = start; for i { for o { acc[o] += … } }; result[o] = acc[o]
void IndexLoops::storeByRows(const Dims &dims, ArrayRef<Place> results) {
  Value start = fold.start()[0];
  unsigned row = enclosing + rank - 1;
  Value accumulators = frame.scratch.take(bounds[rank - 1], start.getType(), "sums");
  Place sums{accumulators, tensorOf({bounds[rank - 1]}, start.getType()), {frame.sizes.value(bounds[rank - 1])}, 0};
  auto overRow = [&](function_ref<void(const Dims &)> body) {
    nest(dims, row + 1, {}, [&](const Dims &at, ValueRange) {
      body(at);
      return SmallVector<Value>();
    });
  };
  overRow([&](const Dims &at) { storeElement(b, sums, at[row], start); });

  // The reduced loops stand outside: their ranges do not depend on the row's index, which is filled in within.
  Dims outer = dims;
  outer.push_back(frame.sizes.constant(0));
  nest(outer, count, {}, [&](const Dims &at, ValueRange) {
    overRow([&](const Dims &inner) {
      Dims point = at;
      point[row] = inner[row];
      storeElement(b, sums, point[row], addPoint(point, loadElement(b, sums, point[row]))[0]);
    });
    return SmallVector<Value>();
  });
  overRow([&](const Dims &at) { storeAt(at, fold.finish(loadElement(b, sums, at[row])), results); });
}

} // namespace heed
