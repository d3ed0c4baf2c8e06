// What is the same in all lanes is read once, as a scalar; what grows evenly is a vector; the rest is done lane by lane
// by the scalar code that plain loops use.
#include "compiler/codegen/cpu/VectorPoint.h"

#include "compiler/codegen/plain/IndexLoops.h"
#include "compiler/codegen/plain/Point.h"

#include "mlir/Dialect/Affine/Utils.h"

using namespace mlir;

namespace heed {

std::optional<int64_t> strideOf(AffineExpr expr, ArrayRef<int64_t> strides) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return strides[dim.getPosition()];
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return 0;
  auto left = strideOf(binary.getLHS(), strides), right = strideOf(binary.getRHS(), strides);
  if (!left || !right)
    return std::nullopt;
  if (*left == 0 && *right == 0)
    return 0;
  if (expr.getKind() == AffineExprKind::Add)
    return *left + *right;
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (expr.getKind() == AffineExprKind::Mul && factor)
    return *left * factor.getValue();
  return std::nullopt;
}

Value both(ImplicitLocOpBuilder &b, VectorRegion &region, Value one, Value other) {
  if (!one || !other)
    return one ? one : other;
  if (isa<VectorType>(one.getType()) != isa<VectorType>(other.getType())) {
    one = region.uniform(one);
    other = region.uniform(other);
  }
  return arith::AndIOp::create(b, one, other);
}

VectorPoint::VectorPoint(VectorRegion &region, Frame &frame, IndexOp op, ArrayRef<At> dims, const KnownElements *known)
    : region(region), frame(frame), b(frame.b), op(op), dims(dims), accesses(op.getAccessList()),
      sizeSymbols(op.getSymbolExprs()), known(known) {
  for (At dim : dims) {
    strides.push_back(dim.stride);
    bases.push_back(dim.base);
  }
}

// ---- what lanes have in common ----

/// Every expression, and every access that one takes data from, is the same in all lanes.
bool VectorPoint::isUniform(ConditionAttr condition) const {
  return llvm::all_of(condition.getSets(), [&](IntegerSet set) {
    return llvm::all_of(set.getConstraints(), [&](AffineExpr expr) {
      for (unsigned s = sizeSymbols.size(); s < set.getNumSymbols(); ++s)
        if (expr.isFunctionOfSymbol(s) && !isUniform(accesses[s - sizeSymbols.size()]))
          return false;
      return strideOf(expr, strides) == 0;
    });
  });
}

static bool takesDataFrom(AffineMap map, unsigned symbol) {
  return symbol < map.getNumSymbols() && map.isFunctionOfSymbol(symbol);
}

bool VectorPoint::takesData(AffineMap map) const {
  for (unsigned k = 0; k != accesses.size(); ++k)
    if (takesDataFrom(map, sizeSymbols.size() + k))
      return true;
  return false;
}

bool VectorPoint::isUniform(AccessAttr access) const {
  AffineMap map = access.getMap();
  for (unsigned k = 0; k != accesses.size(); ++k)
    if (takesDataFrom(map, sizeSymbols.size() + k) && !isUniform(accesses[k]))
      return false;
  return llvm::all_of(map.getResults(), [&](AffineExpr e) { return strideOf(e, strides) == 0; }) &&
         (!access.getGuard() || isUniform(access.getGuard()));
}

/// Every index is the same in all lanes or grows evenly, and what data decides is known.
bool VectorPoint::isEven(AccessAttr access) const {
  AffineMap map = access.getMap();
  for (unsigned k = 0; k != accesses.size(); ++k)
    if (takesDataFrom(map, sizeSymbols.size() + k) && !(known && known->contains(k)))
      return false;
  return llvm::all_of(map.getResults(), [&](AffineExpr e) { return strideOf(e, strides).has_value(); });
}

