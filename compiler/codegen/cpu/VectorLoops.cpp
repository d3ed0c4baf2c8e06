// Three shapes. Pointwise: vectors of elements. Columns: a few vectors of accumulators along the last result index, all
// reduced loops within. Reduced: accumulators along the last reduced index, added up across lanes in one fixed order.
#include "compiler/codegen/cpu/VectorLoops.h"

#include "compiler/codegen/cpu/VectorMath.h"
#include "compiler/codegen/plain/IndexLoops.h"
#include "compiler/codegen/plain/Point.h"

#include "compiler/normalise/Normalise.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {

/// Vectors that a reduction has under way, to hide how long one addition takes.
static constexpr unsigned mostVectors = 4;

namespace {

class VectorFold : public Fold {
public:
  VectorFold(ImplicitLocOpBuilder &b, const CpuStrategy &strategy, IndexOp op, unsigned indices)
      : Fold(b, op.getReduction(), VectorType::get({strategy.lanes}, yielded(op)), indices), vectors(b, strategy),
        isSingle(yielded(op).isF32()) {}

  static Type yielded(IndexOp op) { return op.getBody().front().getTerminator()->getOperand(0).getType(); }

private:
  Value exp(Value x) override { return isSingle ? vectors.exp(x) : Fold::exp(x); }

  VectorMath vectors;
  bool isSingle;
};

} // namespace

VectorLoops::VectorLoops(Frame &frame, const CpuStrategy &strategy, IndexOp op)
    : frame(frame), strategy(strategy), op(op), b(frame.b), region(frame, strategy),
      enclosing(op.getEnclosingIndices()), rank(op.getRank()), count(enclosing + op.getNumIndices()),
      bounds(op.getBoundExprs()), domain(domainOf(op.getWhereAttr(), enclosing + rank, count, op.getSymbols().size())) {
  names.resize(enclosing);
  for (auto name : op.getNames().getAsValueRange<StringAttr>())
    names.push_back(name);
}

// ---- whether lanes help ----

SmallVector<int64_t> VectorLoops::strides(unsigned dim) const {
  SmallVector<int64_t> strides(count);
  strides[dim] = 1;
  return strides;
}

/// Some access walks memory element by element along the index.
bool VectorLoops::readsInOrder(unsigned dim) {
  return llvm::any_of(op.getAccessList(), [&](AccessAttr access) {
    AffineMap map = access.getMap();
    return map.getNumResults() > 0 && strideOf(map.getResults().back(), strides(dim)) == 1;
  });
}

/// Calls `visit` with each access that the index `expr` of an access takes data from.
static bool allData(IndexOp op, AffineExpr expr, function_ref<bool(unsigned access)> visit) {
  unsigned sizes = op.getSymbols().size();
  for (unsigned k = 0; k != op.getAccesses().size(); ++k)
    if (expr.isFunctionOfSymbol(sizes + k) && !visit(k))
      return false;
  return true;
}

/// The element of the access does not depend on `dim`, along which lanes run, nor on what is reduced.
static bool isKnownBefore(IndexOp op, unsigned access, unsigned dim) {
  AccessAttr attr = op.getAccessList()[access];
  if (attr.getGuard())
    return false;
  return llvm::all_of(attr.getMap().getResults(), [&](AffineExpr expr) {
    unsigned reduced = op.getEnclosingIndices() + op.getRank(), count = op.getEnclosingIndices() + op.getNumIndices();
    for (unsigned d = 0; d != count; ++d)
      if ((d == dim || d >= reduced) && expr.isFunctionOfDim(d))
        return false;
    return allData(op, expr, [&](unsigned k) { return isKnownBefore(op, k, dim); });
  });
}

/// Where `where` leaves points out, what a point reads may be outside for lack of points.
bool VectorLoops::readsAhead() {
  return !domain.guard &&
         llvm::all_of(domain.ranges, [](const Domain::Range &range) { return range.from.empty() && range.to.empty(); });
}

