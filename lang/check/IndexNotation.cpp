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
      result->items.push_back(element ? definedFrom(bounds, element, e.range) : Value());
    }
    return std::shared_ptr<const TupleValue>(result);
  }
  DataPtr element = toData(value, e.range, "the element");
  if (!element)
    return {};
  size_t brought = 0;
  for (const Bound &bound : bounds)
    brought += bound.binder->kind == ast::Binder::Kind::Colon;
  std::function<bool(const Bound &)> collects = [&](const Bound &bound) {
    return bound.turn || std::any_of(bound.parts.begin(), bound.parts.end(), collects);
  };
  bool partial = std::any_of(bounds.begin(), bounds.end(), collects);
  if (brought == 0 && !element->axes.empty() && !partial) {
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
  return definedFrom(bounds, element, target.range.to(e.range));
}

/// The tensor over the binders: position by position, the indices are replaced. Within a loop whose variable is among
/// the binders it is one turn's part of that.
Value Elaborator::definedFrom(const std::vector<Bound> &bounds, const DataPtr &element, Range range) {
  auto flat = std::make_shared<Data>(); // composites taken apart
  flat->element = element->element;
  Collected collected;
  std::vector<const IndexVar *> leaves; // of each axis of `flat`; null for those that the element brings along
  size_t brought = 0;
  bool partial = false;
  auto axis = [&](const IndexVar *v) {
    flat->axes.push_back(v ? v->bound : element->axes[brought++]), flat->axisNames.push_back(v ? v->name : "");
    collected.axes.push_back(""), leaves.push_back(v);
  };
  std::function<void(const Bound &)> apart = [&](const Bound &bound) {
    if (bound.turn)
      collected.axes.push_back(bound.binder->name.text), partial = true;
    if (bound.binder->kind == ast::Binder::Kind::Colon)
      axis(nullptr);
    std::for_each(bound.indices.begin(), bound.indices.end(), axis);
    std::for_each(bound.parts.begin(), bound.parts.end(), apart);
  };
  for (const Bound &bound : bounds) {
    size_t before = collected.axes.size();
    apart(bound);
    size_t made = collected.axes.size() - before;
    if (bound.binder->kind == ast::Binder::Kind::Composite)
      collected.groups.push_back(made);
    else
      collected.groups.insert(collected.groups.end(), made, 1);
  }
  while (brought < element->axes.size()) // `:` at the end may be left out
    axis(nullptr), collected.groups.push_back(1);
  flat->at = [=, this](std::span<const Expr *const> positions) {
    Scalars::Positions with;
    std::vector<const Expr *> broughtAt;
    for (size_t i = 0; i < leaves.size(); ++i)
      if (leaves[i])
        with[leaves[i]] = positions[i];
      else
        broughtAt.push_back(positions[i]);
    return make.substitute(element->at(broughtAt), with);
  };
  if (!partial)
    return grouped(flat, collected.groups, range);
  collected.slice = grouped(flat, std::vector<size_t>(flat->axes.size(), 1), range);
  return std::make_shared<const Collected>(collected);
}

/// The same elements with neighbouring axes made one, row-major: as many as each group says.
Elaborator::DataPtr Elaborator::grouped(DataPtr flat, const std::vector<size_t> &groups, Range range) {
  auto data = std::make_shared<Data>();
  data->element = flat->element;
  bool constantFactors = true;
  size_t next = 0;
  for (size_t group : groups) {
    SizeExpr product = flat->axes[next];
    for (size_t i = 1; i < group; ++i) {
      product = product * flat->axes[next + i];
      constantFactors = constantFactors && flat->axes[next + i].isConstant();
    }
    data->axes.push_back(product);
    data->axisNames.push_back(flat->axisNames[next] + (group > 1 ? flat->axisNames[next + group - 1] : ""));
    next += group;
  }
  if (!constantFactors) // store it with the axis taken apart, then merge
    return reshaped(flat, data->axes, range);
  data->at = [=, this](std::span<const Expr *const> positions) {
    std::vector<const Expr *> apart;
    size_t axis = 0;
    for (size_t group : groups) {
      const Expr *rest = positions[axis++];
      std::vector<const Expr *> digits(group);
      for (size_t i = group; i-- > 1;) {
        const Expr *size = make.size(flat->axes[apart.size() + i], range);
        digits[i] = make.apply(ScalarOp::Remainder, rest, size, range);
        rest = make.apply(ScalarOp::FloorDivide, rest, size, range);
      }
      digits[0] = rest;
      apart.insert(apart.end(), digits.begin(), digits.end());
    }
    return flat->at(apart);
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
