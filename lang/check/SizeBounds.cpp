// Which size is at least which. In: polynomials with floors, minima and the like. Out: yes, or not shown. Those give
// way to their bounds one by one, until a polynomial without a negative coefficient is left.
#include "lang/check/SizeExpr.h"

namespace heed {

namespace {
using Atom = SizeExpr::Atom;
using AtomNode = SizeExpr::AtomNode;
using Factor = SizeExpr::Factor;
using Term = SizeExpr::Term;

bool isSymbol(const Factor &f) { return f.atom->kind == Atom::Symbol; }

bool isNatural(const SizeExpr &, unsigned fuel);
bool isNatural(const AtomNode &atom, unsigned fuel) {
  switch (atom.kind) {
  case Atom::Symbol:
    return true;
  case Atom::Floor:
  case Atom::Ceil:
    return isNatural(*atom.a, fuel) && isNatural(*atom.b, fuel);
  case Atom::Min:
    return isNatural(*atom.a, fuel) && isNatural(*atom.b, fuel);
  case Atom::Max:
    return isNatural(*atom.a, fuel) || isNatural(*atom.b, fuel);
  case Atom::Mod:
    return isNatural(*atom.b, fuel);
  }
  return false;
}

/// e with `term`, which contains `atom` once, replaced by coefficient * by / divisor times its other factors, all
/// scaled by `divisor`.
SizeExpr replaced(const SizeExpr &e, const Term &term, const SizeExpr &atom, const SizeExpr &by, int64_t divisor) {
  SizeExpr whole = SizeExpr(term.coefficient), others = SizeExpr(1);
  for (const Factor &f : term.factors)
    for (unsigned n = 0; n < f.power; ++n)
      whole = whole * SizeExpr::ofAtom(f.atom);
  others = *whole.dividedBy(atom);
  return (e - whole) * divisor + others * by;
}

bool isCompound(const Factor &f) { return f.atom->kind != Atom::Symbol && f.power == 1; }

/// The term whose floor, min or the like is to give way to a bound next: negative ones have no other hope.
const Term *nextToReplace(const SizeExpr &e) {
  const Term *next = nullptr;
  for (const Term &t : e.terms())
    if (std::any_of(t.factors.begin(), t.factors.end(), isCompound) &&
        (!next || (next->coefficient > 0 && t.coefficient < 0)))
      next = &t;
  return next;
}

/// e >= 0 for all sizes >= 0: no negative coefficient is left, once floors and the like have given way to their bounds.
bool isNatural(const SizeExpr &e, unsigned fuel) {
  bool natural = std::all_of(e.terms().begin(), e.terms().end(), [&](const Term &t) {
    return t.coefficient > 0 && std::all_of(t.factors.begin(), t.factors.end(), [&](const Factor &f) {
             return isSymbol(f) || (fuel && isNatural(*f.atom, fuel - 1));
           });
  });
  const Term *term = natural || fuel == 0 ? nullptr : nextToReplace(e);
  if (!term)
    return natural;
  const Factor &factor = *std::find_if(term->factors.begin(), term->factors.end(), isCompound);
  const AtomNode &atom = *factor.atom;
  for (const Factor &other : term->factors)
    if (other.atom != factor.atom && !isNatural(*other.atom, fuel - 1))
      return false;

  auto with = [&](const SizeExpr &by, int64_t divisor = 1) {
    return isNatural(replaced(e, *term, SizeExpr::ofAtom(factor.atom), by, divisor), fuel - 1);
  };
  bool atLeast = term->coefficient > 0; // else the atom may be replaced by what it is at most
  int64_t divisor = atom.b->constant().value_or(0);
  if (atLeast && isNatural(atom, fuel - 1) && with(0))
    return true;
  switch (atom.kind) {
  case Atom::Floor: // x - c < c floor(x / c) <= x
    return divisor > 0 && with(atLeast ? *atom.a - (divisor - 1) : *atom.a, divisor);
  case Atom::Ceil: // x <= c ceil(x / c) < x + c
    return divisor > 0 && with(atLeast ? *atom.a : *atom.a + (divisor - 1), divisor);
  case Atom::Mod:
    return !atLeast && with(*atom.b - 1);
  case Atom::Min:
  case Atom::Max: // is one of both; which one is ours to choose on the bounded side only
    return (atom.kind == Atom::Max) == atLeast ? with(*atom.a) || with(*atom.b) : with(*atom.a) && with(*atom.b);
  case Atom::Symbol:
    break;
  }
  return false;
}
} // namespace

bool SizeExpr::dominates(const SizeExpr &other) const {
  constexpr unsigned kNesting = 6; // replacements in a row; real sizes need one or two
  return isNatural(*this - other, kNesting);
}

} // namespace heed
