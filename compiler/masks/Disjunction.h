// Conditions as disjunctions, and their negation. In: a condition with symbols for sizes and for data. Out: what of it
// is affine. Never: a condition that is narrower than the one given; what isn't known counts as true in both.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include <optional>

namespace heed::masks {

/// expr == 0 or expr >= 0
struct Atom {
  mlir::AffineExpr expr;
  bool equality = false;
  bool operator==(const Atom &) const = default;
};
using Conjunction = llvm::SmallVector<Atom, 4>;
/// No conjunction at all is false, one without atoms true.
using Disjunction = llvm::SmallVector<Conjunction, 4>;

constexpr size_t maxConjunctions = 16;

/// The first `sizes` symbols of the condition are sizes, others data. None: more than `maxConjunctions`.
using Translation = llvm::function_ref<mlir::AffineExpr(mlir::AffineExpr)>;
std::optional<Disjunction> disjunctionOf(ConditionAttr, unsigned sizes, Translation);
std::optional<Disjunction> negationOf(ConditionAttr, unsigned sizes, Translation);

} // namespace heed::masks
