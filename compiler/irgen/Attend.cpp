// Attention: scores and values over terms, what is visible, and the program over a row of scores.
#include "compiler/irgen/Statement.h"

#include <utility>

using namespace mlir;
using namespace heed::checked;

namespace heed::irgen {

// ---- terms ----------------------------------------------------------------------------------------------------------

/// No data at this level: what depends on it is decided by the region `visible`.
static std::optional<AffineExpr> noData(const Expr *) { return std::nullopt; }

TermPoint::TermPoint(Statement &statement, IndexVars indices, ArrayRef<const IndexVar *> keys, Conditions unguarded,
                     Block *block)
    : Point(statement, std::move(indices), block, noData), keys(keys), unguarded(std::move(unguarded)) {}

/// The attend sees to it that terms are read for visible keys only, so `unguarded` alone concerns them.
Value TermPoint::term(const Expr *e) {
  IndexOp op = statement.index(builder, {indices, {}, e, Type(), unguarded, statement.context.locate(e->range)});
  return op.getResult(op.getNumResults() == 1 ? 0 : e->component);
}

Value TermPoint::read(const Expr *e) { return term(e); }

Value TermPoint::nested(const Expr *e) {
  const Dependence &dependence = statement.context.dependences.of(e);
  if (e->kind == Expr::Kind::Reduce && dependence.on(keys))
    return term(e);
  Hoisted part = statement.hoist(e, *this, conditions);
  // The element of the part at these indices, as a term of its own.
  auto *body = new Block;
  body->addArgument(scalarOf(cast<RankedTensorType>(part.tensor.getType()).getElementType()),
                    statement.context.locate(e->range, nameIn(part.tensor.getLoc())));
  OpBuilder inner = statement.context.endOf(body);
  YieldOp::create(inner, part.tensor.getLoc(), body->getArguments());
  auto positions = llvm::map_to_vector(part.axes, [&](const IndexVar *index) { return affine.dim(index); });
  AffineMap map = AffineMap::get(indices.size(), 1, positions, builder.getContext());
  Attribute access = AccessAttr::get(builder.getContext(), 0, map, ConditionAttr());
  ArrayAttr none = builder.getArrayAttr({});
  auto op =
      IndexOp::create(builder, part.tensor.getLoc(), body->getArgument(0).getType(), part.tensor, heed::Reduction::none,
                      none, none, 0, none, builder.getArrayAttr(access), ConditionAttr(), FormAttr());
  op.getBody().push_back(body);
  return op.getResult(0);
}

// ---- rows -----------------------------------------------------------------------------------------------------------

/// The row program's ops; it may mention the statement's indices.
Block *Statement::rowProgram(const Expr *attend, const IndexVars &results, Type scalar) {
  const RowProgram &program = *attend->weights;
  auto *body = new Block;
  auto rowType = tensorOf(program.row->axes, scalar);
  context.values[program.row] = body->addArgument(rowType, context.locate(*program.row));
  Around row{results, nullptr};
  OpBuilder inner = context.endOf(body);
  // Nothing in an attend is rounded to less than its scores are.
  FloatType outside = std::exchange(context.working, cast<FloatType>(scalar));
  emitBody(context, inner, *program.body, row);
  YieldOp::create(inner, context.locate(*program.weights), valueOf(context, inner, program.weights));
  context.working = outside;
  return body;
}

// ---- attend ---------------------------------------------------------------------------------------------------------

Value Statement::attend(const Expr *e, const IndexVars &resultIndices, Type elementType, const Conditions &unguarded,
                        Location loc) {
  assert(around.indices.empty() && "row programs hold no attend");
  IndexVars indices = resultIndices;
  indices.append(e->indices.begin(), e->indices.end());
  Type scalar = context.scalarType(e->body->type);

  Conditions inForce = unguarded, residual;
  Affine mask(context.mlir, indices, noData);
  Disjunction where = {Conjunction()};
  for (const Expr *condition : conjuncts(e->where)) {
    bool exact = true;
    auto joined = conjoin(where, mask.implied(condition, exact));
    if (joined)
      where = *joined;
    if (!joined || !exact)
      residual.push_back(condition);
    inForce.push_back(condition);
  }
  auto region = [&](const Expr *element, ArrayRef<const Expr *> conditions, Type type) {
    auto *body = new Block;
    TermPoint point(*this, indices, e->indices, unguarded, body);
    point.conditions.assign(conditions.begin(), conditions.end());
    Value value = point.valueAs(element, type);
    YieldOp::create(point.builder, loc, value);
    return body;
  };
  auto visibility = [&] {
    auto *body = new Block;
    TermPoint point(*this, indices, e->indices, unguarded, body);
    point.conditions = unguarded;
    Value all;
    for (const Expr *condition : residual) {
      Value value = point.value(condition);
      all = all ? arith::AndIOp::create(point.builder, value.getLoc(), all, value).getResult() : value;
    }
    YieldOp::create(point.builder, loc, all);
    return body;
  };
  Block *visible = residual.empty() ? nullptr : visibility();
  Block *score = region(e->body, inForce, scalar),
        *value = region(e->value, inForce, context.scalarType(e->value->type));
  Block *weights = rowProgram(e, resultIndices, scalar);

  auto op =
      AttendOp::create(builder, loc, tensorOver(resultIndices, elementType), namesOf(builder, indices),
                       boundsOf(builder, indices), resultIndices.size(), mask.symbols(), mask.attribute(where, 0));
  if (visible)
    op.getVisible().push_back(visible);
  op.getScore().push_back(score);
  op.getValue().push_back(value);
  op.getWeights().push_back(weights);
  return op.getResult();
}

} // namespace heed::irgen
