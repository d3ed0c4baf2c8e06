// What a scalar expression depends on.
#include "compiler/irgen/Dependence.h"

#include "llvm/ADT/STLExtras.h"

using namespace heed::checked;

namespace heed::irgen {

bool Dependence::on(llvm::ArrayRef<const IndexVar *> any) const {
  return llvm::any_of(any, [&](const IndexVar *index) { return indices.contains(index); });
}

static void add(Dependence &to, const Dependence &from, llvm::ArrayRef<const IndexVar *> bound) {
  for (const IndexVar *index : from.indices)
    if (!llvm::is_contained(bound, index))
      to.indices.insert(index);
  to.checks |= from.checks;
}

const Dependence &Dependences::of(const Expr *e) {
  if (auto found = known.find(e); found != known.end())
    return *found->second;
  auto result = std::make_unique<Dependence>();
  if (e->kind == Expr::Kind::Index)
    result->indices.insert(e->index);
  result->checks = llvm::is_contained(e->checked, true);
  for (const Expr *operand : e->operands)
    add(*result, of(operand), {});
  for (const Expr *guard : e->guards)
    add(*result, of(guard), {});
  for (const Expr *bound : {e->where, e->body, e->value})
    if (bound)
      add(*result, of(bound), e->indices);
  if (e->weights)
    addRowProgram(*e->weights, *result);
  return *(known[e] = std::move(result));
}

/// A row program is written where the attend stands, so it may mention indices of the statement.
void Dependences::addRowProgram(const RowProgram &program, Dependence &to) {
  for (const auto &op : program.body->ops)
    if (op->element)
      add(to, of(op->element), op->indices);
}

llvm::SmallVector<const Expr *> conjuncts(const Expr *where) {
  if (!where)
    return {};
  if (where->kind != Expr::Kind::Apply || where->op != ScalarOp::And)
    return {where};
  auto all = conjuncts(where->operands[0]);
  llvm::append_range(all, conjuncts(where->operands[1]));
  return all;
}

} // namespace heed::irgen
