// One conjunction is a product of independent parts: an index in an interval, or two indices with their difference in
// an interval as well, which is a difference of two staircases. Unions are counted by inclusion and exclusion.
#include "compiler/derive/Points.h"

using namespace mlir;

namespace heed {
namespace {

constexpr size_t maxConjunctions = 4;

SizeExpr atLeastZero(const SizeExpr &size) { return SizeExpr::max(size, 0); }

/// Twice the sum of min(k, J) for k = 1 … m; nothing for m <= 0.
SizeExpr staircase(const SizeExpr &m, const SizeExpr &J) {
  SizeExpr steps = atLeastZero(m), low = SizeExpr::min(steps, J);
  return low * low + low + SizeExpr(2) * J * atLeastZero(m - J);
}

/// One conjunction, taken apart.
class Region {
public:
  Region(ArrayRef<SizeExpr> symbols, ArrayRef<SizeExpr> bounds) : symbols(symbols) {
    for (const SizeExpr &bound : bounds)
      indices.push_back({0, bound - 1});
  }
  void add(IntegerSet);
  PointCount count() const;
  bool exact = true;

private:
  struct Interval {
    SizeExpr low, high; // inclusive
    SizeExpr length() const { return high - low + 1; }
  };
  /// high - low <= index[above] - index[below] <= …
  struct Band {
    unsigned above, below;
    std::optional<SizeExpr> low, high;
  };
  void add(AffineExpr);
  Band &bandOf(unsigned above, unsigned below);
  SizeExpr twiceIn(const Band &) const;

  ArrayRef<SizeExpr> symbols;
  SmallVector<Interval> indices;
  SmallVector<Band, 2> bands;
};

/// constant + sum of dims and sizes, or nothing.
struct Linear {
  SizeExpr rest = 0;
  std::map<unsigned, int64_t> dims;
  bool known = true;