/// What data decides is decided before the loop over lanes.
bool VectorLoops::isEven(unsigned dim) {
  auto known = [&](unsigned k) { return readsAhead() && isKnownBefore(op, k, dim); };
  for (auto [k, access] : llvm::enumerate(op.getAccessList()))
    for (AffineExpr expr : access.getMap().getResults()) {
      if (allData(op, expr, [](unsigned) { return false; }) || known(k))
        continue;
      if (access.getGuard() || !allData(op, expr, known))
        return false;
      for (unsigned d = 0; d != count; ++d)
        if ((d == dim || d >= enclosing + rank) && expr.isFunctionOfDim(d))
          return false;
    }
  return true;
}

std::optional<unsigned> VectorLoops::laneDim(unsigned fixed) {
  bool reduces = op.getReduction() != Reduction::none;
  unsigned row = enclosing + rank - 1;
  bool rowIsFree = rank > 0 && fixed <= row;
  if (!reduces)
    return rowIsFree ? std::optional(row) : std::nullopt;
  if (count == enclosing + rank || op.getReduction() == Reduction::argmax)
    return std::nullopt;
  if (readsInOrder(count - 1) && !(rowIsFree && readsInOrder(row) && op.getReduction() == Reduction::logsumexp))
    return count - 1;
  bool bounds = false;
  for (const Domain::Range &range : domain.ranges)
    for (AffineExpr edge : llvm::concat<const AffineExpr>(range.from, range.to))
      bounds |= rowIsFree && edge.isFunctionOfDim(row);
  return rowIsFree && !bounds && readsInOrder(row) ? std::optional(row) : std::nullopt;
}

bool VectorLoops::fits(unsigned fixed) {
  std::optional<unsigned> dim = laneDim(fixed);
  if (strategy.lanes == 0 || !dim || runningAxis(op) || !isEven(*dim))
    return false;
  std::optional<int64_t> extent = bounds[*dim - enclosing].constant();
  return !extent || *extent >= 4;
}

// ---- loops ----

std::pair<Value, Value> VectorLoops::rangeOf(unsigned dim, ArrayRef<Value> dims) {
  return cut(frame, op, domain.ranges[dim], dims, frame.sizes.constant(0), frame.sizes.value(bounds[dim - enclosing]));
}

SmallVector<Value> VectorLoops::nest(Dims dims, unsigned until, ValueRange carries,
                                     function_ref<Carries(const Dims &, ValueRange)> body) {
  unsigned dim = dims.size();
  if (dim >= until)
    return body(dims, carries);
  auto [from, to] = rangeOf(dim, dims);
  return loop(b, names[dim], from, to, carries, [&](Value index, ValueRange inner) {
    Dims longer = dims;
    longer.push_back(index);
    return nest(longer, until, inner, body);
  });
}

SmallVector<RegionEmitter::At> VectorLoops::lanesAt(ArrayRef<Value> dims, unsigned dim) {
  SmallVector<RegionEmitter::At> at;
  for (auto [d, index] : llvm::enumerate(dims))
    at.push_back({index, d == dim});
  return at;
}

/// With a constant range, vectors that divide it; else four for long ranges of reductions.
unsigned VectorLoops::vectorsAtOnce(unsigned dim, Value from, Value to) {
  std::optional<int64_t> first = getConstantIntValue(from), last = getConstantIntValue(to);
  if (!first || !last)
    return mostVectors;
  int64_t vectors = (*last - *first) / strategy.lanes;
  for (unsigned most = mostVectors; most > 1; --most)
    if (vectors >= most && (vectors % most == 0 || vectors > 4 * most))
      return most;
  return 1;
}

