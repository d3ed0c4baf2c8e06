// Integer and boolean expressions as affine forms and conditions.
#include "compiler/irgen/Affine.h"
#include "compiler/dialect/AffineSizes.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace heed::checked;

namespace heed::irgen {

// ---- conditions -----------------------------------------------------------------------------------------------------

static const Disjunction always = {Conjunction()};

bool isTrue(const Disjunction &d) {
  return llvm::any_of(d, [](const Conjunction &c) { return c.empty(); });
}

std::optional<Disjunction> conjoin(const Disjunction &a, const Disjunction &b) {
  if (a.size() * b.size() > maxConjunctions)
    return std::nullopt;
  Disjunction both;
  for (const Conjunction &left : a)
    for (const Conjunction &right : b) {
      Conjunction joined = left;
      for (const Constraint &c : right)
        if (!llvm::is_contained(joined, c))
          joined.push_back(c);
      both.push_back(std::move(joined));
    }
  return both;
}

static std::optional<Disjunction> conjoin(const std::optional<Disjunction> &a, const std::optional<Disjunction> &b) {
  return a && b ? conjoin(*a, *b) : std::nullopt;
}

static std::optional<Disjunction> disjoin(const std::optional<Disjunction> &a, const std::optional<Disjunction> &b) {
  if (!a || !b || a->size() + b->size() > maxConjunctions)
    return std::nullopt;
  if (isTrue(*a) || isTrue(*b))
    return always;
  Disjunction either = *a;
  llvm::append_range(either, *b);
  return either;
}

/// The constraint on its own; constants are decided here.
static Disjunction holds(Constraint c) {
  if (auto constant = dyn_cast<AffineConstantExpr>(c.expr))
    return (c.equality ? constant.getValue() == 0 : constant.getValue() >= 0) ? always : Disjunction();
  return {Conjunction{c}};
}

std::optional<Disjunction> Affine::condition(const Expr *e, bool negated) {
  assert(e->type == Element::Bool);
  switch (e->kind) {
  case Expr::Kind::Number:
    return (e->number != 0) != negated ? always : Disjunction();
  case Expr::Kind::Apply:
    return booleans(e, negated);
  case Expr::Kind::Select:
    return choice(e->operands[0], e->operands[1], e->operands[2], negated, negated);
  case Expr::Kind::Stop:
    return condition(e->operands[0], negated);
  default:
    return atom(e, negated);
  }
}

/// Where the condition is no affine one: the element of a boolean tensor, or nothing that is known here.
std::optional<Disjunction> Affine::atom(const Expr *e, bool negated) {
  if (e->kind == Expr::Kind::Read)
    if (auto form = datum(e))
      return holds({negated ? -*form : *form - 1});
  if (!relaxed)
    return std::nullopt;
  *relaxed = false;
  return always;
}

std::optional<Disjunction> Affine::booleans(const Expr *e, bool negated) {
  auto operand = [&](unsigned i) { return e->operands[i]; };
  switch (e->op) {
  case ScalarOp::Not:
    return condition(operand(0), !negated);
  case ScalarOp::And:
  case ScalarOp::Or: {
    auto a = condition(operand(0), negated), b = condition(operand(1), negated);
    auto joined = (e->op == ScalarOp::And) != negated ? conjoin(a, b) : disjoin(a, b);
    return joined ? joined : atom(e, negated); // too many
  }
  default:
    break;
  }
  if (operand(0)->type == Element::Bool) { // a == b is: if a then b else not b
    bool differ = (e->op == ScalarOp::NotEqual) != negated;
    return choice(operand(0), operand(1), operand(1), differ, !differ);
  }
  std::optional<Disjunction> result;
  if (isInteger(operand(0)->type))
    switch (e->op) {
    case ScalarOp::Less: // not (a < b) is b <= a
      result =
          negated ? comparison(ScalarOp::LessEqual, operand(1), operand(0)) : comparison(e->op, operand(0), operand(1));
      break;
    case ScalarOp::LessEqual:
      result = negated ? comparison(ScalarOp::Less, operand(1), operand(0)) : comparison(e->op, operand(0), operand(1));
      break;
    default:
      result = comparison((e->op == ScalarOp::Equal) != negated ? ScalarOp::Equal : ScalarOp::NotEqual, operand(0),
                          operand(1));
    }
  return result ? result : atom(e, negated);
}

std::optional<Disjunction> Affine::choice(const Expr *c, const Expr *a, const Expr *b, bool negateA, bool negateB) {
  return disjoin(conjoin(condition(c), condition(a, negateA)), conjoin(condition(c, true), condition(b, negateB)));
}

std::optional<Disjunction> Affine::comparison(ScalarOp op, const Expr *a, const Expr *b) {
  if (op == ScalarOp::NotEqual)
    return disjoin(comparison(ScalarOp::Less, a, b), comparison(ScalarOp::Less, b, a));
  if (op == ScalarOp::Equal) {
    auto left = form(a), right = form(b);
    if (left && right)
      return holds({*left - *right, true});
    return conjoin(comparison(ScalarOp::LessEqual, a, b), comparison(ScalarOp::LessEqual, b, a));
  }
  auto left = lattice(a), right = lattice(b);
  auto minus = left ? negate(*left) : std::nullopt;
  auto difference = minus && right ? sum(*right, *minus) : std::nullopt;
  if (!difference)
    return std::nullopt;
  std::optional<Disjunction> result = Disjunction(); // the greatest of leasts is >= 0: some all are
  for (const auto &least : *difference) {
    std::optional<Disjunction> all = always;
    for (AffineExpr e : least)
      all = conjoin(all, holds({op == ScalarOp::Less ? e - 1 : e}));
    result = disjoin(result, all);
  }
  return result;
}

Disjunction Affine::implied(const Expr *e, bool &exact) {
  relaxed = &exact;
  auto result = condition(e);
  relaxed = nullptr;
  if (result)
    return *result;
  exact = false;
  return always;
}

// ---- integers -------------------------------------------------------------------------------------------------------

/// An expression of sizes and numbers alone.
static std::optional<SizeExpr> sizeOf(const Expr *e) {
  if (e->kind == Expr::Kind::Size)
    return e->size;
  if (e->kind == Expr::Kind::Number)
    return SizeExpr(int64_t(e->number));
  if (e->kind != Expr::Kind::Apply || e->operands.size() != 2)
    return std::nullopt;
  auto a = sizeOf(e->operands[0]), b = sizeOf(e->operands[1]);
  if (!a || !b)
    return std::nullopt;
  switch (e->op) {
  case ScalarOp::Add:
    return *a + *b;
  case ScalarOp::Subtract:
    return *a - *b;
  case ScalarOp::Multiply:
    return *a * *b;
  default:
    return std::nullopt;
  }
}

static std::optional<int64_t> constant(AffineExpr e) {
  auto c = dyn_cast<AffineConstantExpr>(e);
  return c ? std::optional(c.getValue()) : std::nullopt;
}

std::optional<AffineExpr> Affine::form(const Expr *e) {
  assert(isInteger(e->type));
  if (auto known = sizeOf(e))
    return size(*known);
  switch (e->kind) {
  case Expr::Kind::Index:
    return dim(e->index);
  case Expr::Kind::Read:
    return datum(e);
  case Expr::Kind::Stop:
    return form(e->operands[0]);
  case Expr::Kind::Cast:
    return isInteger(e->operands[0]->type) ? form(e->operands[0]) : std::nullopt;
  case Expr::Kind::Apply:
    break;
  default:
    return std::nullopt;
  }
  if (e->op > ScalarOp::Remainder && e->op != ScalarOp::Negate)
    return std::nullopt;
  if (!isInteger(e->operands[0]->type))
    return std::nullopt;
  auto a = form(e->operands[0]);
  if (!a || e->op == ScalarOp::Negate)
    return a ? std::optional(-*a) : std::nullopt;
  auto b = form(e->operands[1]);
  if (!b)
    return std::nullopt;
  switch (e->op) {
  case ScalarOp::Add:
    return *a + *b;
  case ScalarOp::Subtract:
    return *a - *b;
  case ScalarOp::Multiply:
    return constant(*a) || constant(*b) ? std::optional(*a * *b) : std::nullopt;
  case ScalarOp::FloorDivide:
    return constant(*b).value_or(0) > 0 ? std::optional(a->floorDiv(*b)) : std::nullopt;
  case ScalarOp::Remainder:
    return constant(*b).value_or(0) > 0 ? std::optional(*a % *b) : std::nullopt;
  default:
    return std::nullopt;
  }
}

/// Monomials become symbols, so that `J + T - 1` stays a sum that analyses can read.
AffineExpr Affine::size(const SizeExpr &size) { return affineSize(size, sizes, context); }

AffineExpr Affine::dim(const IndexVar *index) const {
  auto found = llvm::find(indices, index);
  assert(found != indices.end() && "an index is used where it is in force");
  return getAffineDimExpr(found - indices.begin(), context);
}

// ---- greatest of least forms ----------------------------------------------------------------------------------------

std::optional<Affine::Lattice> Affine::lattice(const Expr *e) {
  if (auto affine = form(e))
    return Lattice{{*affine}};
  if (e->kind != Expr::Kind::Apply || !isInteger(e->operands[0]->type))
    return std::nullopt;
  auto a = lattice(e->operands[0]);
  if (!a)
    return std::nullopt;
  if (e->op == ScalarOp::Negate)
    return negate(*a);
  if (e->op == ScalarOp::Abs) {
    auto minus = negate(*a);
    return minus ? greatest(*a, *minus) : std::nullopt;
  }
  auto b = e->operands.size() == 2 ? lattice(e->operands[1]) : std::nullopt;
  if (!b)
    return std::nullopt;
  auto factor = [](const Lattice &l) { return l.size() == 1 && l[0].size() == 1 ? constant(l[0][0]) : std::nullopt; };
  switch (e->op) {
  case ScalarOp::Add:
    return sum(*a, *b);
  case ScalarOp::Subtract: {
    auto minus = negate(*b);
    return minus ? sum(*a, *minus) : std::nullopt;
  }
  case ScalarOp::Min:
    return least(*a, *b);
  case ScalarOp::Max:
    return greatest(*a, *b);
  case ScalarOp::Multiply:
    return factor(*a) ? scale(*b, *factor(*a)) : factor(*b) ? scale(*a, *factor(*b)) : std::nullopt;
  default:
    return std::nullopt;
  }
}

std::optional<Affine::Lattice> Affine::greatest(const Lattice &a, const Lattice &b) {
  Lattice all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all.size() <= maxConjunctions ? std::optional(all) : std::nullopt;
}

std::optional<Affine::Lattice> Affine::least(const Lattice &a, const Lattice &b) {
  if (a.size() * b.size() > maxConjunctions)
    return std::nullopt;
  Lattice all;
  for (const auto &left : a)
    for (const auto &right : b) {
      all.push_back(left);
      all.back().insert(all.back().end(), right.begin(), right.end());
    }
  return all;
}

std::optional<Affine::Lattice> Affine::sum(const Lattice &a, const Lattice &b) {
  if (a.size() * b.size() > maxConjunctions)
    return std::nullopt;
  Lattice all;
  for (const auto &left : a)
    for (const auto &right : b) {
      all.emplace_back();
      for (AffineExpr l : left)
        for (AffineExpr r : right)
          all.back().push_back(l + r);
    }
  return all;
}

/// -max(min(a, b), …) = min(max(-a, -b), …)
std::optional<Affine::Lattice> Affine::negate(const Lattice &a) {
  std::optional<Lattice> result;
  for (const auto &inner : a) {
    Lattice maxima;
    for (AffineExpr e : inner)
      maxima.push_back({-e});
    result = result ? least(*result, maxima) : maxima;
    if (!result)
      return std::nullopt;
  }
  return result;
}

std::optional<Affine::Lattice> Affine::scale(const Lattice &a, int64_t by) const {
  auto signedBy = by < 0 ? negate(a) : a;
  if (signedBy)
    for (auto &inner : *signedBy)
      for (AffineExpr &e : inner)
        e = e * std::abs(by);
  return signedBy;
}

// ---- attributes -----------------------------------------------------------------------------------------------------

/// From dims (indices, then data) and size symbols to dims (indices) and symbols (sizes, then data).
AffineMap Affine::close(unsigned accesses) const {
  SmallVector<AffineExpr> dims;
  for (unsigned i = 0; i != indices.size(); ++i)
    dims.push_back(getAffineDimExpr(i, context));
  for (unsigned i = 0; i != accesses; ++i)
    dims.push_back(getAffineSymbolExpr(sizes.size() + i, context));
  return AffineMap::get(indices.size(), sizes.size() + accesses, dims, context);
}

AffineMap Affine::map(ArrayRef<AffineExpr> exprs, unsigned accesses) const {
  AffineMap closed = close(accesses);
  auto results = llvm::map_to_vector(exprs, [&](AffineExpr e) { return e.replaceDims(closed.getResults()); });
  return AffineMap::get(closed.getNumDims(), closed.getNumSymbols(), results, context);
}

ConditionAttr Affine::attribute(const Disjunction &d, unsigned accesses) const {
  if (isTrue(d))
    return {};
  AffineMap closed = close(accesses);
  SmallVector<IntegerSet> sets;
  for (const Conjunction &conjunction : d) {
    SmallVector<AffineExpr> constraints;
    SmallVector<bool> equalities;
    for (const Constraint &c : conjunction) {
      constraints.push_back(c.expr.replaceDims(closed.getResults()));
      equalities.push_back(c.equality);
    }
    sets.push_back(IntegerSet::get(closed.getNumDims(), closed.getNumSymbols(), constraints, equalities));
  }
  return ConditionAttr::get(context, sets);
}

ArrayAttr Affine::symbols() const {
  SmallVector<Attribute> all;
  for (const SizeExpr &size : sizes)
    all.push_back(SizeAttr::get(context, size));
  return ArrayAttr::get(context, all);
}

} // namespace heed::irgen
