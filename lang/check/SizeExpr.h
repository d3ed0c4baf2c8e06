// Sizes as algebra: polynomials with integer coefficients over named sizes, with floor, ceil, min and max as atoms.
// Equality of sizes is equality of these. The checker proves shapes with them; the compiler keeps them in attributes
// and turns them into code; costs, memory plans and loop bounds are the same object. Values are immutable, cheap to
// copy, and kept in one canonical form.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

class SizeExpr {
public:
  /// What a polynomial is over: a named size, or an operation on polynomials that is none itself.
  enum class Atom { Symbol, Floor, Ceil, Min, Max, Mod };

  SizeExpr(int64_t constant = 0);
  static SizeExpr symbol(std::string_view name);

  SizeExpr operator+(const SizeExpr &) const;
  SizeExpr operator-(const SizeExpr &) const;
  SizeExpr operator*(const SizeExpr &) const;
  SizeExpr operator-() const { return SizeExpr(0) - *this; }
  /// The exact quotient, or none where polynomial division leaves a remainder (or the divisor is 0).
  std::optional<SizeExpr> dividedBy(const SizeExpr &) const;
  /// Largest whole number not above a / b; folds where it can be known. A quotient by 0 is kept, and has no value.
  static SizeExpr floorDiv(const SizeExpr &a, const SizeExpr &b);
  static SizeExpr ceilDiv(const SizeExpr &a, const SizeExpr &b);
  /// a - b * floor(a / b)
  static SizeExpr mod(const SizeExpr &a, const SizeExpr &b);
  static SizeExpr min(const SizeExpr &a, const SizeExpr &b);
  static SizeExpr max(const SizeExpr &a, const SizeExpr &b);
  /// What the atom of this kind (no Symbol) would be of a and b.
  static SizeExpr apply(Atom, const SizeExpr &a, const SizeExpr &b);
  /// The next multiple of `to` (a constant).
  static SizeExpr alignedUp(const SizeExpr &a, int64_t to);

  bool operator==(const SizeExpr &) const;
  /// Some total order, for use as a key.
  bool operator<(const SizeExpr &) const;

  bool isConstant() const;
  std::optional<int64_t> constant() const;
  /// The name, if this is one named size and nothing else.
  std::optional<std::string> symbolName() const;
  /// Names of all sizes within, sorted.
  std::vector<std::string> symbols() const;
  /// factor * name + offset with constants, if this has that form in the one size `name` (factor != 0).
  struct Linear {
    int64_t factor, offset;
  };
  std::optional<Linear> linearIn(std::string_view name) const;

  /// Every size within replaced by what `with` gives; none leaves it as it is.
  SizeExpr substitute(const std::function<std::optional<SizeExpr>(std::string_view)> &with) const;
  /// The value where every size is known; none if one isn't, or at overflow, or at a division by 0.
  std::optional<int64_t> evaluate(const std::function<std::optional<int64_t>(std::string_view)> &size) const;

  /// This is at least `other` for all sizes >= 0, as far as coefficients show (sound, incomplete).
  bool dominates(const SizeExpr &other) const;

  /// A human spelling that `parse` reads: "2*B*T + 1", "ceil(T/64)*64", "T - 1".
  std::string str() const;
  static std::optional<SizeExpr> parse(std::string_view text);
  size_t hash() const;

  // ---- structure, for those that turn it into code or constraints ----
  struct Factor; // an atom and its power
  struct Term;   // a coefficient times factors; the constant term has none
  const std::vector<Term> &terms() const;
  struct AtomNode;
  static SizeExpr ofAtom(std::shared_ptr<const AtomNode>);
  /// coefficient * factors, for each; in any order, several of the same monomial too.
  static SizeExpr fromTerms(std::vector<Term>);

private:
  struct Poly;
  struct Division;
  struct Cancelled;
  explicit SizeExpr(std::shared_ptr<const Poly>);
  static SizeExpr fromAtom(AtomNode);
  static Division divide(const SizeExpr &a, const SizeExpr &b);
  static Cancelled cancel(const SizeExpr &a, const SizeExpr &b);
  static SizeExpr floorByConstant(SizeExpr rest, int64_t by);
  static std::optional<SizeExpr> mergedFloor(const SizeExpr &rest, int64_t by);
  static SizeExpr roundingAtom(const SizeExpr &rest, int64_t by);
  static SizeExpr extremum(Atom, const SizeExpr &a, const SizeExpr &b);
  static void flatten(Atom, const SizeExpr &, std::vector<SizeExpr> &operands);
  static SizeExpr sharedTerms(const std::vector<SizeExpr> &operands);

  std::shared_ptr<const Poly> poly; // none is 0
};

/// floor(a/b), ceil(a/b), min(a, b), max(a, b), mod(a, b), or a symbol.
struct SizeExpr::AtomNode {
  Atom kind;
  std::string name; // Symbol
  std::optional<SizeExpr> a, b;
};
struct SizeExpr::Factor {
  std::shared_ptr<const AtomNode> atom;
  unsigned power;
};
struct SizeExpr::Term {
  int64_t coefficient;
  std::vector<Factor> factors; // sorted
};

} // namespace heed
