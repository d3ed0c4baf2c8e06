// Integer and boolean expressions as affine forms and conditions, for maps, guards and `where`. In: checked expressions
// over the indices of one op. Out: affine expressions whose dims are these indices, then data (an integer that an
// access gives), and whose symbols are sizes; `map` and `condition` turn them into what attributes hold, with data as
// further symbols.
#pragma once

#include "compiler/dialect/HeedDialect.h"
#include "compiler/irgen/Dependence.h"

#include <functional>
#include <optional>

namespace heed::irgen {

/// expr == 0 or expr >= 0
struct Constraint {
  mlir::AffineExpr expr;
  bool equality = false;
  bool operator==(const Constraint &) const = default;
};
using Conjunction = llvm::SmallVector<Constraint, 2>;
/// No conjunction at all is false, one without constraints true.
using Disjunction = llvm::SmallVector<Conjunction, 1>;

/// Beyond this many conjunctions a condition is no longer split up, but computed as a boolean.
constexpr size_t maxConjunctions = 16;

bool isTrue(const Disjunction &);
std::optional<Disjunction> conjoin(const Disjunction &, const Disjunction &);

class Affine {
public:
  /// `datum` gives the form of an integer or boolean that is read, or none where this op may not depend on data.
  using Datum = std::function<std::optional<mlir::AffineExpr>(const checked::Expr *read)>;
  Affine(mlir::MLIRContext *context, llvm::ArrayRef<const checked::IndexVar *> indices, Datum datum)
      : context(context), indices(indices), datum(std::move(datum)) {}

  /// The integer as one affine form.
  std::optional<mlir::AffineExpr> form(const checked::Expr *);
  std::optional<Disjunction> condition(const checked::Expr *, bool negated = false);
  /// What the condition implies; all of it where it is affine (then `exact` stays).
  Disjunction implied(const checked::Expr *, bool &exact);

  mlir::AffineExpr dim(const checked::IndexVar *) const;
  mlir::AffineExpr data(unsigned access) const { return mlir::getAffineDimExpr(indices.size() + access, context); }
  mlir::AffineExpr size(const SizeExpr &);

  // ---- what attributes hold, once the number of accesses is known ----
  mlir::AffineMap map(llvm::ArrayRef<mlir::AffineExpr>, unsigned accesses) const;
  ConditionAttr attribute(const Disjunction &, unsigned accesses) const; // null if true
  mlir::ArrayAttr symbols() const;

private:
  /// An integer as the greatest of least affine forms: closed under min, max, abs, sums and multiples.
  using Lattice = std::vector<std::vector<mlir::AffineExpr>>;
  std::optional<Lattice> lattice(const checked::Expr *);
  static std::optional<Lattice> negate(const Lattice &);
  static std::optional<Lattice> sum(const Lattice &, const Lattice &);
  static std::optional<Lattice> least(const Lattice &, const Lattice &);
  static std::optional<Lattice> greatest(const Lattice &, const Lattice &);
  std::optional<Lattice> scale(const Lattice &, int64_t by) const;

  std::optional<Disjunction> comparison(checked::ScalarOp, const checked::Expr *a, const checked::Expr *b);
  std::optional<Disjunction> booleans(const checked::Expr *, bool negated);
  std::optional<Disjunction> choice(const checked::Expr *c, const checked::Expr *a, const checked::Expr *b,
                                    bool negateA, bool negateB);
  std::optional<Disjunction> atom(const checked::Expr *, bool negated);
  mlir::AffineMap close(unsigned accesses) const;

  mlir::MLIRContext *context;
  IndexVars indices;
  Datum datum;
  llvm::SmallVector<SizeExpr> sizes; // what the symbols stand for
  bool *relaxed = nullptr;           // set: what is not affine counts as true, and this becomes false
};

} // namespace heed::irgen