SmallVector<Value> VectorPoint::symbolsOf(AffineMap map) {
  SmallVector<Value> symbols;
  for (const SizeExpr &size : sizeSymbols)
    symbols.push_back(frame.sizes.value(size));
  for (unsigned k = 0; k != accesses.size(); ++k)
    symbols.push_back(takesDataFrom(map, sizeSymbols.size() + k) ? indexOf(b, known->at(k)) : Value());
  return symbols;
}

RegionEmitter::At VectorPoint::expand(AffineExpr expr, ArrayRef<Value> symbols) {
  return {affine::expandAffineExpr(b, b.getLoc(), expr, bases, symbols), *strideOf(expr, strides)};
}

SmallVector<Value> VectorPoint::dimsIn(Value lane) {
  return llvm::map_to_vector(dims, [&](At at) { return region.lane(at, lane); });
}

// ---- conditions ----

Value VectorPoint::holds(ConditionAttr condition, Value mask) {
  ScalarRegion scalars(frame);
  if (isUniform(condition)) {
    auto test = [&] { return SmallVector<Value>{Point(scalars, frame, op, bases).whereHolds(condition)}; };
    // Data of lanes that are not there is not looked at.
    if (!mask)
      return test()[0];
    Value no = arith::ConstantIntOp::create(b, 0, 1);
    return when(b, region.any(mask), no, test)[0];
  }
  Value any;
  for (IntegerSet set : condition.getSets()) {
    bool even = llvm::all_of(set.getConstraints(), [&](AffineExpr expr) {
      for (unsigned s = sizeSymbols.size(); s < set.getNumSymbols(); ++s)
        if (expr.isFunctionOfSymbol(s))
          return false;
      return strideOf(expr, strides).has_value();
    });
    if (!even)
      return region.eachLane(b.getI1Type(), mask ? region.uniform(mask) : mask,
                             [&](Value lane) { return Point(scalars, frame, op, dimsIn(lane)).whereHolds(condition); });
    SmallVector<Value> symbols;
    for (const SizeExpr &size : sizeSymbols)
      symbols.push_back(frame.sizes.value(size));
    symbols.resize(set.getNumSymbols());
    Value all = arith::ConstantIntOp::create(b, 1, 1);
    for (auto [i, constraint] : llvm::enumerate(set.getConstraints()))
      all = both(b, region, all, region.compareWithZero(expand(constraint, symbols), set.isEq(i)));
    any = any ? arith::OrIOp::create(b, region.uniform(any), region.uniform(all)).getResult() : all;
  }
  return any ? any : arith::ConstantIntOp::create(b, 0, 1).getResult();
}

// ---- elements ----

SmallVector<Value> VectorPoint::elements(Value mask) {
  SmallVector<Value> read;
  for (unsigned k = 0; k != accesses.size(); ++k)
    read.push_back(element(k, mask));
  return read;
}

Value VectorPoint::element(unsigned k, Value mask) {
  if (known && known->contains(k))
    return region.uniform(known->at(k));
  AccessAttr access = accesses[k];
  Type scalar = op.getBody().getArgument(k).getType();
  ScalarRegion scalars(frame);
  if (isUniform(access)) {
    auto read = [&] { return SmallVector<Value>{Point(scalars, frame, op, bases).element(k)}; };
    if (!mask)
      return region.uniform(read()[0]);
    Value none = arith::ConstantOp::create(b, scalar, b.getZeroAttr(scalar));
    return region.uniform(when(b, region.any(mask), none, read)[0]);
  }
  if (!isEven(access))
    return region.eachLane(scalar, mask ? region.uniform(mask) : mask,
                           [&](Value lane) { return Point(scalars, frame, op, dimsIn(lane)).element(k); });
  if (access.getGuard())
    mask = both(b, region, mask, holds(access.getGuard(), mask));
  AffineMap map = access.getMap();
  SmallVector<Value> symbols = symbolsOf(map);
  auto indices = llvm::map_to_vector(map.getResults(), [&](AffineExpr e) { return expand(e, symbols); });
  return region.read(frame.places.at(op.getSources()[access.getOperand()]), indices, mask);
}

