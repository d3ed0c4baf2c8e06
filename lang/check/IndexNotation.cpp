// Definitions `y[b, t] = …` and reductions `sum[i where …] …`: their binders, the ranges of those, and what comes of them.
#include "lang/check/Elaborator.h"
#include "lang/check/Mentions.h"

namespace heed {

/// What is known about binders that have no `in`: the axes that they address alone.
struct Elaborator::Ranges {
  struct Found {
    SizeExpr size;
    Range where;
  };
  std::map<std::string, std::vector<Found>, std::less<>> axes;       // by the binder's name
  std::vector<std::pair<std::vector<SizeExpr>, Range>> spreads;      // what `..` met
  std::vector<std::string> hidden;                                   // bound further inside: not ours
  std::set<std::string, std::less<>> names;                          // all binders that are looked for
  std::map<std::string, SizeExpr, std::less<>> given;                // those with `in`
  struct Composite {
    const ast::Index *index;
    SizeExpr axis;
  };
  std::vector<Composite> composites; // solved once the single ones are known
  bool poisoned = false;             // something indexed was wrong already, so a missing range is no fault of the binder
};

void Elaborator::collect(const std::vector<Bound> &bounds, std::vector<const IndexVar *> &into) {
  for (const Bound &bound : bounds) {
    into.insert(into.end(), bound.indices.begin(), bound.indices.end());
    collect(bound.parts, into);
  }
}

// ---- ranges -------------------------------------------------------------------------------------------------------------

/// The value of what is indexed, if it can be had without the binders; quietly none otherwise.
std::optional<Value> Elaborator::baseOf(const ast::Expr &e, Ranges &ranges, const ScopePtr &scope) {
  if (mentions(e, ranges.names) || mentions(e, {ranges.hidden.begin(), ranges.hidden.end()}))
    return std::nullopt;
  Value value = eval(e, scope);
  ranges.poisoned = ranges.poisoned || value.poisoned();
  if (!ast::as<ast::NameExpr>(&e))
    bases[&e] = value;
  return value;
}

void Elaborator::scanIndex(const ast::Index &index, const SizeExpr &axis, Ranges &ranges, const ScopePtr &scope) {
  if (index.kind == ast::Index::Kind::Composite) {
    ranges.composites.push_back({&index, axis});
    return;
  }
  if (index.kind != ast::Index::Kind::At)
    return;
  auto name = ast::as<ast::NameExpr>(index.low);
  if (name && ranges.names.count(name->name) &&
      std::find(ranges.hidden.begin(), ranges.hidden.end(), name->name) == ranges.hidden.end())
    ranges.axes[name->name].push_back({axis, name->range});
  else
    scanRanges(*index.low, ranges, scope);
}

void Elaborator::scanSubscript(const ast::Subscript &e, Ranges &ranges, const ScopePtr &scope) {
  scanRanges(*e.base, ranges, scope);
  auto value = baseOf(*e.base, ranges, scope);
  const Data *base = value ? value->data() : nullptr;
  size_t rank = base ? base->axes.size() : 0, taken = 0;
  for (const ast::Index &index : e.indices)
    taken += index.kind != ast::Index::Kind::Spread;
  if (!base || taken > rank) {
    for (const ast::Index &index : e.indices)
      if (index.kind == ast::Index::Kind::At && !ast::as<ast::NameExpr>(index.low))
        scanRanges(*index.low, ranges, scope);
    if (base && tooManyIndices(e, *base))
      ranges.poisoned = true;
    return;
  }
  size_t axis = 0;
  for (const ast::Index &index : e.indices) {
    if (index.kind == ast::Index::Kind::Spread) {
      size_t count = rank - taken;
      ranges.spreads.push_back({{base->axes.begin() + axis, base->axes.begin() + axis + count}, index.range});
      axis += count;
      continue;
    }
    scanIndex(index, base->axes[axis++], ranges, scope);
  }
}

void Elaborator::scanRanges(const ast::Expr &e, Ranges &ranges, const ScopePtr &scope) {
  using K = ast::Expr::Kind;
  auto scan = [&](const ast::ExprPtr &part) {
    if (part)
      scanRanges(*part, ranges, scope);
  };
  auto hiding = [&](const std::vector<ast::Binder> &binders, auto inner) {
    size_t before = ranges.hidden.size();
    size_t spreadsBefore = ranges.spreads.size();
    bool hidesSpread = false;
    std::function<void(const ast::Binder &)> hide = [&](const ast::Binder &binder) {
      if (binder.kind == ast::Binder::Kind::Name)
        ranges.hidden.push_back(binder.name.text), scan(binder.in);
      hidesSpread = hidesSpread || binder.kind == ast::Binder::Kind::Spread;
      for (const ast::Binder &part : binder.parts)
        hide(part);
    };
    for (const ast::Binder &binder : binders)
      hide(binder);
    inner();
    ranges.hidden.resize(before);
    if (hidesSpread)
      ranges.spreads.resize(spreadsBefore);
  };
  switch (e.kind) {
  case K::Paren: return scan(static_cast<const ast::Paren &>(e).inner);
  case K::Tuple:
    for (const auto &entry : static_cast<const ast::Tuple &>(e).entries)
      scan(entry.value);
    return;
  case K::List:
    for (const auto &element : static_cast<const ast::List &>(e).elements)
      scan(element);
    return;
  case K::If: {
    const auto &i = static_cast<const ast::If &>(e);
    if (!mentions(*i.condition, ranges.names)) // what is not chosen when compiling says nothing
      if (Value chosen = eval(*i.condition, scope); chosen.as<bool>())
        return scan(*chosen.as<bool>() ? i.then : i.otherwise);
    return scan(i.condition), scan(i.then), scan(i.otherwise);
  }
  case K::Unary: return scan(static_cast<const ast::Unary &>(e).operand);
  case K::Binary: {
    const auto &b = static_cast<const ast::Binary &>(e);
    return scan(b.left), scan(b.right);
  }
  case K::Call: {
    const auto &call = static_cast<const ast::Call &>(e);
    scan(call.callee);
    if (auto name = ast::as<ast::NameExpr>(call.callee)) // `x(b, t)` for `x[b, t]` is no fault of the binders
      if (auto value = lookup(name->name, name->range, scope); value && value->data())
        this->call(*value, name->range, {}, e.range), ranges.poisoned = true;
    for (const auto &argument : call.arguments)
      scan(argument.value);
    return;
  }
  case K::Dot: return scan(static_cast<const ast::Dot &>(e).base);
  case K::Subscript: return scanSubscript(static_cast<const ast::Subscript &>(e), ranges, scope);
  case K::Reduce: {
    const auto &r = static_cast<const ast::Reduce &>(e);
    return hiding(r.binders, [&] { scan(r.where), scan(r.body); });
  }
  case K::Attend: {
    const auto &a = static_cast<const ast::Attend &>(e);
    return hiding(a.binders, [&] {
      scan(a.where);
      for (const auto &argument : a.arguments)
        scan(argument.value);
    });
  }
  case K::Body: {
    size_t before = ranges.hidden.size();
    for (const auto &statement : static_cast<const ast::Body &>(e).statements) {
      scan(statement->value), scan(statement->condition);
      for (const ast::Target &target : statement->targets)
        ranges.hidden.push_back(target.name.text);
    }
    ranges.hidden.resize(before);
    return;
  }
  default: return;
  }
}

bool Elaborator::makeBound(const ast::Binder &binder, Ranges &ranges, const ScopePtr &inner, const ScopePtr &outer, Bound &bound) {
  bound.binder = &binder;
  if (binder.kind == ast::Binder::Kind::Composite) {
    for (const ast::Binder &part : binder.parts)
      if (!makeBound(part, ranges, inner, outer, bound.parts.emplace_back()))
        return false;
    return true;
  }
  if (binder.kind == ast::Binder::Kind::Colon)
    return true; // an axis that the element brings along
  if (binder.kind == ast::Binder::Kind::Spread) {
    if (ranges.spreads.empty() && ranges.poisoned)
      return false;
    if (ranges.spreads.empty()) {
      fault(Kind::UnrangedBinder, binder.range, "nothing here says which axes `..` stands for");
      return false;
    }
    const auto &[axes, where] = ranges.spreads.front();
    for (const auto &[other, otherRange] : ranges.spreads)
      if (other.size() != axes.size() || !std::equal(axes.begin(), axes.end(), other.begin(), [&](auto &a, auto &b) { return sizesAgree(a, b); })) {
        fault(Kind::AxisMismatch, binder.range, "`..` stands for {} and for {}", shapeText(axes), shapeText(other))
            .mark(where, shapeText(axes))
            .mark(otherRange, shapeText(other));
        return false;
      }
    for (size_t i = 0; i < axes.size(); ++i)
      bound.indices.push_back(make.index(axes.size() == 1 ? "a" : fmt::format("a{}", i), axes[i], binder.range));
    return true;
  }
  std::optional<SizeExpr> size;
  if (auto given = ranges.given.find(binder.name.text); given != ranges.given.end())
    size = given->second;
  auto found = ranges.axes.find(binder.name.text);
  if (!size && found != ranges.axes.end()) {
    size = found->second.front().size;
    for (const Ranges::Found &other : found->second)
      if (!sizesAgree(other.size, *size)) {
        fault(Kind::AxisMismatch, binder.name.range, "`{}` addresses an axis of size {} and one of size {}", binder.name.text, size->str(),
              other.size.str())
            .mark(found->second.front().where, size->str())
            .mark(other.where, other.size.str());
        return false;
      }
  }
  if (!size && ranges.poisoned)
    return false;
  if (!size) {
    fault(Kind::UnrangedBinder, binder.name.range, "nothing here says what `{}` ranges over", binder.name.text)
        .labelled("addresses no axis by itself")
        .helped(fmt::format("say so: `{} in N`", binder.name.text));
    return false;
  }
  bound.indices = {make.index(binder.name.text, *size, binder.name.range)};
  inner->names[binder.name.text] = scalar(make.at(bound.indices[0], binder.name.range));
  return true;
}

/// Gives every binder its index variables and its name in `inner`, from `in` or from the axes that it addresses in what was scanned.
bool Elaborator::bindBinders(const std::vector<ast::Binder> &binders, const std::vector<const ast::Expr *> &scanned, const ScopePtr &inner,
                             const ScopePtr &outer, std::vector<Bound> &bounds) {
  Ranges ranges;
  bool fine = true, open = false;
  std::function<void(const ast::Binder &)> look = [&](const ast::Binder &binder) {
    for (const ast::Binder &part : binder.parts)
      look(part);
    open = open || binder.kind == ast::Binder::Kind::Spread;
    if (binder.kind != ast::Binder::Kind::Name)
      return;
    ranges.names.insert(binder.name.text);
    if (!binder.in) {
      open = true;
      return;
    }
    Value value = eval(*binder.in, outer);
    auto span = value.as<SpanValue>();
    auto size = span && span->low == SizeExpr(0) ? std::optional(span->high) : value.size();
    if (!size && !value.poisoned())
      notWhole(Kind::NotAnIndex, binder.in->range, fmt::format("what `{}` ranges over", binder.name.text), value);
    if (size)
      ranges.given.insert({binder.name.text, *size});
    fine = fine && size;
  };
  for (const ast::Binder &binder : binders)
    look(binder);
  if (!fine)
    return false;
  if (open)
    for (const ast::Expr *e : scanned)
      if (e)
        scanRanges(*e, ranges, outer);
  solveComposites(ranges, outer);
  for (const ast::Binder &binder : binders)
    if (!makeBound(binder, ranges, inner, outer, bounds.emplace_back()))
      return false;
  return true;
}

/// A binder inside a composite ranges over what the other parts leave of the axis.
void Elaborator::solveComposites(Ranges &ranges, const ScopePtr &scope) {
  auto sizeOf = [&](const std::string &name) -> std::optional<SizeExpr> {
    if (auto given = ranges.given.find(name); given != ranges.given.end())
      return given->second;
    if (auto found = ranges.axes.find(name); found != ranges.axes.end())
      return found->second.front().size;
    return std::nullopt;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto &[index, axis] : ranges.composites) {
      SizeExpr product = 1;
      const ast::NameExpr *unknown = nullptr;
      unsigned unknowns = 0;
      for (const ast::Index &part : index->parts) {
        auto name = part.kind == ast::Index::Kind::At ? ast::as<ast::NameExpr>(part.low) : nullptr;
        std::optional<SizeExpr> extent = name ? sizeOf(name->name) : std::nullopt;
        if (!extent && part.kind == ast::Index::Kind::At && !(name && ranges.names.count(name->name))) {
          // `1 - p`, or an index of an enclosing statement: the range of the one index in it
          for (const std::string &candidate : namesIn(*part.low))
            if (auto size = sizeOf(candidate))
              extent = size;
            else if (auto outerValue = lookup(candidate, part.range, scope))
              if (const Data *data = outerValue->data(); data && data->axes.empty())
                if (const Expr *e = scalarOf(*data); e->kind == Expr::Kind::Index)
                  extent = e->index->bound;
        }
        if (extent)
          product = product * *extent;
        else
          unknown = name, ++unknowns;
      }
      if (unknowns != 1 || !unknown)
        continue;
      if (auto rest = axis.dividedBy(product)) {
        ranges.axes[unknown->name].push_back({*rest, unknown->range});
        changed = true;
      }
    }
  }
}

