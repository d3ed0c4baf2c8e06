// Elimination as for masks (Fourier and Motzkin; see Schrijver, Theory of Linear and Integer Programming, §12.2), which
// is rational: a bound may be too high, never too low, so that what is found to stream does.
#include "compiler/derive/Reach.h"

#include "compiler/dialect/AffineSizes.h"

using namespace mlir;

namespace heed::streams {

constexpr unsigned maxInequalities = 96;
constexpr size_t maxBounds = 6;
constexpr int64_t maxNumber = int64_t(1) << 31;

// ---- symbols --------------------------------------------------------------------------------------------------------

AffineExpr Symbols::of(const SizeExpr &size) { return affineSize(size, monomials, context); }

bool Symbols::grows(const SizeExpr &size) const { return llvm::is_contained(size.symbols(), stream); }

bool Symbols::grows(AffineExpr expr) const {
  for (unsigned s = 0; s != monomials.size(); ++s)
    if (grows(s) && expr.isFunctionOfSymbol(s))
      return true;
  return false;
}

AffineExpr Symbols::turn(const SizeExpr &count) {
  unsigned symbol = monomials.size();
  monomials.push_back(SizeExpr::symbol("turn " + std::to_string(symbol)));
  turns.emplace(symbol, count);
  return getAffineSymbolExpr(symbol, context);
}

SmallVector<AffineExpr> Symbols::facts(unsigned symbol) {
  AffineExpr self = getAffineSymbolExpr(symbol, context);
  SmallVector<AffineExpr> known = {self}; // sizes are not negative
  if (auto turn = turns.find(symbol); turn != turns.end())
    known.push_back(of(turn->second) - 1 - self);
  return known;
}

std::optional<int64_t> Symbols::lengthBeyondStream(const SizeExpr &size) const {
  return (size - SizeExpr::symbol(stream)).constant();
}

// ---- systems of inequalities ----------------------------------------------------------------------------------------

namespace {

/// Linear inequalities over: the kept indices, the position, then what is eliminated (other indices, data, sizes that
/// grow with the stream); and, as symbols, the other sizes.
class System {
public:
  System(Symbols &symbols, const Points &points)
      : symbols(symbols), points(points), position(points.kept), context(symbols.context) {}

  AffineExpr p() const { return getAffineDimExpr(position, context); }
  /// Indices, then data, as dims, sizes as symbols: in the system's own dims and symbols. Notes what is used.
  AffineExpr take(AffineExpr);
  void add(AffineExpr expr, bool equality = false) { constraints.push_back({expr, equality}); }
  /// Atoms that have to do with what is used already.
  void addRelevant(ArrayRef<Atom>);
  /// Ranges of the indices and facts about the sizes that are used.
  void addRanges();
  /// Solved for all but the first `dims` dims and the symbols.
  std::optional<FlatLinearConstraints> eliminate(unsigned dims) const;
  FlatLinearConstraints all() const;
  /// An affine expression in the kept indices and the sizes as `Symbols` counts them.
  AffineExpr read(llvm::function_ref<int64_t(unsigned)> coefficient, unsigned dims) const;

private:
  bool mentionsUsed(AffineExpr) const;
  AffineExpr symbol(unsigned);

