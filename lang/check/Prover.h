// Proves that linear inequalities follow from others: is an index inside its axis? Rational Fourier–Motzkin elimination
// over index variables and the monomials of sizes. Sound and incomplete: false means only "not shown".
#pragma once

#include "lang/check/SizeExpr.h"

#include <concepts>
#include <vector>

namespace heed {

/// An affine form: sizes (a polynomial) plus integer multiples of variables. Variables are numbered by whoever makes
/// them.
struct Linear {
  SizeExpr constant;
  std::map<unsigned, int64_t> variables; // never 0

  Linear(SizeExpr constant = 0) : constant(std::move(constant)) {}
  Linear(std::integral auto constant) : constant(int64_t(constant)) {}
  static Linear variable(unsigned v) {
    Linear l;
    l.variables[v] = 1;
    return l;
  }
  Linear operator+(const Linear &) const;
  Linear operator-(const Linear &) const;
  Linear scaled(int64_t by) const;
  bool operator==(const Linear &) const = default;
};

/// Facts known in some scope; sizes are at least 0 without saying so (named sizes; products of them too), floor, ceil,
/// min, max and mod atoms bring their defining inequalities along.
class Facts {
public:
  /// form >= 0
  void assume(const Linear &form);
  void assumeEqual(const Linear &a, const Linear &b) { assume(a - b), assume(b - a); }
  /// q = floor(form / by) for a constant by > 0, with q a variable
  void assumeFloor(unsigned q, const Linear &form, int64_t by);
  /// Facts can be taken back to an earlier count when a scope ends.
  size_t mark() const { return forms.size(); }
  void release(size_t mark) { forms.resize(mark); }

  /// form >= 0 follows
  bool proves(const Linear &form) const;
  /// No assignment satisfies the facts: what stands here is never reached.
  bool contradictory() const;

private:
  std::vector<Linear> forms;
};

} // namespace heed