SmallVector<Value> VectorPoint::add(Fold &fold, ValueRange carries, ConditionAttr guard, Value mask) {
  Value counts = both(b, region, mask, guard ? holds(guard, mask) : Value());
  SmallVector<Value> yielded = region.emitVectors(op.getBody(), elements(counts), dims, counts);
  if (yielded.size() == 2)
    counts = both(b, region, counts, yielded[1]);
  SmallVector<Value> next = fold.add(carries, yielded[0], {});
  if (counts)
    for (auto [after, before] : llvm::zip(next, carries))
      after = arith::SelectOp::create(b, region.uniform(counts), after, before);
  return next;
}

// ---- terms ----

namespace {

/// A term's loops over its own indices, which are the same in all lanes.
class Term {
public:
  Term(VectorRegion &region, Frame &frame, IndexOp op, ArrayRef<RegionEmitter::At> enclosing, Value mask)
      : region(region), frame(frame), b(frame.b), op(op), first(enclosing.size()), count(first + op.getNumIndices()),
        bounds(op.getBoundExprs()), dims(enclosing), mask(mask),
        domain(domainOf(op.getWhereAttr(), first, count, op.getSymbols().size())),
        fold(b, op.getReduction(), region.vectorOf(op.getBody().front().getTerminator()->getOperand(0).getType()),
             count - first) {}

  bool fits() {
    if (op.getReduction() == Reduction::argmax || op.getReduction() == Reduction::logsumexp)
      return false;
    SmallVector<int64_t> strides(count);
    for (unsigned d = 0; d != first; ++d)
      strides[d] = dims[d].stride;
    for (const Domain::Range &range : domain.ranges)
      for (AffineExpr edge : llvm::concat<const AffineExpr>(range.from, range.to))
        if (strideOf(edge, strides) != 0)
          return false;
    return true;
  }

  Value value() { return fold.finish(nest(fold.start()))[0]; }

private:
  SmallVector<Value> nest(ValueRange carries) {
    unsigned dim = dims.size();
    if (dim == count)
      return VectorPoint(region, frame, op, dims).add(fold, carries, domain.guard, mask);
    SmallVector<Value> bases = llvm::map_to_vector(dims, [](RegionEmitter::At at) { return at.base; }), symbols;
    for (const SizeExpr &size : op.getSymbolExprs())
      symbols.push_back(frame.sizes.value(size));
    symbols.resize(symbols.size() + op.getAccesses().size());
    Value from = frame.sizes.constant(0), to = frame.sizes.value(bounds[dim - first]);
    for (AffineExpr edge : domain.ranges[dim].from)
      from = arith::MaxSIOp::create(b, from, affine::expandAffineExpr(b, b.getLoc(), edge, bases, symbols));
    for (AffineExpr edge : domain.ranges[dim].to)
      to = arith::MinSIOp::create(b, to, affine::expandAffineExpr(b, b.getLoc(), edge, bases, symbols));
    StringRef name = cast<StringAttr>(op.getNames()[dim - first]).getValue();
    return loop(b, name, from, to, carries, [&](Value index, ValueRange inner) {
      dims.push_back({index});
      SmallVector<Value> next = nest(inner);
      dims.pop_back();
      return next;
    });
  }

  VectorRegion &region;
  Frame &frame;
  ImplicitLocOpBuilder &b;
  IndexOp op;
  unsigned first, count;
  SmallVector<SizeExpr> bounds;
  SmallVector<RegionEmitter::At> dims;
  Value mask;
  Domain domain;
  Fold fold;
};

} // namespace

std::optional<Value> termInVectors(VectorRegion &region, Frame &frame, IndexOp op, ArrayRef<RegionEmitter::At> indices,
                                   Value mask) {
  Term term(region, frame, op, indices, mask);
  if (!term.fits())
    return std::nullopt;
  Location outer = frame.b.getLoc();
  frame.b.setLoc(unnamed(op.getLoc()));
  Value value = term.value();
  frame.b.setLoc(outer);
  return value;
}

} // namespace heed