SmallVector<Value> VectorLoops::overLanes(StringRef name, Value from, Value to, unsigned most, ValueRange carries,
                                          Step step) {
  auto index = [&](int64_t i) -> Value { return arith::ConstantIndexOp::create(b, i); };
  std::optional<int64_t> first = getConstantIntValue(from), last = getConstantIntValue(to);
  std::optional<int64_t> length;
  if (first && last)
    length = std::max<int64_t>(0, *last - *first);
  // The end of the last whole step of `size` elements after `begin`.
  auto endOf = [&](Value begin, int64_t size) -> Value {
    Value room = arith::MaxSIOp::create(b, arith::SubIOp::create(b, to, begin), index(0));
    Value whole = arith::MulIOp::create(b, arith::DivUIOp::create(b, room, index(size)), index(size));
    return arith::AddIOp::create(b, begin, whole);
  };
  SmallVector<Value> values(carries);
  Value begin = from;
  for (unsigned vectors : {most, 1u}) {
    int64_t size = vectors * strategy.lanes;
    int64_t left = length ? (vectors == 1 && most != 1 ? *length % (most * strategy.lanes) : *length) : size;
    if (left < size || (vectors == 1 && most == 1 && begin != from))
      continue;
    Value end = length ? index(*first + *length / size * size) : endOf(begin, size);
    auto made =
        scf::ForOp::create(b, begin, end, index(size), values, [&](OpBuilder &, Location, Value i, ValueRange in) {
          i.setLoc(NameLoc::get(b.getStringAttr(name), b.getLoc()));
          scf::YieldOp::create(b, step(i, vectors, {}, in));
        });
    values.assign(made.getResults().begin(), made.getResults().end());
    begin = end;
  }
  if (length && *length % strategy.lanes == 0)
    return values;
  auto rest = [&] {
    Value last = arith::SubIOp::create(b, arith::SubIOp::create(b, to, begin), index(1));
    return step(begin, 1, region.compareWithZero({last, -1}, /*equal=*/false), values);
  };
  if (length)
    return rest();
  return when(b, arith::CmpIOp::create(b, arith::CmpIPredicate::slt, begin, to), values, rest);
}

/// Reads what all lanes and steps share, checks what data decides, and runs `body` if that is inside.
void VectorLoops::withKnown(const Dims &dims, unsigned dim, function_ref<void(const KnownElements &)> body) {
  KnownElements known;
  if (!readsAhead())
    return body(known);
  Dims all = dims;
  all.resize(count);
  Value yes = arith::ConstantIntOp::create(b, 1, 1), exists = yes;
  for (unsigned d = dims.size(); d != count; ++d)
    if (!bounds[d - enclosing].dominates(1)) {
      Value extent = frame.sizes.value(bounds[d - enclosing]), none = frame.sizes.constant(0);
      Value some = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, extent, none);
      exists = arith::AndIOp::create(b, exists, some);
    }
  SmallVector<unsigned> shared;
  Carries none;
  for (unsigned k = 0; k != op.getAccesses().size(); ++k)
    if (isKnownBefore(op, k, dim)) {
      Type scalar = op.getBody().getArgument(k).getType();
      shared.push_back(k);
      none.push_back(arith::ConstantOp::create(b, scalar, b.getZeroAttr(scalar)));
    }
  // Of no points nothing is read; that they are none is left to the loops.
  none.push_back(yes);
  auto read = [&] {
    ScalarRegion scalars(frame);
    Point point(scalars, frame, op, all);
    Carries values = llvm::map_to_vector(shared, [&](unsigned k) { return point.element(k); });
    Value inside;
    for (unsigned k = 0; k != op.getAccesses().size(); ++k)
      if (!llvm::is_contained(shared, k))
        if (Value fits = point.isInside(k))
          inside = inside ? arith::AndIOp::create(b, inside, fits).getResult() : fits;
    values.push_back(inside ? inside : yes);
    return values;
  };
  Carries values = exists == yes ? read() : when(b, exists, none, read);
  for (auto [k, value] : llvm::zip(shared, values))
    known[k] = value;
  if (values.back() == yes)
    return body(known);
  when(b, values.back(), {}, [&] {
    body(known);
    return Carries();
  });
}