// ---- definitions ----------------------------------------------------------------------------------------------------------

Value Elaborator::evalDefinition(const std::vector<const ast::Target *> &targets, const ast::Expr &e, const ScopePtr &scope) {
  const ast::Target &target = *targets.front();
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  std::vector<Bound> bounds;
  if (!bindBinders(*target.binders, {&e}, inner, scope, bounds))
    return {};
  std::vector<const IndexVar *> spread;
  for (const Bound &bound : bounds)
    if (bound.binder->kind == ast::Binder::Kind::Spread)
      spread = bound.indices;
  spreads.push_back(spread);
  ++indexDepth;
  Value value = eval(e, inner);
  --indexDepth;
  spreads.pop_back();
  if (value.poisoned())
    return {};
  if (auto tuple = value.as<std::shared_ptr<const TupleValue>>()) { // argmax over several indices
    auto result = std::make_shared<TupleValue>();
    for (size_t i = 0; i < (*tuple)->items.size(); ++i) {
      DataPtr element = toData((*tuple)->items[i], e.range, "the element");
      result->names.push_back("");
      result->items.push_back(element ? Value(definedFrom(bounds, element, i < targets.size() ? targets[i]->name.text : "", e.range)) : Value());
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
    fault(Kind::RankMismatch, e.range, "each element of `{}` is a scalar, and this is {}", target.name.text, describe(value))
        .helped("bring its axes along with `:` among the binders, or index it");
    return {};
  }
  if (brought > element->axes.size()) {
    fault(Kind::RankMismatch, e.range, "`{}` brings {} axes along, and its element has {}", target.name.text, brought, element->axes.size());
    return {};
  }
  return definedFrom(bounds, element, target.name.text, target.range.to(e.range));
}

/// The tensor over the binders: position by position, the indices are replaced. Composite binders split one axis.
Elaborator::DataPtr Elaborator::definedFrom(const std::vector<Bound> &bounds, const DataPtr &element, const std::string &name, Range range) {
  auto data = std::make_shared<Data>();
  data->element = element->element;
  std::vector<SizeExpr> flat;     // axes with composites taken apart
  std::vector<size_t> groups;     // how many of them make one axis of the result
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

// ---- reductions -----------------------------------------------------------------------------------------------------------

Value Elaborator::evalReduce(const ast::Reduce &e, const ScopePtr &scope) {
  static const std::map<std::string, checked::Reduction, std::less<>> reductions = {
      {"sum", checked::Reduction::Sum},   {"mean", checked::Reduction::Sum}, {"max", checked::Reduction::Max},
      {"min", checked::Reduction::Min},   {"prod", checked::Reduction::Prod}, {"any", checked::Reduction::Any},
      {"all", checked::Reduction::All},   {"argmax", checked::Reduction::Argmax}, {"logsumexp", checked::Reduction::Logsumexp}};
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
    auto &report = fault(Kind::ElementType, e.body->range, "`{}` takes {}, and this is {}", e.reducer.text, truth ? "booleans" : "numbers",
                         describe(body));
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
    fault(Kind::ConditionNotBoolean, e.range, "`where` takes a boolean for each point, and this is {}", describe(value));
    return false;
  }
  where = condition && !Scalars::isTrue(condition) ? condition : nullptr;
  return data != nullptr;
}

Value Elaborator::reduceData(checked::Reduction reduction, bool mean, const std::vector<const IndexVar *> &indices, const Expr *where,
                             const DataPtr &element, Range range) {
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
    if (body->kind == Expr::Kind::Number && body->type == Element::I64 && reduction == checked::Reduction::Sum && !where && !mean) {
      SizeExpr count = static_cast<int64_t>(body->number); // sum[i] 1
      for (const IndexVar *v : indices)
        count = count * v->bound;
      return make.size(count, range);
    }
    const Expr *sum = reduced(body, body->type, 0);
    if (!mean)
      return sum;
    const Expr *count;
    if (where) {
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
