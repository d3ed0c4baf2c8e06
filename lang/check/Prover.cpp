// Fourier–Motzkin elimination (Schrijver, Theory of Linear and Integer Programming, §12.2): a goal follows if the facts
// and its denial, goal <= -1, have no common solution. In: facts, a goal. Out: whether a contradiction was found.
// Unknowns are the variables and the monomials of sizes; whole numbers let a row a·x + c >= 0 be divided by the gcd of
// a, rounding c down.
#include "lang/check/Prover.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace heed {

// ---- affine forms -------------------------------------------------------------------------------------------------

Linear Linear::operator+(const Linear &other) const {
  Linear sum = *this;
  sum.constant = sum.constant + other.constant;
  for (auto [v, factor] : other.variables)
    if ((sum.variables[v] += factor) == 0)
      sum.variables.erase(v);
  return sum;
}

Linear Linear::operator-(const Linear &other) const { return *this + other.scaled(-1); }

Linear Linear::scaled(int64_t by) const {
  if (by == 0)
    return {};
  Linear product = *this;
  product.constant = product.constant * by;
  for (auto &[v, factor] : product.variables)
    factor *= by;
  return product;
}

void Facts::assume(const Linear &form) { forms.push_back(form); }

void Facts::assumeFloor(unsigned q, const Linear &form, int64_t by) {
  assert(by > 0 && "a floor by nothing");
  Linear rest = form - Linear::variable(q).scaled(by);
  assume(rest);
  assume(Linear(by - 1) - rest);
}

// ---- the system of one question -----------------------------------------------------------------------------------

namespace {
constexpr size_t kMostRows = 300;    // beyond, a question is too hard to be worth its time
constexpr size_t kMostUnknowns = 64; // so are questions with many different products of sizes
constexpr unsigned kMostSplits = 3;  // minima and maxima that are looked at from both sides

using Atom = SizeExpr::Atom;

/// coefficients · unknowns + constant >= 0
struct Row {
  std::vector<int64_t> coefficients;
  int64_t constant = 0;
};

/// Facts as rows over numbered unknowns, with what is known of the monomials that occur.
class System {
public:
  explicit System(std::vector<Linear> facts) : facts(std::move(facts)) {}

  bool contradictory(unsigned splits = kMostSplits);

private:
  struct Unknown {
    std::optional<unsigned> variable;
    std::vector<SizeExpr::Factor> monomial;
  };
  using Combination = std::map<size_t, int64_t>; // unknown -> coefficient

  void add(const Linear &form);
  size_t unknown(unsigned variable);
  size_t unknown(const SizeExpr::Term &);
  void define(size_t monomial);
  void defineAtom(const SizeExpr::AtomNode &atom, const SizeExpr &self, const SizeExpr &beside);
  bool eliminate();
  bool keep(Row);
  bool combine(const Row &lower, const Row &upper, size_t column, Row &result) const;