  void add(AffineExpr e, int64_t times, ArrayRef<SizeExpr> symbols) {
    if (auto number = dyn_cast<AffineConstantExpr>(e)) {
      rest = rest + SizeExpr(times * number.getValue());
    } else if (auto dim = dyn_cast<AffineDimExpr>(e)) {
      dims[dim.getPosition()] += times;
    } else if (auto symbol = dyn_cast<AffineSymbolExpr>(e)) {
      known &= symbol.getPosition() < symbols.size();
      if (known)
        rest = rest + SizeExpr(times) * symbols[symbol.getPosition()];
    } else {
      auto binary = cast<AffineBinaryOpExpr>(e);
      auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
      if (e.getKind() == AffineExprKind::Add)
        add(binary.getLHS(), times, symbols), add(binary.getRHS(), times, symbols);
      else if (e.getKind() == AffineExprKind::Mul && factor)
        add(binary.getLHS(), times * factor.getValue(), symbols);
      else
        known = false;
    }
  }
};

Region::Band &Region::bandOf(unsigned above, unsigned below) {
  for (Band &band : bands)
    if (band.above == above && band.below == below)
      return band;
  return bands.emplace_back(Band{above, below, std::nullopt, std::nullopt});
}

/// expr >= 0
void Region::add(AffineExpr expr) {
  Linear linear;
  linear.add(expr, 1, symbols);
  llvm::SmallVector<std::pair<unsigned, int64_t>> dims;
  for (auto [dim, factor] : linear.dims)
    if (factor != 0)
      dims.push_back({dim, factor});
  bool units = llvm::all_of(dims, [](auto d) { return std::abs(d.second) == 1; });
  if (!linear.known || !units || dims.empty() || dims.size() > 2 ||
      (dims.size() == 2 && dims[0].second == dims[1].second)) {
    exact = false;
  } else if (dims.size() == 1) {
    Interval &interval = indices[dims[0].first];
    if (dims[0].second > 0)
      interval.low = SizeExpr::max(interval.low, -linear.rest);
    else
      interval.high = SizeExpr::min(interval.high, linear.rest);
  } else {
    // second - first, in the order of the indices: rows come before keys
    Band &band = bandOf(dims[1].first, dims[0].first);
    if (dims[1].second > 0)
      band.low = band.low ? SizeExpr::max(*band.low, -linear.rest) : -linear.rest;
    else
      band.high = band.high ? SizeExpr::min(*band.high, linear.rest) : linear.rest;
  }
}

void Region::add(IntegerSet set) {
  for (auto [expr, equality] : llvm::zip(set.getConstraints(), set.getEqFlags())) {
    if (isa<AffineConstantExpr>(expr)) // `0 = 0` is true
      continue;
    add(expr);
    if (equality)
      add(-expr);
  }
}

/// Pairs with low <= above - below <= high, each in its interval: those up to `high` without those up to `low - 1`.
SizeExpr Region::twiceIn(const Band &band) const {
  const Interval &above = indices[band.above], &below = indices[band.below];
  SizeExpr rows = atLeastZero(below.length()), keys = atLeastZero(above.length()), shift = below.low - above.low;
  auto upTo = [&](const SizeExpr &difference) {
    return staircase(rows + difference + shift, keys) - staircase(difference + shift, keys);
  };
  SizeExpr all = band.high ? upTo(*band.high) : SizeExpr(2) * rows * keys;
  if (!band.low)
    return all;
  SizeExpr count = all - upTo(*band.low - 1);
  bool ordered = !band.high || band.high->dominates(*band.low - 1);
  return ordered ? count : atLeastZero(count);
}

PointCount Region::count() const {
  PointCount all{2, !exact};
  SmallVector<unsigned> seen(indices.size(), 0);
  for (const Band &band : bands)
    ++seen[band.above], ++seen[band.below];
  for (const Band &band : bands) {
    if (seen[band.above] != 1 || seen[band.below] != 1) { // three indices depend on each other
      seen[band.above] = seen[band.below] = 0;
      all.atMost = true;
      continue;
    }
    SizeExpr twice = all.twice * twiceIn(band);
    all.twice = twice.dividedBy(2).value_or(SizeExpr::floorDiv(twice, 2));
  }
  for (unsigned d = 0; d != indices.size(); ++d)
    if (seen[d] == 0)
      all.twice = all.twice * atLeastZero(indices[d].length());
  return all;
}

} // namespace

PointCount PointCount::times(const SizeExpr &size) const { return {twice * size, atMost}; }

SizeExpr PointCount::of(const SizeExpr &each) const {
  SizeExpr product = twice * each;
  return product.dividedBy(2).value_or(SizeExpr::floorDiv(product, 2));
}

PointCount countPoints(ConditionAttr condition, ArrayRef<SizeExpr> symbols, ArrayRef<SizeExpr> bounds) {
  PointCount box;
  for (const SizeExpr &bound : bounds)
    box.twice = box.twice * bound;
  if (!condition)
    return box;
  ArrayRef<IntegerSet> sets = condition.getSets();
  if (sets.size() > maxConjunctions)
    return {box.twice, true};
  PointCount sum{0, false};
  bool exact = true;
  for (unsigned chosen = 1; chosen < 1u << sets.size(); ++chosen) {
    Region region(symbols, bounds);
    for (unsigned n = 0; n != sets.size(); ++n)
      if (chosen >> n & 1)
        region.add(sets[n]);
    PointCount part = region.count();
    exact &= !part.atMost;
    bool odd = llvm::popcount(chosen) % 2;
    if (part.atMost && !odd)
      part.twice = 0; // taken away too much otherwise
    sum.twice = odd ? sum.twice + part.twice : sum.twice - part.twice;
  }
  if (!exact && sets.size() > 1)
    return {SizeExpr::min(sum.twice, box.twice), true};
  sum.atMost = !exact;
  return sum;
}

} // namespace heed
