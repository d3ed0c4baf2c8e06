// One conjunction at a time: its atoms, the ranges of the indices and what blocks are go into one system of linear
// inequalities; eliminating all but blocks and sizes (Fourier and Motzkin; see Schrijver, Theory of Linear and Integer
// Programming, §12.2) leaves bounds of the key block. The rational projection may keep a block that holds no whole
// solution, which costs time, never a result.
#include "compiler/masks/MaskBounds.h"

#include "compiler/dialect/AffineSizes.h"

#include "compiler/masks/Disjunction.h"

#include "mlir/Analysis/FlatLinearValueConstraints.h"

using namespace mlir;
using namespace heed::masks;

namespace heed {

namespace {

constexpr size_t maxIntervals = 8;
constexpr unsigned maxInequalities = 64;
constexpr int64_t maxCoefficient = int64_t(1) << 31; // so that code can't overflow

/// Affine expressions over dims: the indices, blocks in place of rows and keys; then what is eliminated (row, key,
/// inner indices). Symbols: monomials of sizes.
class Projection {
public:
  explicit Projection(const MaskQuestion &);

  SmallVector<Interval> intervals(const std::optional<Disjunction> &);
  /// All key blocks, and those that reach past the last key.
  Interval everything() const;
  std::optional<Interval> ragged() const;
  AffineExpr translate(AffineExpr) const;
  SmallVector<SizeExpr> symbols;

private:
  AffineExpr dim(unsigned d) const { return getAffineDimExpr(d, context); }
  AffineExpr affine(const SizeExpr &);
  void addFacts();
  FlatLinearValueConstraints system(ArrayRef<AffineExpr>, ArrayRef<bool> equalities) const;
  std::optional<Interval> project(const Conjunction &);
  std::optional<Interval> read(const FlatLinearConstraints &) const;
  AffineExpr sum(ArrayRef<int64_t> row, int64_t factor) const;
  bool alwaysHolds(AffineExpr guard) const;
  AffineMap map(ArrayRef<AffineExpr> results) const { return AffineMap::get(rank, symbols.size(), results, context); }