  std::vector<Linear> facts;
  std::vector<Unknown> unknowns;
  std::vector<std::pair<Combination, int64_t>> sparse;
  std::vector<Row> rows;
  std::shared_ptr<const SizeExpr::AtomNode> choice; // the first minimum or maximum met
  bool refuted = false, tooHard = false;
};

SizeExpr monomial(const std::vector<SizeExpr::Factor> &factors) { return SizeExpr::fromTerms({{1, factors}}); }

size_t System::unknown(unsigned variable) {
  for (size_t n = 0; n < unknowns.size(); ++n)
    if (unknowns[n].variable == variable)
      return n;
  unknowns.push_back({variable, {}});
  return unknowns.size() - 1;
}

size_t System::unknown(const SizeExpr::Term &term) {
  SizeExpr wanted = monomial(term.factors);
  for (size_t n = 0; n < unknowns.size(); ++n)
    if (!unknowns[n].variable && monomial(unknowns[n].monomial) == wanted)
      return n;
  unknowns.push_back({std::nullopt, term.factors});
  return unknowns.size() - 1;
}

void System::add(const Linear &form) {
  Combination combination;
  int64_t constant = 0;
  for (auto [v, factor] : form.variables)
    combination[unknown(v)] = factor;
  for (const SizeExpr::Term &t : form.constant.terms()) {
    if (t.factors.empty())
      constant = t.coefficient;
    else
      combination[unknown(t)] = t.coefficient;
  }
  sparse.push_back({std::move(combination), constant});
}

/// What holds of a monomial: it is at least 0, and its floors, minima, … lie between their bounds, all times what
/// stands beside them.
void System::define(size_t n) {
  const std::vector<SizeExpr::Factor> factors = unknowns[n].monomial;
  SizeExpr whole = monomial(factors);
  if (whole.dominates(0))
    add(whole);
  for (size_t f = 0; f < factors.size(); ++f) {
    if (factors[f].atom->kind == Atom::Symbol || factors[f].power != 1)
      continue;
    std::vector<SizeExpr::Factor> others = factors;
    others.erase(others.begin() + f);
    if (SizeExpr beside = monomial(others); beside.dominates(0))
      defineAtom(*factors[f].atom, SizeExpr::ofAtom(factors[f].atom), beside);
    if (factors[f].atom->kind == Atom::Min || factors[f].atom->kind == Atom::Max)
      choice = choice ? choice : factors[f].atom;
  }
}

void System::defineAtom(const SizeExpr::AtomNode &atom, const SizeExpr &self, const SizeExpr &beside) {
  const SizeExpr &a = *atom.a, &b = *atom.b;
  switch (atom.kind) {
  case Atom::Floor:
  case Atom::Ceil: {
    if (!b.dominates(0)) // a divisor is never 0, so then it is at least 1
      return;
    SizeExpr rest = atom.kind == Atom::Floor ? a - b * self : b * self - a;
    add(rest * beside);
    add((b - 1 - rest) * beside);
    return;
  }
  case Atom::Mod:
    if (!b.dominates(0))
      return;
    add(self * beside);
    add((b - 1 - self) * beside);
    if (b.constant()) {
      SizeExpr rest = a - b * SizeExpr::floorDiv(a, b) - self;
      add(rest * beside);
      add(-rest * beside);
    }
    return;
  case Atom::Min:
    add((a - self) * beside);
    add((b - self) * beside);
    return;
  case Atom::Max:
    add((self - a) * beside);
    add((self - b) * beside);
    return;
  case Atom::Symbol:
    return;
  }
}

/// Keeps a row in lowest terms; of rows with equal coefficients the tightest. False once there are too many.
bool System::keep(Row row) {
  int64_t divisor = 0;
  for (int64_t c : row.coefficients)
    divisor = std::gcd(divisor, c);
  if (divisor == 0) {
    refuted |= row.constant < 0;
    return true;
  }
  for (int64_t &c : row.coefficients)
    c /= divisor;
  row.constant = row.constant / divisor - (row.constant % divisor < 0);
  for (Row &other : rows)
    if (other.coefficients == row.coefficients) {
      other.constant = std::min(other.constant, row.constant);
      return true;
    }
  rows.push_back(std::move(row));
  return rows.size() <= kMostRows;
}

/// The sum of multiples in which `column` vanishes; false if its numbers grow too large, and the row is better
/// forgotten.
bool System::combine(const Row &lower, const Row &upper, size_t column, Row &result) const {
  int64_t up = lower.coefficients[column], down = -upper.coefficients[column], common = std::gcd(up, down);
  int64_t ofLower = down / common, ofUpper = up / common;
  auto sum = [&](int64_t x, int64_t y, int64_t &out) {
    int64_t a, b;
    return !__builtin_mul_overflow(x, ofLower, &a) && !__builtin_mul_overflow(y, ofUpper, &b) &&
           !__builtin_add_overflow(a, b, &out);
  };
  result.coefficients.resize(lower.coefficients.size());
  for (size_t n = 0; n < result.coefficients.size(); ++n)
    if (!sum(lower.coefficients[n], upper.coefficients[n], result.coefficients[n]))
      return false;
  return sum(lower.constant, upper.constant, result.constant);
}

/// Removes the unknown that makes the fewest new rows. True when none is left.
bool System::eliminate() {
  size_t best = unknowns.size();
  int64_t fewest = 0;
  for (size_t column = 0; column < unknowns.size(); ++column) {
    int64_t up = 0, down = 0;
    for (const Row &row : rows)
      up += row.coefficients[column] > 0, down += row.coefficients[column] < 0;
    int64_t more = up * down - up - down;
    if (up + down > 0 && (best == unknowns.size() || more < fewest))
      best = column, fewest = more;
  }
  if (best == unknowns.size())
    return true;
  std::vector<Row> old;
  old.swap(rows);
  std::vector<const Row *> lower, upper;
  for (const Row &row : old) {
    int64_t c = row.coefficients[best];
    if (c != 0)
      (c > 0 ? lower : upper).push_back(&row);
    else
      rows.push_back(row);
  }
  for (const Row *l : lower)
    for (const Row *u : upper) {
      Row row;
      if (combine(*l, *u, best, row) && !keep(std::move(row)))
        return tooHard = true;
      if (refuted)
        return true;
    }
  return false;
}

bool System::contradictory(unsigned splits) {
  for (const Linear &form : facts)
    add(form);
  for (size_t n = 0; n < unknowns.size(); ++n) { // defining one may bring others
    if (n >= kMostUnknowns)
      return false;
    if (!unknowns[n].variable)
      define(n);
  }
  for (auto &[combination, constant] : sparse) {
    Row row{std::vector<int64_t>(unknowns.size()), constant};
    for (auto [n, coefficient] : combination)
      row.coefficients[n] = coefficient;
    if (!keep(std::move(row)))
      return false;
  }
  while (!refuted && !eliminate())
    ;
  if (refuted || !choice || splits == 0 || tooHard)
    return refuted;
  // A minimum is one of its operands: both cases must contradict.
  const SizeExpr self = SizeExpr::ofAtom(choice);
  auto with = [&](const SizeExpr &is, const SizeExpr &isNot) {
    std::vector<Linear> more = facts;
    for (const SizeExpr &form : {self - is, is - self, choice->kind == Atom::Min ? isNot - is : is - isNot})
      more.push_back(form);
    return System(std::move(more)).contradictory(splits - 1);
  };
  return with(*choice->a, *choice->b) && with(*choice->b, *choice->a);
}

/// The facts that share unknowns with the goal, or with facts that do. Others can't take part in a proof, unless they
/// contradict each other.
std::vector<Linear> related(const std::vector<Linear> &facts, const Linear &goal) {
  std::vector<unsigned> variables;
  std::vector<std::string> sizes = goal.constant.symbols();
  for (auto [v, factor] : goal.variables)
    variables.push_back(v);
  auto has = [](const auto &list, const auto &item) { return std::find(list.begin(), list.end(), item) != list.end(); };

  struct Candidate {
    const Linear *form;
    std::vector<std::string> sizes;
  };
  std::vector<Candidate> left;
  for (const Linear &form : facts)
    left.push_back({&form, form.constant.symbols()});
  std::vector<Linear> result;
  for (bool more = true; more;) {
    more = false;
    std::erase_if(left, [&](const Candidate &c) {
      bool shares = std::any_of(c.form->variables.begin(), c.form->variables.end(),
                                [&](auto &v) { return has(variables, v.first); }) ||
                    std::any_of(c.sizes.begin(), c.sizes.end(), [&](auto &s) { return has(sizes, s); });
      if (!shares)
        return false;
      for (auto [v, factor] : c.form->variables)
        variables.push_back(v);
      sizes.insert(sizes.end(), c.sizes.begin(), c.sizes.end());
      result.push_back(*c.form);
      return more = true;
    });
  }
  return result;
}
} // namespace

// ---- questions ----------------------------------------------------------------------------------------------------

bool Facts::proves(const Linear &form) const {
  if (form.variables.empty()) {
    if (form.constant.dominates(0))
      return true;
    if (form.constant.isConstant())
      return false;
  }
  for (const Linear &fact : forms)
    if (fact.variables == form.variables && (form.constant - fact.constant).dominates(0))
      return true;
  std::vector<Linear> denied = related(forms, form);
  denied.push_back(Linear(-1) - form);
  return System(std::move(denied)).contradictory();
}

bool Facts::contradictory() const { return System(forms).contradictory(); }

} // namespace heed
