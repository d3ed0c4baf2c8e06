// Arithmetic of sizes. In: polynomials. Out: polynomials in one canonical form: terms by degree, then
// lexicographically, the largest first; what an operation can know is folded when it is made, so that equal sizes are
// equal trees. Division follows the usual algorithm for one divisor (Cox, Little and O'Shea, Ideals, Varieties and
// Algorithms, §2.3), with whole coefficients.
#include "lang/check/SizeExpr.h"

#include <cassert>
#include <limits>
#include <numeric>

namespace heed {

struct SizeExpr::Poly {
  std::vector<Term> terms; // coefficients are never 0
};
struct SizeExpr::Division {
  SizeExpr whole, rest;
};
struct SizeExpr::Cancelled {
  SizeExpr a, b, common;
};

namespace {
using Atom = SizeExpr::Atom;
using AtomNode = SizeExpr::AtomNode;
using Factor = SizeExpr::Factor;
using Term = SizeExpr::Term;
using Factors = std::vector<Factor>;

// Sizes that don't fit 64 bits have no meaning anywhere in the compiler: what makes them is refused before it comes
// here.
int64_t plus(int64_t a, int64_t b) {
  int64_t sum = 0;
  bool overflow = __builtin_add_overflow(a, b, &sum);
  assert(!overflow && "a size beyond 64 bits");
  (void)overflow;
  return sum;
}
int64_t times(int64_t a, int64_t b) {
  int64_t product = 0;
  bool overflow = __builtin_mul_overflow(a, b, &product);
  assert(!overflow && "a size beyond 64 bits");
  (void)overflow;
  return product;
}
int64_t floorOf(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }

// ---- order --------------------------------------------------------------------------------------------------------

int compare(const std::vector<Term> &, const std::vector<Term> &);
int compare(const AtomNode &x, const AtomNode &y) {
  if (&x == &y)
    return 0;
  if (x.kind != y.kind)
    return x.kind < y.kind ? -1 : 1;
  if (x.kind == Atom::Symbol)
    return x.name.compare(y.name);
  int order = compare(x.a->terms(), y.a->terms());
  return order ? order : compare(x.b->terms(), y.b->terms());
}

unsigned degree(const Factors &factors) {
  return std::accumulate(factors.begin(), factors.end(), 0u,
                         [](unsigned sum, const Factor &f) { return sum + f.power; });
}

/// Graded lexicographic order, which products keep: division needs that.
int compare(const Factors &x, const Factors &y) {
  unsigned dx = degree(x), dy = degree(y);
  if (dx != dy)
    return dx < dy ? -1 : 1;
  for (size_t n = 0; n < x.size() && n < y.size(); ++n) {
    if (int order = compare(*x[n].atom, *y[n].atom))
      return order < 0 ? 1 : -1; // the one with the earlier atom is the greater
    if (x[n].power != y[n].power)
      return x[n].power < y[n].power ? -1 : 1;
  }
  return 0; // of equal degree: neither is a prefix of the other
}

int compare(const std::vector<Term> &x, const std::vector<Term> &y) {
  for (size_t n = 0; n < x.size() && n < y.size(); ++n) {
    if (int order = compare(x[n].factors, y[n].factors))
      return order;
    if (x[n].coefficient != y[n].coefficient)
      return x[n].coefficient < y[n].coefficient ? -1 : 1;
  }
  return x.size() == y.size() ? 0 : x.size() < y.size() ? -1 : 1;
}

Factors product(const Factors &x, const Factors &y) {
  Factors result;
  result.reserve(x.size() + y.size());
  size_t i = 0, j = 0;
  while (i < x.size() && j < y.size()) {
    int order = compare(*x[i].atom, *y[j].atom);
    if (order == 0)
      result.push_back({x[i].atom, x[i].power + y[j].power}), ++i, ++j;
    else
      result.push_back(order < 0 ? x[i++] : y[j++]);
  }
  result.insert(result.end(), x.begin() + i, x.end());
  result.insert(result.end(), y.begin() + j, y.end());
  return result;
}

/// x / y, where every factor of y is in x.
std::optional<Factors> quotient(const Factors &x, const Factors &y) {
  Factors result;
  size_t j = 0;
  for (const Factor &f : x) {
    if (j == y.size() || compare(*f.atom, *y[j].atom) != 0) {
      result.push_back(f);
      continue;
    }
    if (f.power < y[j].power)
      return std::nullopt;
    if (f.power > y[j].power)
      result.push_back({f.atom, f.power - y[j].power});
    ++j;
  }
  return j == y.size() ? std::optional(result) : std::nullopt;
}

bool isConstant(const Term &t) { return t.factors.empty(); }
/// The greatest divisor of all coefficients, with or without the constant; 0 if there are none.
int64_t content(const SizeExpr &e, bool withConstant) {
  int64_t divisor = 0;
  for (const Term &t : e.terms())
    if (withConstant || !isConstant(t))
      divisor = std::gcd(divisor, t.coefficient);
  return divisor;
}
int64_t constantPart(const SizeExpr &e) {
  return !e.terms().empty() && isConstant(e.terms().back()) ? e.terms().back().coefficient : 0;
}
/// The monomial that every term of both has.
Factors commonFactors(const SizeExpr &a, const SizeExpr &b) {
  Factors common = b.terms().front().factors;
  auto restrict = [&](const Term &t) {
    Factors both;
    for (const Factor &f : common)
      for (const Factor &g : t.factors)
        if (compare(*f.atom, *g.atom) == 0)
          both.push_back({f.atom, std::min(f.power, g.power)});
    common = std::move(both);
  };
  std::for_each(a.terms().begin(), a.terms().end(), restrict);
  std::for_each(b.terms().begin(), b.terms().end(), restrict);
  return common;
}

/// The atom that this is, if it is one and nothing else.
const AtomNode *onlyAtom(const SizeExpr &e) {
  if (e.terms().size() != 1 || e.terms()[0].coefficient != 1)
    return nullptr;
  const Factors &factors = e.terms()[0].factors;
  return factors.size() == 1 && factors[0].power == 1 ? factors[0].atom.get() : nullptr;
}
} // namespace

// ---- polynomials --------------------------------------------------------------------------------------------------

SizeExpr::SizeExpr(std::shared_ptr<const Poly> poly) : poly(std::move(poly)) {}

SizeExpr::SizeExpr(int64_t constant)
    : poly(constant ? std::make_shared<const Poly>(Poly{{{constant, {}}}}) : nullptr) {} // nothing at all is 0

const std::vector<Term> &SizeExpr::terms() const {
  static const std::vector<Term> none;
  return poly ? poly->terms : none;
}

SizeExpr SizeExpr::fromTerms(std::vector<Term> terms) {
  std::sort(terms.begin(), terms.end(), [](const Term &x, const Term &y) { return compare(x.factors, y.factors) > 0; });
  std::vector<Term> joined;
  for (Term &t : terms) {
    if (!joined.empty() && compare(joined.back().factors, t.factors) == 0)
      joined.back().coefficient = plus(joined.back().coefficient, t.coefficient);
    else
      joined.push_back(std::move(t));
  }
  std::erase_if(joined, [](const Term &t) { return t.coefficient == 0; });
  return joined.empty() ? SizeExpr(0) : SizeExpr(std::make_shared<const Poly>(Poly{std::move(joined)}));
}

SizeExpr SizeExpr::fromAtom(AtomNode atom) {
  return SizeExpr(std::make_shared<const Poly>(Poly{{{1, {{std::make_shared<const AtomNode>(std::move(atom)), 1}}}}}));
}

SizeExpr SizeExpr::symbol(std::string_view name) { return fromAtom({Atom::Symbol, std::string(name), {}, {}}); }

SizeExpr SizeExpr::operator+(const SizeExpr &other) const {
  if (!poly)
    return other;
  if (!other.poly)
    return *this;
  std::vector<Term> all = terms();
  all.insert(all.end(), other.terms().begin(), other.terms().end());
  return fromTerms(std::move(all));
}

SizeExpr SizeExpr::operator-(const SizeExpr &other) const { return *this + other * SizeExpr(-1); }

SizeExpr SizeExpr::operator*(const SizeExpr &other) const {
  std::vector<Term> all;
  for (const Term &x : terms())
    for (const Term &y : other.terms())
      all.push_back({times(x.coefficient, y.coefficient), product(x.factors, y.factors)});
  return fromTerms(std::move(all));
}

bool SizeExpr::operator==(const SizeExpr &other) const {
  return poly == other.poly || compare(terms(), other.terms()) == 0;
}
bool SizeExpr::operator<(const SizeExpr &other) const { return compare(terms(), other.terms()) < 0; }

// ---- division -----------------------------------------------------------------------------------------------------

/// a = whole * b + rest, where no term of `rest` can give a multiple of b's leading term, and coefficients that could
/// lie in 0..lead-1. b's leading coefficient is above 0.
SizeExpr::Division SizeExpr::divide(const SizeExpr &a, const SizeExpr &b) {
  const Term &lead = b.terms().front();
  Division result{0, 0};
  SizeExpr left = a;
  while (left.poly) {
    const Term first = left.terms().front();
    std::optional<Factors> factors = quotient(first.factors, lead.factors);
    int64_t often = factors ? floorOf(first.coefficient, lead.coefficient) : 0;
    if (often) {
      SizeExpr part = fromTerms({{often, *factors}});
      result.whole = result.whole + part;
      left = left - part * b;
    }
    // What remains of the first term stays.
    if (left.poly && compare(left.terms().front().factors, first.factors) == 0) {
      SizeExpr part = fromTerms({left.terms().front()});
      result.rest = result.rest + part;
      left = left - part;
    }
  }
  return result;
}

std::optional<SizeExpr> SizeExpr::dividedBy(const SizeExpr &by) const {
  if (!by.poly)
    return std::nullopt;
  bool negative = by.terms().front().coefficient < 0;
  Division d = negative ? divide(-*this, -by) : divide(*this, by);
  return d.rest.poly ? std::nullopt : std::optional(d.whole);
}

/// floor(rest / by) with a constant `by`: one spelling for each value. `rest` has coefficients in 0..by-1.
SizeExpr SizeExpr::floorByConstant(SizeExpr rest, int64_t by) {
  // floor((g x + k) / (g c)) = floor((x + floor(k / g)) / c)
  if (int64_t g = std::gcd(content(rest, false), by); g > 1) {
    SizeExpr scaled = *(rest - constantPart(rest)).dividedBy(g) + floorOf(constantPart(rest), g);
    return floorDiv(scaled, by / g);
  }
  // floor(x / c) = -floor((c - 1 - x) / c): of the two the one that merges with a floor within, else the one with
  // smaller coefficients; for halves the one with less added.
  if (auto merged = mergedFloor(rest, by))
    return *merged;
  Division mirror = divide(SizeExpr(by - 1) - rest, by);
  if (auto merged = mergedFloor(mirror.rest, by))
    return -mirror.whole - *merged;
  return mirror.rest < rest ? -mirror.whole - roundingAtom(mirror.rest, by) : roundingAtom(rest, by);
}

/// floor((floor(x / c) + r) / d) = floor((x + c r) / (c d))
std::optional<SizeExpr> SizeExpr::mergedFloor(const SizeExpr &rest, int64_t by) {
  for (const Term &t : rest.terms()) {
    if (t.coefficient != 1 || t.factors.size() != 1 || t.factors[0].power != 1)
      continue;
    const AtomNode &inner = *t.factors[0].atom;
    if ((inner.kind != Atom::Floor && inner.kind != Atom::Ceil) || inner.b->constant().value_or(0) <= 0)
      continue;
    int64_t c = *inner.b->constant();
    SizeExpr shifted = *inner.a + (inner.kind == Atom::Ceil ? c - 1 : 0);
    return floorDiv(shifted + (rest - fromTerms({t})) * c, times(by, c));
  }
  return std::nullopt;
}

/// floor((x + c - 1) / c) is ceil(x / c).
SizeExpr SizeExpr::roundingAtom(const SizeExpr &rest, int64_t by) {
  if (constantPart(rest) == by - 1)
    return fromAtom({Atom::Ceil, {}, rest - (by - 1), SizeExpr(by)});
  return fromAtom({Atom::Floor, {}, rest, SizeExpr(by)});
}

SizeExpr SizeExpr::floorDiv(const SizeExpr &a, const SizeExpr &b) {
  if (!b.poly) // has no value, which `evaluate` says
    return fromAtom({Atom::Floor, {}, a, b});
  if (b.terms().front().coefficient < 0)
    return floorDiv(-a, -b);
  Division d = divide(a, b);
  if (!d.rest.poly || (d.rest.dominates(0) && b.dominates(d.rest + 1)))
    return d.whole;
  if (auto by = b.constant())
    return d.whole + floorByConstant(d.rest, *by);
  Cancelled c = cancel(d.rest, b);
  if (c.b.isConstant())
    return d.whole + floorDiv(c.a, c.b);
  return d.whole + fromAtom({Atom::Floor, {}, c.a, c.b});
}

SizeExpr SizeExpr::ceilDiv(const SizeExpr &a, const SizeExpr &b) { return -floorDiv(-a, b); }

/// Both divided by what they have in common.
SizeExpr::Cancelled SizeExpr::cancel(const SizeExpr &a, const SizeExpr &b) {
  SizeExpr common = fromTerms({{std::gcd(content(a, true), content(b, true)), commonFactors(a, b)}});
  return {*a.dividedBy(common), *b.dividedBy(common), common};
}

SizeExpr SizeExpr::mod(const SizeExpr &a, const SizeExpr &b) {
  if (!b.poly)
    return fromAtom({Atom::Mod, {}, a, b});
  if (b.terms().front().coefficient < 0)
    return -mod(-a, -b); // a remainder has the sign of its divisor
  SizeExpr rest = divide(a, b).rest;
  if (!rest.poly || (rest.dominates(0) && b.dominates(rest + 1)))
    return rest;
  Cancelled c = cancel(rest, b);
  if (c.b.constant() == 1)
    return 0;
  return c.common * fromAtom({Atom::Mod, {}, c.a, c.b});
}

SizeExpr SizeExpr::alignedUp(const SizeExpr &a, int64_t to) { return ceilDiv(a, to) * SizeExpr(to); }

// ---- min, max -----------------------------------------------------------------------------------------------------

/// The operands of `e`, so that min(min(x, y) + s, z) has one spelling: x + s, y + s, z.
void SizeExpr::flatten(Atom kind, const SizeExpr &e, std::vector<SizeExpr> &operands) {
  for (const Term &t : e.terms()) {
    if (t.coefficient != 1 || t.factors.size() != 1 || t.factors[0].power != 1 || t.factors[0].atom->kind != kind)
      continue;
    SizeExpr beside = e - fromTerms({t});
    flatten(kind, *t.factors[0].atom->a + beside, operands);
    flatten(kind, *t.factors[0].atom->b + beside, operands);
    return;
  }
  operands.push_back(e);
}

/// The terms that all operands have: min(x + s, y + s) = min(x, y) + s.
SizeExpr SizeExpr::sharedTerms(const std::vector<SizeExpr> &operands) {
  std::vector<Term> shared = operands[0].terms();
  for (const SizeExpr &other : operands)
    std::erase_if(shared, [&](const Term &t) {
      return std::none_of(other.terms().begin(), other.terms().end(), [&](const Term &u) {
        return t.coefficient == u.coefficient && compare(t.factors, u.factors) == 0;
      });
    });
  return fromTerms(std::move(shared));
}

SizeExpr SizeExpr::extremum(Atom kind, const SizeExpr &a, const SizeExpr &b) {
  std::vector<SizeExpr> operands, kept;
  flatten(kind, a, operands);
  flatten(kind, b, operands);
  std::sort(operands.begin(), operands.end());
  operands.erase(std::unique(operands.begin(), operands.end()), operands.end());
  auto beats = [&](const SizeExpr &x, const SizeExpr &y) {
    return kind == Atom::Min ? y.dominates(x) : x.dominates(y);
  };
  for (const SizeExpr &e : operands) {
    bool beaten = std::any_of(operands.begin(), operands.end(), [&](const SizeExpr &other) {
      return &other != &e && beats(other, e) && (&other < &e || !beats(e, other));
    });
    if (!beaten)
      kept.push_back(e);
  }
  SizeExpr shared = sharedTerms(kept);
  SizeExpr result = kept[0] - shared;
  for (size_t n = 1; n < kept.size(); ++n)
    result = fromAtom({kind, {}, result, kept[n] - shared});
  return result + shared;
}

SizeExpr SizeExpr::min(const SizeExpr &a, const SizeExpr &b) { return extremum(Atom::Min, a, b); }
SizeExpr SizeExpr::max(const SizeExpr &a, const SizeExpr &b) { return extremum(Atom::Max, a, b); }

SizeExpr SizeExpr::apply(Atom kind, const SizeExpr &a, const SizeExpr &b) {
  switch (kind) {
  case Atom::Floor:
    return floorDiv(a, b);
  case Atom::Ceil:
    return ceilDiv(a, b);
  case Atom::Min:
    return min(a, b);
  case Atom::Max:
    return max(a, b);
  case Atom::Mod:
    return mod(a, b);
  case Atom::Symbol:
    break;
  }
  assert(false && "a symbol is applied to nothing");
  return 0;
}

// ---- questions ----------------------------------------------------------------------------------------------------

bool SizeExpr::isConstant() const { return !poly || (terms().size() == 1 && heed::isConstant(terms()[0])); }

std::optional<int64_t> SizeExpr::constant() const {
  return isConstant() ? std::optional(constantPart(*this)) : std::nullopt;
}

std::optional<std::string> SizeExpr::symbolName() const {
  const AtomNode *atom = onlyAtom(*this);
  return atom && atom->kind == Atom::Symbol ? std::optional(atom->name) : std::nullopt;
}

static void collect(const SizeExpr &e, std::vector<std::string> &names) {
  for (const Term &t : e.terms())
    for (const Factor &f : t.factors) {
      if (f.atom->kind == Atom::Symbol)
        names.push_back(f.atom->name);
      else
        collect(*f.atom->a, names), collect(*f.atom->b, names);
    }
}

std::vector<std::string> SizeExpr::symbols() const {
  std::vector<std::string> names;
  collect(*this, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::optional<SizeExpr::Linear> SizeExpr::linearIn(std::string_view name) const {
  SizeExpr offset = constantPart(*this);
  std::optional<SizeExpr> factor = (*this - offset).dividedBy(symbol(name));
  if (!poly || !factor || !factor->constant() || *factor->constant() == 0)
    return std::nullopt;
  return Linear{*factor->constant(), *offset.constant()};
}

SizeExpr SizeExpr::ofAtom(std::shared_ptr<const AtomNode> atom) {
  return SizeExpr(std::make_shared<const Poly>(Poly{{{1, {{std::move(atom), 1}}}}}));
}

SizeExpr SizeExpr::substitute(const std::function<std::optional<SizeExpr>(std::string_view)> &with) const {
  auto atom = [&](const Factor &f) -> SizeExpr {
    if (f.atom->kind == Atom::Symbol)
      return with(f.atom->name).value_or(ofAtom(f.atom));
    return apply(f.atom->kind, f.atom->a->substitute(with), f.atom->b->substitute(with));
  };
  SizeExpr sum = 0;
  for (const Term &t : terms()) {
    SizeExpr term = t.coefficient;
    for (const Factor &f : t.factors) {
      SizeExpr base = atom(f);
      for (unsigned n = 0; n < f.power; ++n)
        term = term * base;
    }
    sum = sum + term;
  }
  return sum;
}

static std::optional<int64_t> evaluateAtom(const AtomNode &atom,
                                           const std::function<std::optional<int64_t>(std::string_view)> &size) {
  if (atom.kind == Atom::Symbol)
    return size(atom.name);
  std::optional<int64_t> a = atom.a->evaluate(size), b = atom.b->evaluate(size);
  if (!a || !b)
    return std::nullopt;
  if (atom.kind == Atom::Min || atom.kind == Atom::Max)
    return atom.kind == Atom::Min ? std::min(*a, *b) : std::max(*a, *b);
  if (*b == 0 || (*b == -1 && *a == std::numeric_limits<int64_t>::min()))
    return std::nullopt;
  int64_t low = floorOf(*a, *b);
  switch (atom.kind) {
  case Atom::Floor:
    return low;
  case Atom::Ceil:
    return low + (*a % *b != 0);
  default:
    return *a - *b * low;
  }
}

std::optional<int64_t> SizeExpr::evaluate(const std::function<std::optional<int64_t>(std::string_view)> &size) const {
  int64_t sum = 0;
  for (const Term &t : terms()) {
    int64_t term = t.coefficient;
    for (const Factor &f : t.factors) {
      std::optional<int64_t> base = evaluateAtom(*f.atom, size);
      if (!base)
        return std::nullopt;
      for (unsigned n = 0; n < f.power; ++n)
        if (__builtin_mul_overflow(term, *base, &term))
          return std::nullopt;
    }
    if (__builtin_add_overflow(sum, term, &sum))
      return std::nullopt;
  }
  return sum;
}

static size_t mix(size_t seed, size_t value) { return (seed ^ value) * 0x9e3779b97f4a7c15u + (seed >> 29); }

size_t SizeExpr::hash() const {
  size_t seed = 0;
  for (const Term &t : terms()) {
    seed = mix(seed, size_t(t.coefficient));
    for (const Factor &f : t.factors) {
      seed = mix(seed, size_t(f.atom->kind) * 31 + f.power);
      seed = mix(seed, f.atom->kind == Atom::Symbol ? std::hash<std::string>()(f.atom->name)
                                                    : mix(f.atom->a->hash(), f.atom->b->hash()));
    }
  }
  return seed;
}

} // namespace heed
