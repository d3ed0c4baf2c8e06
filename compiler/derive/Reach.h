// How far into the stream a value reads, and the projection that finds it. In: affine bounds of a position of the
// stream over the indices of a statement, with its conditions. Out: bounds over the indices that are kept.
//
// An element of a tensor depends on stream positions p; a `Reach` is a conjunction of upper bounds of p, affine in the
// element's indices and in sizes that do not grow with the stream. A value has any number of them: none, and it is
// constant in the stream; one without bounds, and it waits for the end.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "mlir/Analysis/FlatLinearValueConstraints.h"

namespace heed::streams {

struct Step;

struct Reach {
  /// p <= each. Dims: axes of the value. Symbols: `Symbols`.
  llvm::SmallVector<mlir::AffineExpr, 2> bounds;
  const Step *last = nullptr;   // what made it so; null: an input
  const Step *origin = nullptr; // if it looks ahead: the step that made it do so, of what did not
  bool toTheEnd() const { return bounds.empty(); }
};
using Reaches = llvm::SmallVector<Reach, 2>;

/// expr >= 0, or expr == 0
struct Atom {
  mlir::AffineExpr expr;
  bool equality = false;
};
using Atoms = llvm::SmallVector<Atom, 4>;

/// Monomials of sizes, as symbols of affine expressions; those with the stream's size are unknown until its end.
class Symbols {
public:
  Symbols(mlir::MLIRContext *context, std::string stream) : context(context), stream(std::move(stream)) {}

  mlir::AffineExpr of(const SizeExpr &);
  bool grows(const SizeExpr &) const;
  bool grows(unsigned symbol) const { return grows(monomials[symbol]); }
  bool grows(mlir::AffineExpr) const;
  /// A number below `turns` that a loop around counts with.
  mlir::AffineExpr turn(const SizeExpr &turns);
  /// What is known of a symbol: expressions that are at least 0.
  llvm::SmallVector<mlir::AffineExpr> facts(unsigned symbol);
  unsigned size() const { return monomials.size(); }
  const SizeExpr &monomial(unsigned symbol) const { return monomials[symbol]; }
  /// Of an axis as long as the stream is, but for a constant: that constant.
  std::optional<int64_t> lengthBeyondStream(const SizeExpr &) const;

  mlir::MLIRContext *const context;
  const std::string stream;

private:
  llvm::SmallVector<SizeExpr> monomials;
  std::map<unsigned, SizeExpr> turns; // by symbol
};

/// The points over which a statement is read: indices in [0, bounds), of which the first `kept` are the result's, then
/// `data`, integers that nothing is known of but what conditions say.
struct Points {
  llvm::SmallVector<SizeExpr> bounds;
  unsigned kept = 0;
  unsigned data = 0;
};

/// The bounds of a position, given that it is at most each of `upper` where all `atoms` hold, over the kept indices.
/// None where there is no such point.
std::optional<Reach> project(Symbols &, const Points &, llvm::ArrayRef<mlir::AffineExpr> upper, const Atoms &);

/// No position that the reach admits lies behind index `axis` (none: behind the first position), nor, where there is a
/// prefix, behind the prefix.
bool within(Symbols &, llvm::ArrayRef<SizeExpr> axes, const Reach &, std::optional<unsigned> axis,
            const SizeExpr *prefix = nullptr);
/// `wide` admits all that `narrow` does.
bool covers(Symbols &, llvm::ArrayRef<SizeExpr> axes, const Reach &wide, const Reach &narrow);
/// "d1 + 1 or 3", "the end", "constant".
std::string text(Symbols &, const Reaches &);
/// How far behind index `axis` the reach may lie, if a constant says it.
std::optional<int64_t> distance(const Reach &, unsigned axis);

} // namespace heed::streams
