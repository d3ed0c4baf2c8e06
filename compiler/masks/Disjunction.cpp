// The negation of a disjunction is the product of the negations of its conjunctions, as long as that stays small; over
// whole numbers, not (e >= 0) is -e - 1 >= 0.
#include "compiler/masks/Disjunction.h"

using namespace mlir;

namespace heed::masks {

/// Beyond it, arithmetic could overflow.
constexpr int64_t maxNumber = int64_t(1) << 31;

/// Linear in indices and sizes, with quotients and remainders by constants, all numbers small.
static bool isKnown(AffineExpr expr, unsigned sizes, unsigned symbols) {
  for (unsigned s = sizes; s < symbols; ++s)
    if (expr.isFunctionOfSymbol(s))
      return false;
  bool small = true;
  expr.walk([&](AffineExpr part) {
    if (auto number = dyn_cast<AffineConstantExpr>(part))
      small &= -maxNumber < number.getValue() && number.getValue() < maxNumber;
  });
  return small && expr.isPureAffine();
}

static std::optional<bool> constantOf(Atom atom) {
  auto number = dyn_cast<AffineConstantExpr>(atom.expr);
  if (!number)
    return std::nullopt;
  return atom.equality ? number.getValue() == 0 : number.getValue() >= 0;
}

static bool implies(const Conjunction &more, const Conjunction &fewer) {
  return llvm::all_of(fewer, [&](const Atom &atom) { return llvm::is_contained(more, atom); });
}

/// Adds a conjunction unless another one implies it; those that it implies itself go.
static void add(Disjunction &any, Conjunction all) {
  if (llvm::any_of(any, [&](const Conjunction &other) { return implies(all, other); }))
    return;
  llvm::erase_if(any, [&](const Conjunction &other) { return implies(other, all); });
  any.push_back(std::move(all));
}

/// With one more atom; false where that can't hold.
static bool conjoin(Conjunction &all, Atom atom) {
  if (auto constant = constantOf(atom))
    return *constant;
  if (llvm::is_contained(all, atom))
    return true;
  if (!atom.equality && llvm::is_contained(all, Atom{-atom.expr - 1}))
    return false;
  all.push_back(atom);
  return true;
}

std::optional<Disjunction> disjunctionOf(ConditionAttr condition, unsigned sizes, Translation translate) {
  Disjunction any;
  for (IntegerSet set : condition.getSets()) {
    Conjunction all;
    bool possible = true;
    for (auto [expr, equality] : llvm::zip(set.getConstraints(), set.getEqFlags()))
      if (possible && isKnown(expr, sizes, set.getNumSymbols()))
        possible = conjoin(all, {translate(expr), equality});
    if (possible)
      add(any, std::move(all));
  }
  if (any.size() > maxConjunctions)
    return std::nullopt;
  return any;
}

/// The negations of one conjunction's atoms.
static Disjunction negationOf(IntegerSet set, unsigned sizes, Translation translate) {
  Disjunction any;
  auto addAtom = [&](AffineExpr expr) {
    Conjunction all;
    if (conjoin(all, {expr}))
      add(any, std::move(all));
  };
  for (auto [expr, equality] : llvm::zip(set.getConstraints(), set.getEqFlags())) {
    if (!isKnown(expr, sizes, set.getNumSymbols()))
      return {Conjunction()};
    AffineExpr known = translate(expr);
    addAtom(-known - 1);
    if (equality)
      addAtom(known - 1);
  }
  return any;
}

std::optional<Disjunction> negationOf(ConditionAttr condition, unsigned sizes, Translation translate) {
  Disjunction product = {Conjunction()};
  for (IntegerSet set : condition.getSets()) {
    Disjunction factor = negationOf(set, sizes, translate), next;
    for (const Conjunction &left : product)
      for (const Conjunction &right : factor) {
        Conjunction both = left;
        if (llvm::all_of(right, [&](const Atom &atom) { return conjoin(both, atom); }))
          add(next, std::move(both));
      }
    product = std::move(next);
    if (product.size() > maxConjunctions)
      return std::nullopt;
  }
  return product;
}

} // namespace heed::masks