// ---- what is computed ----

void VectorLoops::storeVector(ArrayRef<Value> dims, Value value, Value mask, ArrayRef<Place> results) {
  auto axes = llvm::map_to_vector(dims.slice(enclosing, rank), [](Value index) { return RegionEmitter::At{index}; });
  axes.back().stride = 1;
  for (const Place &place : results)
    region.write(place, axes, value, mask);
}

void VectorLoops::storePointwise(const Dims &dims, Value from, Value to, ArrayRef<Place> results) {
  unsigned row = enclosing + rank - 1;
  VectorFold fold(b, strategy, op, 0);
  withKnown(dims, row, [&](const KnownElements &known) {
    overLanes(names[row], from, to, 1, {}, [&](Value index, unsigned, Value mask, ValueRange) {
      Dims at = dims;
      at.push_back(index);
      VectorPoint point(region, frame, op, lanesAt(at, row), &known);
      storeVector(at, point.add(fold, fold.start(), domain.guard, mask)[0], mask, results);
      return Carries();
    });
  });
}

void VectorLoops::storeColumns(const Dims &dims, Value from, Value to, ArrayRef<Place> results) {
  unsigned row = enclosing + rank - 1;
  VectorFold fold(b, strategy, op, count - row - 1);
  unsigned carriesOfOne = fold.start().size();
  withKnown(dims, row, [&](const KnownElements &known) {
    unsigned most = getConstantIntValue(to) ? vectorsAtOnce(row, from, to) : 1;
    overLanes(names[row], from, to, most, {}, [&](Value index, unsigned vectors, Value mask, ValueRange) {
      Carries start;
      for (unsigned v = 0; v != vectors; ++v)
        start.append(fold.start());
      auto column = [&](Dims at, unsigned v) {
        at[row] = arith::AddIOp::create(b, index, arith::ConstantIndexOp::create(b, v * strategy.lanes));
        return at;
      };
      Dims outer = dims;
      outer.push_back(index);
      Carries sums = nest(outer, count, start, [&](const Dims &at, ValueRange carries) {
        Carries next;
        for (unsigned v = 0; v != vectors; ++v)
          next.append(VectorPoint(region, frame, op, lanesAt(column(at, v), row), &known)
                          .add(fold, carries.slice(v * carriesOfOne, carriesOfOne), domain.guard, mask));
        return next;
      });
      for (unsigned v = 0; v != vectors; ++v)
        storeVector(column(outer, v), fold.finish(ValueRange(sums).slice(v * carriesOfOne, carriesOfOne))[0], mask,
                    results);
      return Carries();
    });
  });
}

static vector::CombiningKind combiningOf(Reduction kind, Type scalar) {
  bool real = isa<FloatType>(scalar);
  switch (kind) {
  case Reduction::sum:
    return vector::CombiningKind::ADD;
  case Reduction::prod:
    return vector::CombiningKind::MUL;
  case Reduction::min:
    return real ? vector::CombiningKind::MINIMUMF : vector::CombiningKind::MINSI;
  case Reduction::any:
    return vector::CombiningKind::OR;
  case Reduction::all:
    return vector::CombiningKind::AND;
  default:
    return real ? vector::CombiningKind::MAXIMUMF : vector::CombiningKind::MAXSI;
  }
}

static Value across(ImplicitLocOpBuilder &b, Reduction kind, Value vector) {
  Type scalar = getElementTypeOrSelf(vector);
  auto anyOrder = isa<FloatType>(scalar) ? arith::FastMathFlags::reassoc : arith::FastMathFlags::none;
  return vector::ReductionOp::create(b, combiningOf(kind, scalar), vector, anyOrder);
}

