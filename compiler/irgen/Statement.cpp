// Index statements: one op for the element, ops before it for what it nests.
#include "compiler/irgen/Statement.h"

using namespace mlir;
using namespace heed::checked;

namespace heed::irgen {

/// Without casts between kinds of floats: the op's own result type says what is stored.
static const Expr *withoutFloatCasts(const Expr *e, Type stored = {}) {
  auto isCast = [&] {
    if (e->kind == Expr::Kind::Apply && stored)
      return (e->op == ScalarOp::Bf16 && stored.isBF16()) || (e->op == ScalarOp::F16 && stored.isF16());
    return e->kind == Expr::Kind::Cast && isFloat(e->type) && isFloat(e->operands[0]->type);
  };
  while (isCast())
    e = e->operands[0];
  return e;
}

Value Statement::define(const Expr *element, Type elementType, Location loc) {
  element = withoutFloatCasts(element, elementType);
  if (element->kind == Expr::Kind::Attend)
    return attend(element, results, elementType, {}, loc);
  IndexOp op = index(builder, {around.indices, results, element, elementType, {}, loc});
  return op.getResult(op.getNumResults() == 1 ? 0 : element->component);
}

// ---- parts of a statement -------------------------------------------------------------------------------------------

/// A check of data as an index has to happen exactly where the conditions hold: those that the part can state come
/// along. One over a reduced index that the part does not mention cannot be stated, and is left out.
static void addConditions(Dependences &dependences, ArrayRef<const Expr *> conditions, const IndexVars &statement,
                          llvm::SmallSetVector<const IndexVar *, 4> &indices, Conditions &kept) {
  for (const Expr *condition : conditions) {
    const auto &over = dependences.of(condition).indices;
    if (llvm::any_of(over,
                     [&](const IndexVar *v) { return !indices.contains(v) && !llvm::is_contained(statement, v); }))
      continue;
    indices.insert(over.begin(), over.end());
    kept.push_back(condition);
  }
}

Hoisted Statement::hoist(const Expr *e, const Point &point, ArrayRef<const Expr *> conditions) {
  const Dependence &dependence = context.dependences.of(e);
  llvm::SmallSetVector<const IndexVar *, 4> over = dependence.indices;
  Conditions kept;
  if (dependence.checks)
    addConditions(context.dependences, conditions, results, over, kept);
  else
    kept.assign(conditions.begin(), conditions.end());
  Hoisted part;
  for (const IndexVar *index : point.indices)
    if (!llvm::is_contained(around.indices, index) && over.contains(index))
      part.axes.push_back(index);
  for (const Hoisted &known : hoisted[e])
    if (known.axes == part.axes)
      return known;

  Type elementType = context.scalarType(e->type);
  if (e->kind == Expr::Kind::Attend) {
    part.tensor = attend(e, part.axes, elementType, kept, context.locate(e->range, "attend"));
  } else {
    StringRef name = e->kind == Expr::Kind::Reduce ? StringRef(checked::name(e->reduction))
                     : e->type == Element::Bool    ? "condition"
                                                   : "position";
    IndexOp op = index(builder, {around.indices, part.axes, e, elementType, kept, context.locate(e->range, name)});
    part.tensor = op.getResult(op.getNumResults() == 1 ? 0 : e->component);
  }
  hoisted[e].push_back(part);
  return part;
}

// ---- index ops ------------------------------------------------------------------------------------------------------

static heed::Reduction reductionOf(const Expr *e) {
  if (e->kind != Expr::Kind::Reduce)
    return heed::Reduction::none;
  switch (e->reduction) {
  case checked::Reduction::Sum:
    return heed::Reduction::sum;
  case checked::Reduction::Max:
    return heed::Reduction::max;
  case checked::Reduction::Min:
    return heed::Reduction::min;
  case checked::Reduction::Prod:
    return heed::Reduction::prod;
  case checked::Reduction::Any:
    return heed::Reduction::any;
  case checked::Reduction::All:
    return heed::Reduction::all;
  case checked::Reduction::Argmax:
    return heed::Reduction::argmax;
  case checked::Reduction::Logsumexp:
    return heed::Reduction::logsumexp;
  }
  llvm_unreachable("a reduction");
}

RankedTensorType tensorOver(ArrayRef<const IndexVar *> indices, Type elementType) {
  return tensorOf(llvm::map_to_vector(indices, [](const IndexVar *index) { return index->bound; }), elementType);
}

ArrayAttr namesOf(Builder b, ArrayRef<const IndexVar *> indices) {
  SmallVector<std::string> names;
  for (const IndexVar *index : indices) {
    std::string base;
    for (char c : index->name)
      base += llvm::isAlnum(c) ? c : '_';
    if (base.empty() || !llvm::isAlpha(base[0]))
      base = "i" + base;
    std::string name = base;
    for (unsigned n = 1; llvm::is_contained(names, name); ++n)
      name = base + "_" + std::to_string(n);
    names.push_back(name);
  }
  return b.getArrayAttr(llvm::map_to_vector(names, [&](StringRef name) -> Attribute { return b.getStringAttr(name); }));
}

ArrayAttr boundsOf(Builder b, ArrayRef<const IndexVar *> indices) {
  return b.getArrayAttr(llvm::map_to_vector(
      indices, [&](const IndexVar *index) -> Attribute { return SizeAttr::get(b.getContext(), index->bound); }));
}

IndexOp Statement::index(OpBuilder &at, const Index &request) {
  const Expr *root = withoutFloatCasts(request.element, request.elementType);
  heed::Reduction reduction = reductionOf(root);
  const Expr *element = reduction == heed::Reduction::none ? root : root->body;
  IndexVars own = request.results;
  if (reduction != heed::Reduction::none)
    own.append(root->indices.begin(), root->indices.end());
  IndexVars inForce = request.enclosing;
  inForce.append(own);

  auto *body = new Block;
  ElementPoint point(*this, inForce, body);
  point.conditions = point.unguarded = request.conditions;
  Disjunction where = {Conjunction()};
  Conditions residual; // what decides at each point beyond `where`
  Value holds;         // what decides at each point beyond `where`
  for (const Expr *condition : conjuncts(reduction == heed::Reduction::none ? nullptr : root->where)) {
    bool exact = true;
    auto joined = conjoin(where, point.affine.implied(condition, exact));
    if (joined)
      where = *joined;
    if (!joined || !exact) {
      Value value = point.value(condition);
      holds = holds ? arith::AndIOp::create(point.builder, value.getLoc(), holds, value).getResult() : value;
      point.unguarded.push_back(condition);
    }
    point.conditions.push_back(condition);
  }
  Type result = request.elementType ? request.elementType : context.scalarType(root->type);
  Type scalar = reduction == heed::Reduction::argmax ? context.scalarType(element->type) : scalarOf(result);
  SmallVector<Value> yielded = {point.valueAs(element, scalar)};
  if (holds)
    yielded.push_back(holds);
  YieldOp::create(point.builder, request.loc, yielded);

  if (request.elementType)
    result = tensorOver(request.results, result);
  SmallVector<Type> types(reduction == heed::Reduction::argmax ? root->indices.size() : 1, result);
  auto op = IndexOp::create(at, request.loc, types, point.sources, reduction, namesOf(at, own), boundsOf(at, own),
                            request.results.size(), point.affine.symbols(), point.accessList(),
                            point.affine.attribute(where, point.numAccesses()), FormAttr());
  op.getBody().push_back(body);
  return op;
}

} // namespace heed::irgen
