// What index ops read: accesses with affine positions and guards.
#include "compiler/irgen/Statement.h"

using namespace mlir;
using namespace heed::checked;

namespace heed::irgen {

ElementPoint::ElementPoint(Statement &statement, IndexVars indices, Block *block)
    : Point(statement, std::move(indices), block,
            [this](const Expr *e) { return std::optional(affine.data(access(e))); }) {}

Value ElementPoint::read(const Expr *e) { return builder.getBlock()->getArgument(access(e)); }

Value ElementPoint::nested(const Expr *e) {
  return builder.getBlock()->getArgument(access(statement.hoist(e, *this, conditions), e->range));
}

unsigned ElementPoint::access(const Hoisted &part, Range range) {
  auto positions = llvm::map_to_vector(part.axes, [&](const IndexVar *index) { return affine.dim(index); });
  return access(part.tensor, positions, {Conjunction()}, range);
}

unsigned ElementPoint::access(const Expr *read) {
  auto positions = llvm::map_to_vector(read->operands, [&](const Expr *e) { return position(e); });
  Disjunction where = guard(read, positions);
  return access(valueOf(statement.context, statement.builder, read->tensor), positions, where, read->range);
}

/// The region's argument carries the tensor's name, and the place of the read.
unsigned ElementPoint::access(Value tensor, ArrayRef<AffineExpr> positions, const Disjunction &guard, Range range) {
  unsigned operand = llvm::find(sources, tensor) - sources.begin();
  if (operand == sources.size())
    sources.push_back(tensor);
  for (auto [n, known] : llvm::enumerate(accesses))
    if (known.operand == operand && ArrayRef(known.positions) == positions && known.guard == guard)
      return n;
  accesses.push_back({operand, SmallVector<AffineExpr>(positions), guard});
  builder.getBlock()->addArgument(scalarOf(cast<RankedTensorType>(tensor.getType()).getElementType()),
                                  statement.context.locate(range, nameIn(tensor.getLoc())));
  return accesses.size() - 1;
}

/// A position that is no affine form of indices, sizes and data is computed before, as a tensor of integers, and is
/// data then.
AffineExpr ElementPoint::position(const Expr *e) {
  if (auto form = affine.form(e))
    return *form;
  return affine.data(access(statement.hoist(e, *this, conditions), e->range));
}

/// A boolean that is computed before, and holds where its element is 1.
Disjunction ElementPoint::computed(const Expr *condition, ArrayRef<const Expr *> under) {
  return {Conjunction{{affine.data(access(statement.hoist(condition, *this, under), condition->range)) - 1}}};
}

/// An index over the whole of its axis, or a constant: inside without any condition.
static bool insideAnyway(const Expr *position, const SizeExpr &axis) {
  if (position->kind == Expr::Kind::Index)
    return position->index->bound == axis;
  return position->kind == Expr::Kind::Number && axis.constant() && position->number >= 0 &&
         position->number < *axis.constant();
}

Disjunction ElementPoint::guard(const Expr *read, ArrayRef<AffineExpr> positions) {
  Conditions needed(read->guards.begin(), read->guards.end());
  Conjunction inside;
  // Under conditions that `where` does not state here: what data gives is checked under them alone; what was proved to
  // be inside under them is read wherever it is inside.
  if (!unguarded.empty())
    for (auto [n, axis] : llvm::enumerate(read->tensor->axes)) {
      if (insideAnyway(read->operands[n], axis))
        continue;
      if (n < read->checked.size() && read->checked[n]) {
        llvm::append_range(needed, llvm::make_filter_range(
                                       unguarded, [&](const Expr *e) { return !llvm::is_contained(read->guards, e); }));
        break;
      }
      inside.push_back({positions[n]});
      inside.push_back({affine.size(axis) - 1 - positions[n]});
    }
  Disjunction all = {inside};
  for (auto [n, condition] : llvm::enumerate(needed)) {
    auto split = affine.condition(condition);
    auto joined = split ? conjoin(all, *split) : std::nullopt;
    all = joined ? *joined : *conjoin(all, computed(condition, ArrayRef(needed).take_front(n)));
  }
  return all;
}

ArrayAttr ElementPoint::accessList() const {
  Builder b(statement.context.mlir);
  SmallVector<Attribute> list;
  for (const Access &a : accesses)
    list.push_back(AccessAttr::get(b.getContext(), a.operand, affine.map(a.positions, accesses.size()),
                                   affine.attribute(a.guard, accesses.size())));
  return b.getArrayAttr(list);
}

} // namespace heed::irgen