  Symbols &symbols;
  const Points &points;
  unsigned position;
  MLIRContext *context;
  Atoms constraints;
  llvm::SmallSetVector<unsigned, 8> dims;     // of the points (indices, data), that are used
  llvm::SmallSetVector<unsigned, 8> growing;  // symbols that are eliminated
  llvm::SmallSetVector<unsigned, 8> constant; // symbols that stay
};

/// Linear in indices and sizes, with quotients and remainders by constants, all numbers small.
bool isSimple(AffineExpr expr) {
  bool small = true;
  expr.walk([&](AffineExpr part) {
    if (auto number = dyn_cast<AffineConstantExpr>(part))
      small &= -maxNumber < number.getValue() && number.getValue() < maxNumber;
  });
  return small && expr.isPureAffine();
}

} // namespace

AffineExpr System::symbol(unsigned s) {
  if (symbols.grows(s)) {
    growing.insert(s);
    unsigned n = llvm::find(growing, s) - growing.begin();
    return getAffineDimExpr(position + 1 + points.bounds.size() - points.kept + points.data + n, context);
  }
  constant.insert(s);
  return getAffineSymbolExpr(llvm::find(constant, s) - constant.begin(), context);
}

AffineExpr System::take(AffineExpr expr) {
  unsigned count = points.bounds.size() + points.data;
  SmallVector<AffineExpr> newDims, newSymbols;
  for (unsigned d = 0; d != count; ++d) {
    if (expr.isFunctionOfDim(d))
      dims.insert(d);
    newDims.push_back(getAffineDimExpr(d < points.kept ? d : d + 1, context));
  }
  for (unsigned s = 0; s != symbols.size(); ++s)
    newSymbols.push_back(expr.isFunctionOfSymbol(s) ? symbol(s) : getAffineConstantExpr(0, context));
  return expr.replaceDimsAndSymbols(newDims, newSymbols);
}

bool System::mentionsUsed(AffineExpr expr) const {
  return llvm::any_of(dims, [&](unsigned d) { return expr.isFunctionOfDim(d); }) ||
         llvm::any_of(growing, [&](unsigned s) { return expr.isFunctionOfSymbol(s); });
}

void System::addRelevant(ArrayRef<Atom> atoms) {
  SmallVector<Atom> rest(llvm::make_filter_range(atoms, [](const Atom &atom) { return isSimple(atom.expr); }));
  for (bool more = true; more;) {
    more = false;
    llvm::erase_if(rest, [&](const Atom &atom) {
      if (!mentionsUsed(atom.expr))
        return false;
      add(take(atom.expr), atom.equality);
      return more = true;
    });
  }
}

void System::addRanges() {
  for (unsigned n = 0; n != dims.size(); ++n) { // grows no more: bounds are sizes
    unsigned d = dims[n];
    if (d >= points.bounds.size())
      continue;
    AffineExpr index = getAffineDimExpr(d, context);
    add(take(index));
    add(take(symbols.of(points.bounds[d]) - 1 - index));
  }
  for (unsigned n = 0; n != growing.size() + constant.size(); ++n) // may grow by the bounds of turns
    for (AffineExpr fact : symbols.facts(n < constant.size() ? constant[n] : growing[n - constant.size()]))
      add(take(fact));
}

FlatLinearConstraints System::all() const {
  SmallVector<AffineExpr> exprs;
  SmallVector<bool> equalities;
  for (const Atom &atom : constraints) {
    exprs.push_back(atom.expr);
    equalities.push_back(atom.equality);
  }
  unsigned count = position + 1 + points.bounds.size() - points.kept + points.data + growing.size();
  return FlatLinearValueConstraints(IntegerSet::get(count, constant.size(), exprs, equalities));
}

std::optional<FlatLinearConstraints> System::eliminate(unsigned kept) const {
  FlatLinearConstraints system = all();
  while (system.getNumDimVars() > kept || system.getNumLocalVars() > 0) {
    system.projectOut(system.getNumLocalVars() > 0 ? system.getNumDimAndSymbolVars() : kept);
    if (system.getNumInequalities() > maxInequalities / 2)
      system.removeRedundantConstraints();
    if (system.getNumInequalities() > maxInequalities)
      return std::nullopt;
  }
  return system;
}

AffineExpr System::read(llvm::function_ref<int64_t(unsigned)> coefficient, unsigned kept) const {
  AffineExpr sum = getAffineConstantExpr(coefficient(kept + constant.size()), context);
  for (unsigned c = 0; c != kept + constant.size(); ++c)
    if (int64_t factor = c == position ? 0 : coefficient(c))
      sum = sum + (c < kept ? getAffineDimExpr(c, context) : getAffineSymbolExpr(constant[c - kept], context)) * factor;
  return sum;
}

// ---- projection -----------------------------------------------------------------------------------------------------

/// Position <= each of the bounds.
static void addUpper(System &system, ArrayRef<AffineExpr> upper) {
  for (AffineExpr bound : upper)
    if (isSimple(bound))
      system.add(system.take(bound) - system.p());
}

/// What a solved system says of the position's upper bounds; none where numbers are too large.
static std::optional<Reach> upperBounds(const System &system, const FlatLinearConstraints &solved, unsigned position) {
  Reach reach;
  bool small = true;
  auto row = [&](auto at, int64_t sign) {
    auto coefficient = [&](unsigned c) {
      small &= llvm::abs(at(c)) < maxNumber;
      return small ? sign * int64_t(at(c)) : 0;
    };
    int64_t factor = coefficient(position);
    if (factor < 0) {
      AffineExpr bound = system.read(coefficient, position + 1).floorDiv(-factor);
      if (!llvm::is_contained(reach.bounds, bound))
        reach.bounds.push_back(bound);
    }
  };
  for (unsigned r = 0; r != solved.getNumInequalities(); ++r)
    row([&](unsigned c) { return solved.atIneq(r, c); }, 1);
  for (unsigned r = 0; r != solved.getNumEqualities(); ++r)
    for (int64_t sign : {1, -1})
      row([&](unsigned c) { return solved.atEq(r, c); }, sign);
  if (!small)
    return std::nullopt;
  // Those that follow an index say more than constants do.
  Reach sorted;
  for (bool constants : {false, true})
    for (AffineExpr bound : reach.bounds)
      if (isa<AffineConstantExpr>(bound) == constants)
        sorted.bounds.push_back(bound);
  reach = sorted;
  if (reach.bounds.size() > maxBounds)
    reach.bounds.resize(maxBounds);
  return reach;
}

/// Bounds that need nothing but themselves.
static bool isPlain(Symbols &symbols, const Points &points, ArrayRef<AffineExpr> upper) {
  return llvm::all_of(upper, [&](AffineExpr bound) {
    auto dim = dyn_cast<AffineDimExpr>(bound);
    return (dim && dim.getPosition() < points.kept) || isa<AffineSymbolExpr>(bound) ? !symbols.grows(bound) : false;
  });
}

/// No position behind index `axis` is admitted under these conditions.
static bool isBehindNever(Symbols &symbols, const Points &points, ArrayRef<AffineExpr> upper, const Atoms &atoms,
                          AffineExpr limit) {
  System system(symbols, points);
  addUpper(system, upper);
  system.add(system.p() - system.take(limit) - 1);
  system.addRelevant(atoms);
  system.addRanges();
  return system.all().isEmpty();
}

std::optional<Reach> project(Symbols &symbols, const Points &points, ArrayRef<AffineExpr> upper, const Atoms &atoms) {
  if (!upper.empty() && isPlain(symbols, points, upper))
    return Reach{llvm::to_vector<2>(upper)};
  if (upper.empty())
    return Reach();
  System system(symbols, points);
  addUpper(system, upper);
  system.add(system.p());
  system.addRelevant(atoms);
  system.addRanges();
  if (system.all().isEmpty())
    return std::nullopt;
  Reach reach;
  if (auto solved = system.eliminate(points.kept + 1)) {
    solved->removeRedundantConstraints();
    if (auto found = upperBounds(system, *solved, points.kept))
      reach = *found;
  }
  // A constant stays behind an index where conditions or its range say so.
  for (unsigned d = 0; d != points.kept; ++d) {
    AffineExpr index = getAffineDimExpr(d, symbols.context);
    if (symbols.lengthBeyondStream(points.bounds[d]) && !llvm::is_contained(reach.bounds, index) &&
        isBehindNever(symbols, points, upper, atoms, index))
      reach.bounds.push_back(index);
  }
  return reach;
}

// ---- questions ------------------------------------------------------------------------------------------------------

static Points pointsOf(ArrayRef<SizeExpr> axes) {
  return {llvm::to_vector(axes), static_cast<unsigned>(axes.size()), 0};
}

bool within(Symbols &symbols, ArrayRef<SizeExpr> axes, const Reach &reach, std::optional<unsigned> axis,
            const SizeExpr *prefix) {
  AffineExpr index = axis ? getAffineDimExpr(*axis, symbols.context) : getAffineConstantExpr(0, symbols.context);
  if (llvm::is_contained(reach.bounds, index))
    return true;
  if (reach.toTheEnd())
    return false;
  Points points = pointsOf(axes);
  System system(symbols, points);
  addUpper(system, reach.bounds);
  system.add(system.p() - system.take(index) - 1);
  if (prefix)
    system.add(system.p() - system.take(symbols.of(*prefix)));
  system.addRanges();
  return system.all().isEmpty();
}

bool covers(Symbols &symbols, ArrayRef<SizeExpr> axes, const Reach &wide, const Reach &narrow) {
  return llvm::all_of(wide.bounds, [&](AffineExpr bound) {
    return llvm::is_contained(narrow.bounds, bound) ||
           (!narrow.toTheEnd() && isBehindNever(symbols, pointsOf(axes), narrow.bounds, {}, bound));
  });
}

static std::string text(Symbols &symbols, const Reach &reach) {
  std::string all;
  llvm::raw_string_ostream out(all);
  if (reach.toTheEnd())
    out << "the end";
  llvm::interleave(
      reach.bounds, out,
      [&](AffineExpr bound) {
        std::string spelled;
        llvm::raw_string_ostream(spelled) << bound;
        for (unsigned s = symbols.size(); s-- > 0;) { // s12 before s1
          std::string symbol = "s" + std::to_string(s);
          for (size_t at; (at = spelled.find(symbol)) != std::string::npos;)
            spelled.replace(at, symbol.size(), symbols.monomial(s).str());
        }
        out << spelled;
      },
      " and ");
  return all;
}

std::string text(Symbols &symbols, const Reaches &reaches) {
  std::string all = reaches.empty() ? "constant" : "";
  for (const Reach &reach : reaches)
    all += (all.empty() ? "" : " or ") + text(symbols, reach);
  return all;
}

std::optional<int64_t> distance(const Reach &reach, unsigned axis) {
  std::optional<int64_t> least;
  for (AffineExpr bound : reach.bounds) {
    AffineExpr difference = bound - getAffineDimExpr(axis, bound.getContext());
    if (auto number = dyn_cast<AffineConstantExpr>(difference))
      least = std::min(least.value_or(number.getValue()), number.getValue());
  }
  return least;
}

} // namespace heed::streams
