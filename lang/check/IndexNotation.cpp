// Definitions `y[b, t] = …` and reductions `sum[i where …] …`: what comes of them once their binders have ranges
// (BinderRanges.cpp).
#include "lang/check/Elaborator.h"

namespace heed {

// ---- definitions ----

/// With `old`, the element is that joined with `e` by `op`.
Value Elaborator::evalDefinition(const std::vector<const ast::Target *> &targets, const ast::Expr &e,
                                 const ScopePtr &scope, const ast::Expr *old, ast::Binary::Op op) {
  const ast::Target &target = *targets.front();
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  std::vector<Bound> bounds;
  if (!bindBinders(*target.binders, old ? std::vector{old, &e} : std::vector{&e}, inner, scope, bounds))
    return {};
  std::vector<const IndexVar *> spread;
  for (const Bound &bound : bounds)
    if (bound.binder->kind == ast::Binder::Kind::Spread)
      spread = bound.indices;
  std::vector<const IndexVar *> own;
  collect(bounds, own);
  spreads.push_back(spread);
  ++indexDepth;
  Value value;
  {
    InForce in(*this, own);
    value = eval(e, inner);
    if (old && !value.poisoned())
      value = binary(op, eval(*old, inner), value, e.range, target.range, e.range);
  }
  --indexDepth;
  spreads.pop_back();
  if (value.poisoned())
    return {};
  if (auto tuple = value.as<std::shared_ptr<const TupleValue>>()) { // argmax over several indices
    auto result = std::make_shared<TupleValue>();
    for (size_t i = 0; i < (*tuple)->items.size(); ++i) {
      DataPtr element = toData((*tuple)->items[i], e.range, "the element");
      result->names.push_back("");
      result->items.push_back(
          element ? Value(definedFrom(bounds, element, i < targets.size() ? targets[i]->name.text : "", e.range))
                  : Value());
    }
    return std::shared_ptr<const TupleValue>(result);
  }
  DataPtr element = toData(value, e.range, "the element");
  if (!element)
    return {};
  size_t brought = 0;
  for (const Bound &bound : bounds)
    brought += bound.binder->kind == ast::Binder::Kind::Colon;
  if (brought == 0 && !element->axes.empty()) {
    fault(Kind::RankMismatch, e.range, "each element of `{}` is a scalar, and this is {}", target.name.text,
          describe(value))
        .helped("bring its axes along with `:` among the binders, or index it");
    return {};
  }
  if (brought > element->axes.size()) {
    fault(Kind::RankMismatch, e.range, "`{}` brings {} axes along, and its element has {}", target.name.text, brought,
          element->axes.size());
    return {};
  }
  return definedFrom(bounds, element, target.name.text, target.range.to(e.range));
}

/// The tensor over the binders: position by position, the indices are replaced. Composite binders split one axis.
Elaborator::DataPtr Elaborator::definedFrom(const std::vector<Bound> &bounds, const DataPtr &element,
                                            const std::string &name, Range range) {
  auto data = std::make_shared<Data>();
  data->element = element->element;
  std::vector<SizeExpr> flat; // axes with composites taken apart
  std::vector<size_t> groups; // how many of them make one axis of the result
  bool constantFactors = true;
  size_t brought = 0;
  for (const Bound &bound : bounds) {
    std::vector<const IndexVar *> own;
    collect({bound}, own);
    if (bound.binder->kind == ast::Binder::Kind::Colon) {
      flat.push_back(element->axes[brought++]), groups.push_back(1);
      data->axisNames.push_back("");
      continue;
    }
    bool composite = bound.binder->kind == ast::Binder::Kind::Composite;
    for (size_t i = 0; i < own.size(); ++i) {
      flat.push_back(own[i]->bound);
      constantFactors = constantFactors && (!composite || i == 0 || own[i]->bound.isConstant());
      if (!composite)
        groups.push_back(1), data->axisNames.push_back(own[i]->name);
    }
    if (composite)
      groups.push_back(own.size()), data->axisNames.push_back(own[0]->name + own.back()->name);
  }
  for (; brought < element->axes.size(); ++brought) // `:` at the end may be left out
    flat.push_back(element->axes[brought]), groups.push_back(1), data->axisNames.push_back("");
  auto atFlat = [=, this](std::vector<const Expr *> positions) {
    Scalars::Positions with;
    std::vector<const Expr *> broughtAt;
    size_t next = 0;
    for (const Bound &bound : bounds) {
      std::vector<const IndexVar *> own;
      collect({bound}, own);
      if (bound.binder->kind == ast::Binder::Kind::Colon)
        broughtAt.push_back(positions[next++]);
      for (const IndexVar *v : own)
        with[v] = positions[next++];
    }
    broughtAt.insert(broughtAt.end(), positions.begin() + next, positions.end());
    return make.substitute(element->at(broughtAt), with);
  };
  if (!constantFactors) { // define it with the axis taken apart, then merge
    auto split = std::make_shared<Data>();
    split->element = data->element, split->axes = flat;
    split->at = [=](std::span<const Expr *const> positions) { return atFlat({positions.begin(), positions.end()}); };
    std::vector<SizeExpr> merged;
    size_t next = 0;
    for (size_t group : groups) {
      SizeExpr product = 1;
      for (size_t i = 0; i < group; ++i)
        product = product * flat[next++];
      merged.push_back(product);
    }
    return reshaped(split, merged, range);
  }
  size_t next = 0;
  for (size_t group : groups) {
    SizeExpr product = 1;
    for (size_t i = 0; i < group; ++i)
      product = product * flat[next++];
    data->axes.push_back(product);
  }
  data->at = [=, this](std::span<const Expr *const> positions) {
    std::vector<const Expr *> apart;
    size_t axis = 0, factor = 0;
    for (size_t group : groups) {
      const Expr *rest = positions[axis++];
      std::vector<const Expr *> digits(group);
      for (size_t i = group; i-- > 1;) {
        const Expr *size = make.size(flat[factor + i], range);
        digits[i] = make.apply(ScalarOp::Remainder, rest, size, range);
        rest = make.apply(ScalarOp::FloorDivide, rest, size, range);
      }
      digits[0] = rest;
      apart.insert(apart.end(), digits.begin(), digits.end());
      factor += group;
    }
    return atFlat(std::move(apart));
  };
  if (data->axes.empty())
    return scalar(data->at({}));
  data->view = isView(*data, range);
  return data;
}

/// Every element is one element of one tensor, always inside, at positions that are arithmetic of the indices.
bool Elaborator::isView(const Data &data, Range range) {
  std::vector<const Expr *> positions;
  for (const SizeExpr &axis : data.axes)
    positions.push_back(make.at(make.index("p", axis, range), range));
  const Expr *e = data.at(positions);
  if (e->kind != Expr::Kind::Read || !e->guards.empty())
    return false;
  for (size_t i = 0; i < e->operands.size(); ++i)
    if (e->checked[i] || readsData(e->operands[i]))
      return false;
  return true;
}

// ---- reductions ----

Value Elaborator::evalReduce(const ast::Reduce &e, const ScopePtr &scope) {
  static const std::map<std::string, checked::Reduction, std::less<>> reductions = {
      {"sum", checked::Reduction::Sum},
      {"mean", checked::Reduction::Sum},
      {"max", checked::Reduction::Max},
      {"min", checked::Reduction::Min},
      {"prod", checked::Reduction::Prod},
      {"any", checked::Reduction::Any},
      {"all", checked::Reduction::All},
      {"argmax", checked::Reduction::Argmax},
      {"logsumexp", checked::Reduction::Logsumexp}};
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  std::vector<Bound> bounds;
  if (!bindBinders(e.binders, {e.where.get(), e.body.get()}, inner, scope, bounds))
    return {};
  std::vector<const IndexVar *> indices;
  collect(bounds, indices);
  bool spread = false;
  for (const Bound &bound : bounds)
    if (bound.binder->kind == ast::Binder::Kind::Spread)
      spreads.push_back(bound.indices), spread = true;
  ++indexDepth;
  InForce in(*this, indices);
  const Expr *where = nullptr;
  bool fine = true;
  if (e.where)
    fine = evalWhere(*e.where, inner, where);
  Value body;
  if (fine) {
    Assumed assumed(*this, where, true);
    body = eval(*e.body, inner);
  }
  --indexDepth;
  if (spread)
    spreads.pop_back();
  DataPtr element = fine ? toData(body, e.body->range, "what is reduced") : nullptr;
  if (!element)
    return {};
  auto reduction = reductions.at(e.reducer.text);
  bool truth = reduction == checked::Reduction::Any || reduction == checked::Reduction::All;
  if (truth != (element->element == Element::Bool)) {
    auto &report = fault(Kind::ElementType, e.body->range, "`{}` takes {}, and this is {}", e.reducer.text,
                         truth ? "booleans" : "numbers", describe(body));
    if (truth)
      report.helped("a reduction reaches over the product behind it; put a comparison in parentheses");
    return {};
  }
  return reduceData(reduction, e.reducer.text == "mean", indices, where, element, e.range);
}

/// The condition of a reduction; null for one that always holds.
bool Elaborator::evalWhere(const ast::Expr &e, const ScopePtr &scope, const Expr *&where) {
  Value value = eval(e, scope);
  DataPtr data = toData(value, e.range, "the condition");
  const Expr *condition = data ? scalarOf(*data) : nullptr;
  if (data && (!condition || condition->type != Element::Bool)) {
    fault(Kind::ConditionNotBoolean, e.range, "`where` takes a boolean for each point, and this is {}",
          describe(value));
    return false;
  }
  where = condition && !Scalars::isTrue(condition) ? condition : nullptr;
  return data != nullptr;
}

Value Elaborator::reduceData(checked::Reduction reduction, bool mean, const std::vector<const IndexVar *> &indices,
                             const Expr *where, const DataPtr &element, Range range) {
  auto reduced = [=, this](const Expr *body, Element type, unsigned component) {
    Expr *e = make.make(Expr::Kind::Reduce, type, range);
    e->reduction = reduction, e->indices = indices, e->where = where, e->body = body, e->component = component;
    return e;
  };
  if (reduction == checked::Reduction::Argmax && indices.size() > 1) {
    auto tuple = std::make_shared<TupleValue>();
    for (unsigned i = 0; i < indices.size(); ++i) {
      tuple->names.push_back("");
      tuple->items.push_back(scalar(reduced(scalarOf(*element), Element::I64, i)));
    }
    return std::shared_ptr<const TupleValue>(tuple);
  }
  // Which keys a row sees, so how many, is known to nobody here.
  bool ofRow = rowKeys && std::any_of(indices.begin(), indices.end(), [&](auto *v) { return v->bound == *rowKeys; });
  auto data = std::make_shared<Data>();
  data->axes = element->axes, data->axisNames = element->axisNames;
  data->element = reduction == checked::Reduction::Argmax ? Element::I32 : element->element;
  if ((mean || reduction == checked::Reduction::Logsumexp) && !checked::isFloat(data->element))
    data->element = Element::F32;
  data->at = [=, this](std::span<const Expr *const> positions) -> const Expr * {
    const Expr *body = element->at(positions);
    if (reduction == checked::Reduction::Argmax)
      return reduced(body, Element::I64, 0);
    if ((mean || reduction == checked::Reduction::Logsumexp) && !checked::isFloat(body->type))
      body = make.cast(body, Element::F32, range);
    if (body->kind == Expr::Kind::Number && body->type == Element::I64 && reduction == checked::Reduction::Sum &&
        !where && !mean && !ofRow) {
      SizeExpr count = static_cast<int64_t>(body->number); // sum[i] 1
      for (const IndexVar *v : indices)
        count = count * v->bound;
      return make.size(count, range);
    }
    const Expr *sum = reduced(body, body->type, 0);
    if (!mean)
      return sum;
    const Expr *count;
    if (where || ofRow) {
      Expr *counted = make.make(Expr::Kind::Reduce, Element::I64, range);
      counted->reduction = checked::Reduction::Sum, counted->indices = indices, counted->where = where;
      counted->body = make.number(1, range);
      count = make.apply(ScalarOp::Max, counted, make.number(1, range), range); // the mean of nothing is 0
    } else {
      SizeExpr product = 1;
      for (const IndexVar *v : indices)
        product = product * v->bound;
      count = make.size(product, range);
    }
    return make.apply(ScalarOp::Divide, sum, make.cast(count, body->type, range), range);
  };
  return data->axes.empty() ? simplified(scalar(data->at({}))) : Value(DataPtr(data));
}

} // namespace heed