/// The result of a reduction from its vectors of accumulators. logsumexp has two of each: maxima, and sums of
/// exponentials below them.
Value VectorLoops::acrossLanes(Fold &fold, ValueRange carries) {
  if (op.getReduction() != Reduction::logsumexp) {
    SmallVector<Value> vectors(carries);
    for (; vectors.size() > 1; vectors.resize((vectors.size() + 1) / 2))
      for (size_t i = 0, half = (vectors.size() + 1) / 2; i + half < vectors.size(); ++i)
        vectors[i] = fold.add(vectors[i], vectors[i + half], {})[0];
    return across(b, op.getReduction(), vectors[0]);
  }
  Value most = carries[0];
  for (size_t v = 2; v < carries.size(); v += 2)
    most = arith::MaximumFOp::create(b, most, carries[v]);
  most = across(b, Reduction::max, most);
  Value mosts = region.uniform(most), sum;
  for (size_t v = 0; v < carries.size(); v += 2) {
    Value scaled = fold.below(carries[v], carries[v + 1], mosts);
    sum = sum ? arith::AddFOp::create(b, sum, scaled).getResult() : scaled;
  }
  Value total = across(b, Reduction::sum, sum);
  return arith::AddFOp::create(b, most, math::LogOp::create(b, total));
}

void VectorLoops::storeReduced(const Dims &dims, ArrayRef<Place> results) {
  VectorFold fold(b, strategy, op, count - enclosing - rank);
  unsigned carriesOfOne = fold.start().size(), lane = count - 1;
  nest(dims, enclosing + rank, {}, [&](const Dims &row, ValueRange) {
    withKnown(row, lane, [&](const KnownElements &known) {
      auto [least, end] = std::pair(frame.sizes.constant(0), frame.sizes.value(bounds[lane - enclosing]));
      unsigned most = vectorsAtOnce(lane, least, end);
      Carries start;
      for (unsigned v = 0; v != most; ++v)
        start.append(fold.start());
      Carries sums = nest(row, lane, start, [&](const Dims &at, ValueRange carries) {
        auto [from, to] = rangeOf(lane, at);
        return overLanes(
            names[lane], from, to, most, carries, [&](Value index, unsigned vectors, Value mask, ValueRange before) {
              Carries next(before);
              for (unsigned v = 0; v != vectors; ++v) {
                Dims point = at;
                Value offset = arith::ConstantIndexOp::create(b, v * strategy.lanes);
                point.push_back(v ? arith::AddIOp::create(b, index, offset).getResult() : index);
                Carries added = VectorPoint(region, frame, op, lanesAt(point, lane), &known)
                                    .add(fold, before.slice(v * carriesOfOne, carriesOfOne), domain.guard, mask);
                llvm::copy(added, next.begin() + v * carriesOfOne);
              }
              return next;
            });
      });
      Value value = acrossLanes(fold, sums);
      auto axes = ArrayRef(row).slice(enclosing, rank);
      for (const Place &place : results)
        storeElement(b, place, linearIndex(b, place, axes), value);
    });
    return Carries();
  });
}

bool VectorLoops::fitsParts(unsigned fixed) { return fits(fixed) && *laneDim(fixed) == enclosing + rank - 1; }

void VectorLoops::storePart(ArrayRef<Value> dims, Value from, Value to, ArrayRef<Place> results) {
  Location outer = b.getLoc();
  b.setLoc(unnamed(op.getLoc()));
  if (op.getReduction() == Reduction::none)
    storePointwise(Dims(dims), from, to, results);
  else
    storeColumns(Dims(dims), from, to, results);
  b.setLoc(outer);
}

void VectorLoops::store(ArrayRef<Value> dims, ArrayRef<Place> results) {
  Location outer = b.getLoc();
  b.setLoc(unnamed(op.getLoc()));
  unsigned row = enclosing + rank - 1;
  if (*laneDim(dims.size()) != row)
    storeReduced(Dims(dims), results);
  else
    nest(Dims(dims), row, {}, [&](const Dims &at, ValueRange) {
      auto [from, to] = rangeOf(row, at);
      storePart(at, from, to, results);
      return Carries();
    });
  b.setLoc(outer);
}

} // namespace heed