  const MaskQuestion &ask;
  MLIRContext *context;
  unsigned rank, eliminated;
  SmallVector<AffineExpr> dims, sizes; // what dims and symbols of `where` become
  AffineExpr keyExtent;
  SmallVector<AffineExpr> facts;  // >= 0, without anything that is eliminated
  SmallVector<AffineExpr> ranges; // >= 0: facts, and the ranges of what is eliminated
};

} // namespace

/// Dims that a condition speaks of.
static SmallVector<bool> usedDims(ConditionAttr where, unsigned rank) {
  SmallVector<bool> used(rank);
  for (IntegerSet set : where.getSets())
    for (AffineExpr constraint : set.getConstraints())
      for (unsigned d = 0; d != rank; ++d)
        used[d] = used[d] || constraint.isFunctionOfDim(d);
  return used;
}

Projection::Projection(const MaskQuestion &ask)
    : ask(ask), context(ask.where.getContext()), rank(ask.extents.size()), eliminated(rank) {
  for (unsigned d = 0; d != rank; ++d)
    dims.push_back(dim(d));
  for (const SizeExpr &size : ask.symbols)
    sizes.push_back(affine(size));
  addFacts();
}

/// A size as a linear form in monomials, which become symbols.
AffineExpr Projection::affine(const SizeExpr &size) {
  size_t known = symbols.size();
  AffineExpr form = affineSize(size, symbols, context);
  for (unsigned s = known; s < symbols.size(); ++s) {
    auto isName = [](const auto &f) { return f.atom->kind == SizeExpr::Atom::Symbol; };
    if (llvm::all_of(symbols[s].terms().front().factors, isName)) // sizes are not negative
      facts.push_back(getAffineSymbolExpr(s, context));
  }
  return form;
}

void Projection::addFacts() {
  auto range = [&](AffineExpr index, unsigned d) {
    AffineExpr extent = affine(ask.extents[d]);
    ranges.append({index, extent - 1 - index});
    return extent;
  };
  auto block = [&](BlockAxis axis) {
    AffineExpr whole = dim(axis.dim), index = dims[axis.dim] = dim(eliminated++);
    ranges.append({index - whole * axis.block, whole * axis.block + (axis.block - 1) - index});
    return range(index, axis.dim);
  };
  AffineExpr rowExtent = block(ask.rows);
  keyExtent = block(ask.keys);
  ranges.push_back(dim(ask.keys.dim));
  facts.append({dim(ask.rows.dim), rowExtent - 1 - dim(ask.rows.dim) * ask.rows.block});

  SmallVector<bool> used = usedDims(ask.where, rank);
  for (unsigned d = 0; d != rank; ++d) {
    if (d == ask.rows.dim || d == ask.keys.dim || !used[d])
      continue;
    if (llvm::is_contained(ask.inner, d)) {
      range(dims[d] = dim(eliminated++), d);
      continue;
    }
    AffineExpr extent = affine(ask.extents[d]);
    facts.append({dim(d), extent - 1 - dim(d)});
  }
  ranges.append(facts);
}

AffineExpr Projection::translate(AffineExpr atom) const { return atom.replaceDimsAndSymbols(dims, sizes); }

FlatLinearValueConstraints Projection::system(ArrayRef<AffineExpr> constraints, ArrayRef<bool> equalities) const {
  return FlatLinearValueConstraints(IntegerSet::get(eliminated, symbols.size(), constraints, equalities));
}

// ---- intervals ----

Interval Projection::everything() const {
  return {map({}), map(getAffineConstantExpr(0, context)), map((keyExtent - 1).floorDiv(ask.keys.block))};
}

std::optional<Interval> Projection::ragged() const {
  int64_t block = ask.keys.block;
  if (isa<AffineConstantExpr>(keyExtent) && cast<AffineConstantExpr>(keyExtent).getValue() % block == 0)
    return std::nullopt;
  Interval last = everything();
  last.lower = map({getAffineConstantExpr(0, context), keyExtent.floorDiv(block)});
  return last;
}

/// None given: too many conjunctions.
SmallVector<Interval> Projection::intervals(const std::optional<Disjunction> &mask) {
  SmallVector<Interval> found;
  if (!mask)
    return {everything()};
  for (const Conjunction &all : *mask) {
    std::optional<Interval> interval = project(all);
    if (interval && *interval == everything())
      return {everything()};
    if (interval && !llvm::is_contained(found, *interval))
      found.push_back(*interval);
  }
  return found.size() > maxIntervals ? SmallVector<Interval>{everything()} : found;
}

/// The key blocks with a solution, or none where there is no solution at all.
std::optional<Interval> Projection::project(const Conjunction &all) {
  if (all.empty())
    return everything();
  SmallVector<AffineExpr> constraints(ranges);
  SmallVector<bool> equalities(ranges.size(), false);
  for (const Atom &atom : all) {
    constraints.push_back(atom.expr);
    equalities.push_back(atom.equality);
  }
  FlatLinearConstraints blocks = system(constraints, equalities);
  // Quotients and remainders are locals, behind the symbols.
  while (blocks.getNumDimVars() > rank || blocks.getNumLocalVars() > 0) {
    blocks.projectOut(blocks.getNumLocalVars() > 0 ? blocks.getNumDimAndSymbolVars() : rank);
    if (blocks.getNumInequalities() > maxInequalities / 2)
      blocks.removeRedundantConstraints();
    if (blocks.getNumInequalities() > maxInequalities)
      return everything();
  }
  if (blocks.isEmpty())
    return std::nullopt;
  blocks.removeRedundantConstraints();
  std::optional<Interval> interval = read(blocks);
  return interval ? interval : everything();
}

/// The bounds that inequalities over blocks, indices and sizes give; none where coefficients are too large.
std::optional<Interval> Projection::read(const FlatLinearConstraints &blocks) const {
  SmallVector<AffineExpr> guard, lower, upper;
  bool small = true;
  auto readRow = [&](auto coefficient, int64_t factor) {
    SmallVector<int64_t> row;
    for (unsigned c = 0; c <= rank + symbols.size(); ++c) {
      small &= llvm::abs(coefficient(c)) < maxCoefficient;
      row.push_back(small ? factor * int64_t(coefficient(c)) : 0);
    }
    int64_t ofKey = row[ask.keys.dim];
    row[ask.keys.dim] = 0;
    if (ofKey > 0)
      lower.push_back(sum(row, -1).ceilDiv(ofKey));
    else if (ofKey < 0)
      upper.push_back(sum(row, 1).floorDiv(-ofKey));
    else if (AffineExpr rest = sum(row, 1); !alwaysHolds(rest))
      guard.push_back(rest);
  };
  for (unsigned r = 0; r != blocks.getNumInequalities(); ++r)
    readRow([&](unsigned c) { return blocks.atIneq(r, c); }, 1);
  for (unsigned r = 0; r != blocks.getNumEqualities(); ++r)
    for (int64_t factor : {1, -1})
      readRow([&](unsigned c) { return blocks.atEq(r, c); }, factor);
  if (!small)
    return std::nullopt;
  return Interval{map(guard), map(lower), map(upper)};
}

/// Coefficients of dims, symbols and one, as an expression.
AffineExpr Projection::sum(ArrayRef<int64_t> row, int64_t factor) const {
  AffineExpr sum = getAffineConstantExpr(row.back() * factor, context);
  for (unsigned c = 0; c + 1 != row.size(); ++c)
    sum = sum + (c < rank ? dim(c) : getAffineSymbolExpr(c - rank, context)) * (row[c] * factor);
  return sum;
}

/// At every row block that exists, whatever the sizes.
bool Projection::alwaysHolds(AffineExpr guard) const {
  SmallVector<AffineExpr> against(facts);
  against.push_back(-guard - 1);
  return system(against, SmallVector<bool>(against.size(), false)).isEmpty();
}

// ---- the question ----

Bounds maskBounds(const MaskQuestion &ask) {
  assert(ask.rows.dim != ask.keys.dim && ask.rows.block > 0 && ask.keys.block > 0);
  Projection projection(ask);
  auto translate = [&](AffineExpr atom) { return projection.translate(atom); };

  Bounds bounds;
  bounds.visited = projection.intervals(disjunctionOf(ask.where, ask.symbols.size(), translate));
  bounds.broken = projection.intervals(negationOf(ask.where, ask.symbols.size(), translate));
  if (llvm::is_contained(bounds.broken, projection.everything()))
    bounds.broken = bounds.visited;
  else if (ask.padded)
    if (std::optional<Interval> last = projection.ragged())
      bounds.broken.push_back(*last);
  bounds.symbols = projection.symbols;
  return bounds;
}

static ConditionAttr whereOf(AttendOp op) {
  if (op.getWhere())
    return *op.getWhere();
  return ConditionAttr::get(op.getContext(), IntegerSet::get(op.getNumIndices(), op.getSymbols().size(),
                                                             getAffineConstantExpr(0, op.getContext()), true));
}

Bounds maskBounds(AttendOp op, BlockAxis rows, BlockAxis keys, ArrayRef<unsigned> inner, bool padded) {
  Bounds bounds =
      maskBounds({whereOf(op), op.getBoundExprs(), op.getSymbolExprs(), rows, keys, llvm::to_vector(inner), padded});
  if (!op.getVisible().empty())
    bounds.broken = bounds.visited;
  return bounds;
}

} // namespace heed
