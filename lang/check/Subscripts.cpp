// Reading a tensor at indices: positions, stretches, composites, and whether they lie inside.
#include "lang/check/Elaborator.h"

namespace heed {

Value Elaborator::evalSubscript(const ast::Subscript &e, const ScopePtr &scope) {
  auto known = bases.find(e.base.get());
  Value base = known != bases.end() ? known->second : eval(*e.base, scope);
  if (base.poisoned())
    return {};
  if (base.as<std::shared_ptr<const List>>())
    return subscriptList(e, base, scope);
  DataPtr data = toData(base, e.base->range, "what is indexed");
  return data ? subscriptData(e, data, scope) : Value();
}

/// A list is indexed, or taken in part, by compile-time numbers; a list of equal blocks by data too, which is routing;
/// one of numbers is a table.
Value Elaborator::subscriptList(const ast::Subscript &e, const Value &base, const ScopePtr &scope) {
  if (e.indices.size() == 1 && e.indices[0].kind == ast::Index::Kind::Slice)
    return partOfList(e.indices[0], base, scope);
  if (e.indices.size() != 1 || e.indices[0].kind != ast::Index::Kind::At) {
    fault(Kind::IndexCount, e.range, "a list takes one index");
    return {};
  }
  Value index = eval(*e.indices[0].low, scope);
  if (index.poisoned())
    return {};
  auto number = index.as<Number>();
  auto at = number ? number->whole() : std::nullopt;
  auto list = base.as<std::shared_ptr<const List>>();
  if (!at)
    if (DataPtr table = tableOf(*list, e.base->range))
      return subscriptData(e, table, scope);
  if (!at)
    return pickedFrom(*list, e, index, scope);
  int64_t count = (*list)->items.size();
  if (*at < 0)
    *at += count;
  if (*at < 0 || *at >= count) {
    fault(Kind::IndexOutside, e.indices[0].range, "the list has {} elements, so there is no element {}", count,
          number->str());
    return {};
  }
  return (*base.as<std::shared_ptr<const List>>())->items[*at];
}

/// A scalar that says where: an index, data, or arithmetic on them.
const Expr *Elaborator::position(const ast::Expr &e, const ScopePtr &scope) {
  Value value = eval(e, scope);
  DataPtr data = toData(value, e.range, "the index");
  if (!data)
    return nullptr;
  const Expr *at = scalarOf(*data);
  if (!at || at->type != Element::I64) {
    auto &report = data->axes.empty() ? notWhole(Kind::NotAnIndex, e.range, "an index", value)
                                      : fault(Kind::NotAnIndex, e.range, "an index is one whole number, and this is {}",
                                              describe(value));
    if (at && at->kind == Expr::Kind::Read && checked::isFloat(at->type))
      report.helped("declare it with an integer type, such as `i32[…]`");
    else if (at && checked::isFloat(at->type))
      report.helped("write `floor(…)` or `ceil(…)`");
    return nullptr;
  }
  return at;
}

namespace {
/// The value of the whole part of a slice bound; `-1` counts from the end.
SizeExpr fromEnd(const ast::Expr &e, const SizeExpr &value, const SizeExpr &axis) {
  auto negated = ast::as<ast::Unary>(&e);
  auto n = value.constant();
  bool negative = (n && *n < 0) || (!n && negated && negated->op == ast::Unary::Op::Negate);
  return negative ? axis + value : value;
}
} // namespace

/// What only run time knows of sizes is asked there, and taken for granted afterwards.
void Elaborator::requireForm(const SizeExpr &form, const std::string &message, Range range) {
  Question q = question();
  if (!body || q.facts.proves(Linear(form)))
    return;
  if (q.facts.proves(Linear(SizeExpr(-1) - form))) { // for no sizes
    fault(Kind::IndexOutside, range, "{}", message);
    return;
  }
  checked::Body *here = std::exchange(body, once ? once : body); // no turn of a loop decides it
  checked::Op &op = append(checked::Op::Kind::Require, range);
  body = here;
  op.atLeastZero = form, op.message = message;
  required.push_back(Linear(form));
}

/// The position as a size that no index takes part in.
std::optional<SizeExpr> Elaborator::sizeOf(const Expr *e) {
  if (e->kind == Expr::Kind::Size)
    return e->size;
  if (e->kind == Expr::Kind::Number && e->type == Element::I64)
    return SizeExpr(static_cast<int64_t>(e->number));
  return std::nullopt;
}

/// A whole number that data or floating point arithmetic gives: nothing can be proved of it, so it is checked when run.
bool Elaborator::computed(const Expr *e) {
  if (readsData(e))
    return true;
  bool fromFloat = e->type == Element::I64 && !e->operands.empty() && checked::isFloat(e->operands.back()->type);
  return fromFloat ||
         std::any_of(e->operands.begin(), e->operands.end(), [&](const Expr *operand) { return computed(operand); });
}

/// Positions that are handed to a table as data, `wpe(0..T)`, are known all the same: whether they end where it does is
/// not left to run time.
bool Elaborator::staysInTable(const Expr *at, const SizeExpr &axis, size_t number, Range range) {
  if (at->kind != Expr::Kind::Read || !at->tensor->definition)
    return true;
  const checked::Op &op = *at->tensor->definition;
  if (op.kind != checked::Op::Kind::Define || op.results.size() != 1 || op.indices.size() != at->operands.size() ||
      computed(op.element))
    return true;
  Scalars::Positions positions;
  for (size_t i = 0; i < op.indices.size(); ++i)
    positions[op.indices[i]] = at->operands[i];
  const Expr *known = make.substitute(op.element, positions);
  Question q = question();
  if (!linear(known, q) || inside(known, axis) != Proof::No)
    return true;
  if (diagnostics.any()) // perhaps the requirement that says it is what was wrong
    return false;
  std::string guard = missingGuard(known, axis, at->tensor->name);
  const SizeExpr *end = known->kind == Expr::Kind::Index ? &known->index->bound : nullptr;
  if (end)
    guard = fmt::format("{} <= {}", end->str(), axis.str());
  auto &report =
      fault(Kind::PastTable, range, "these positions may run past axis {}, whose size is {}", number, axis.str());
  report.labelled(fmt::format("not provably `{}`", guard));
  if (end)
    report.helped(fmt::format("say how far they go: `require {}, \"the table of positions ends there\"`", guard));
  return false;
}

bool Elaborator::address(const ast::Index &index, const SizeExpr &axis, size_t number, const Data &base,
                         Range baseRange, const ScopePtr &scope, Address &result) {
  if (index.kind == ast::Index::Kind::Slice) {
    SizeExpr bounds[2] = {SizeExpr(0), axis};
    for (int i : {0, 1}) {
      const ast::Expr *e = i == 0 ? index.low.get() : index.high.get();
      if (!e)
        continue;
      Value value = eval(*e, scope);
      if (value.poisoned())
        return false;
      auto size = value.size();
      if (!size) {
        notWhole(Kind::NotAnIndex, e->range, "the end of a slice", value);
        return false;
      }
      bounds[i] = fromEnd(*e, *size, axis);
    }
    result.low = bounds[0], result.length = bounds[1] - bounds[0];
    Question q = question();
    if (!q.facts.proves(Linear(bounds[0])) || !q.facts.proves(Linear(axis - bounds[1])) ||
        !q.facts.proves(Linear(*result.length))) {
      auto n = result.length->constant();
      bool known = bounds[0].constant() && bounds[1].constant() && axis.constant();
      if (known || (n && *n < 0)) {
        fault(Kind::IndexOutside, index.range, "the slice [{} : {}] leaves axis {}, whose size is {}", bounds[0].str(),
              bounds[1].str(), number, axis.str());
        return false;
      }
      for (const auto &[form, what] : {std::pair(bounds[0], "begins before"), std::pair(axis - bounds[1], "ends after"),
                                       std::pair(*result.length, "is turned round on")})
        requireForm(form,
                    fmt::format("the slice [{} : {}] {} an axis of size {}", bounds[0].str(), bounds[1].str(), what,
                                axis.str()),
                    index.range);
    }
    return true;
  }
  if (index.kind == ast::Index::Kind::Spread)
    return false; // handled by the caller
  const Expr *at = position(*index.low, scope);
  if (!at)
    return false;
  if (auto n = Scalars::constant(at); n && *n->whole() < 0) // x[:, -1]
    at = make.size(axis + SizeExpr(*n->whole()), index.range);
  result.at = at;
  Proof proof = inside(at, axis);
  if (auto fixed = sizeOf(at); fixed && proof == Proof::No && body && !(fixed->isConstant() && axis.isConstant())) {
    // `x[:, 0]`: whether there is such an element is known when run.
    std::string message = fmt::format("index {} is outside an axis of size {}", fixed->str(), axis.str());
    requireForm(*fixed, message, index.range), requireForm(axis - SizeExpr(1) - *fixed, message, index.range);
    return true;
  }
  if (proof == Proof::No && !computed(at)) {
    if (auto n = sizeOf(at); n && n->isConstant() && axis.isConstant()) {
      fault(Kind::IndexOutside, index.range, "axis {} has {} elements, so there is no element {}", number, axis.str(),
            sources.text(index.range))
          .mark(baseRange, shapeText(base.axes));
      return false;
    }
    std::string guard = missingGuard(at, axis, sources.text(index.range));
    fault(Kind::IndexOutside, index.range, "this index may leave axis {}, whose size is {}", number, axis.str())
        .labelled(fmt::format("not provably `{}`", guard))
        .mark(baseRange, shapeText(base.axes))
        .helped(fmt::format("guard it with `{}`, in `where` or in `if … then … else`", guard));
    return false;
  }
  if (proof == Proof::No && !staysInTable(at, axis, number, index.range))
    return false;
  result.checked = proof == Proof::No;
  result.guarded = proof != Proof::Always;
  return true;
}

namespace {
/// The index that a position runs along: `p`, `p + 1`, `1 - p`.
const IndexVar *shiftedIndex(const Expr *at) {
  if (at->kind == Expr::Kind::Index)
    return at->index;
  if (at->kind != Expr::Kind::Apply || (at->op != ScalarOp::Add && at->op != ScalarOp::Subtract))
    return nullptr;
  const IndexVar *left = shiftedIndex(at->operands[0]), *right = shiftedIndex(at->operands[1]);
  const Expr *fixed = at->operands[left ? 1 : 0];
  bool shift = fixed->kind == Expr::Kind::Number || fixed->kind == Expr::Kind::Size;
  return shift ? (left ? left : right) : nullptr;
}
} // namespace

/// `(h, e)` on an axis of size |h|·|e|, row-major: the axis is split, and each part addresses one of what it became.
Elaborator::DataPtr Elaborator::splitComposite(const ast::Index &index, DataPtr base, size_t axis,
                                               const ScopePtr &scope, std::vector<Address> &parts) {
  std::vector<SizeExpr> factors;
  std::vector<const Expr *> positions; // null: a stretch
  SizeExpr product = 1;
  std::optional<size_t> unknown;
  for (const ast::Index &part : index.parts) {
    std::optional<SizeExpr> extent;
    positions.push_back(part.kind == ast::Index::Kind::At ? position(*part.low, scope) : nullptr);
    if (part.kind == ast::Index::Kind::At) {
      const Expr *at = positions.back();
      if (!at)
        return nullptr;
      // The extent of a part: the range of its one index, which `1 - p` moves within. A stretch has none of its own,
      // nor has what data or a division say.
      if (const IndexVar *index = shiftedIndex(at))
        extent = index->bound;
    }
    if (!extent) {
      if (unknown) {
        fault(Kind::CompositeAxis, part.range, "two parts of this composite have no range of their own");
        return nullptr;
      }
      unknown = factors.size();
      factors.push_back(0);
      continue;
    }
    factors.push_back(*extent);
    product = product * *extent;
  }
  const SizeExpr &whole = base->axes[axis];
  if (unknown) {
    auto rest = whole.dividedBy(product);
    if (!rest) {
      auto n = whole.constant(), d = product.constant();
      fault(Kind::NotDivisible, index.range, "{} does not divide axis {}, whose size is {}{}", product.str(), axis,
            whole.str(), n && d && *d ? fmt::format(" (remainder {})", *n % *d) : "");
      return nullptr;
    }
    factors[*unknown] = *rest;
  } else if (!sizesAgree(product, whole)) {
    // `x[b, t, (h, e)]` where the last part of another composite was sliced: the axis decides
    fault(Kind::AxisMismatch, index.range, "this composite addresses {} elements, and axis {} has {}", product.str(),
          axis, whole.str());
    return nullptr;
  }
  for (size_t i = 0; i < positions.size(); ++i)
    if (positions[i] && inside(positions[i], factors[i]) == Proof::No && !computed(positions[i]) &&
        (!sizeOf(positions[i]) || (factors[i].isConstant() && sizeOf(positions[i])->isConstant()))) {
      std::string guard = missingGuard(positions[i], factors[i], sources.text(index.parts[i].range));
      fault(Kind::IndexOutside, index.parts[i].range, "this index may leave its part of axis {}, whose size is {}",
            axis, factors[i].str())
          .labelled(fmt::format("not provably `{}`", guard))
          .helped(fmt::format("guard it with `{}`, in `where` or in `if … then … else`", guard));
      return nullptr;
    }
  DataPtr split = apart(base, axis, factors, index.range);
  if (!split)
    return nullptr;
  for (size_t i = 0; i < factors.size(); ++i) {
    Address &part = parts.emplace_back();
    if (!address(index.parts[i], factors[i], axis + i, *split, index.range, scope, part))
      return nullptr;
  }
  return split;
}

/// One axis as several. Where all but the first are constants this is arithmetic on positions.
Elaborator::DataPtr Elaborator::apart(const DataPtr &base, size_t axis, const std::vector<SizeExpr> &factors,
                                      Range range) {
  std::vector<SizeExpr> axes = base->axes;
  axes.erase(axes.begin() + axis);
  axes.insert(axes.begin() + axis, factors.begin(), factors.end());
  if (!std::all_of(factors.begin() + 1, factors.end(), [](const SizeExpr &factor) { return factor.isConstant(); }))
    return reshaped(base, axes, range);
  auto data = std::make_shared<Data>(*base);
  data->tensor = nullptr, data->axes = std::move(axes), data->axisNames.clear();
  data->at = [=, this](std::span<const Expr *const> positions) {
    const Expr *at = positions[axis];
    for (size_t i = 1; i < factors.size(); ++i) {
      const Expr *row = make.apply(ScalarOp::Multiply, at, make.size(factors[i], range), range);
      at = make.apply(ScalarOp::Add, row, positions[axis + i], range);
    }
    std::vector<const Expr *> full(positions.begin(), positions.begin() + axis);
    full.push_back(at);
    full.insert(full.end(), positions.begin() + axis + factors.size(), positions.end());
    return base->at(full);
  };
  return data;
}

bool Elaborator::tooManyIndices(const ast::Subscript &e, const Data &base) {
  size_t rank = base.axes.size();
  size_t taken = std::count_if(e.indices.begin(), e.indices.end(),
                               [](const ast::Index &i) { return i.kind != ast::Index::Kind::Spread; });
  if (taken <= rank)
    return false;
  fault(Kind::IndexCount, e.indices[rank].range.to(e.indices.back().range), "{} ind{} for {}", taken,
        taken == 1 ? "ex" : "ices",
        rank ? fmt::format("the {} {} of {}", rank, rank == 1 ? "axis" : "axes", shapeText(base.axes)) : "a scalar")
      .mark(e.base->range, rank ? shapeText(base.axes) : "a scalar");
  return true;
}

Value Elaborator::subscriptData(const ast::Subscript &e, DataPtr base, const ScopePtr &scope) {
  // How many axes each index takes; `..` takes what the others leave.
  size_t spread = e.indices.size(), taken = e.indices.size();
  for (size_t i = 0; i < e.indices.size(); ++i)
    if (e.indices[i].kind == ast::Index::Kind::Spread)
      spread = i, --taken;
  if (tooManyIndices(e, *base))
    return {};
  std::vector<Address> addresses;
  for (size_t i = 0; i < e.indices.size(); ++i) {
    const ast::Index &index = e.indices[i];
    size_t axis = addresses.size();
    if (i == spread) {
      size_t count = base->axes.size() - taken;
      bool inForce = !spreads.empty() && !spreads.back().empty() && spreads.back().size() == count;
      for (size_t k = 0; k < count; ++k) {
        Address whole;
        if (inForce)
          whole.at = make.at(spreads.back()[k], index.range);
        else
          whole.low = SizeExpr(0), whole.length = base->axes[axis + k];
        addresses.push_back(whole);
      }
      continue;
    }
    if (index.kind == ast::Index::Kind::Composite) {
      size_t before = base->axes.size();
      base = splitComposite(index, base, axis, scope, addresses);
      if (!base)
        return {};
      taken += base->axes.size() - before;
      continue;
    }
    Address one;
    if (!address(index, base->axes[axis], axis, *base, e.base->range, scope, one))
      return {};
    addresses.push_back(one);
  }
  while (addresses.size() < base->axes.size()) { // `:` at the end may be left out
    Address whole;
    whole.low = SizeExpr(0), whole.length = base->axes[addresses.size()];
    addresses.push_back(whole);
  }
  DataPtr result = addressed(base, std::move(addresses), e.range);
  return result ? simplified(result) : Value();
}

/// The elements of `base` at the given addresses; stretches become the result's axes.
Elaborator::DataPtr Elaborator::addressed(const DataPtr &base, std::vector<Address> addresses, Range range) {
  bool byData = false, guarded = false;
  for (const Address &a : addresses)
    byData = byData || a.checked, guarded = guarded || a.guarded;
  DataPtr source = base;
  if (byData && !source->tensor) // what data gives as an index is checked against the axis that the source names
    source = materialised(source, "indexed", range);
  auto data = std::make_shared<Data>();
  data->element = source->element, data->view = source->view && !byData && !guarded;
  for (size_t axis = 0; axis < addresses.size(); ++axis)
    if (!addresses[axis].at) {
      data->axes.push_back(*addresses[axis].length);
      data->axisNames.push_back(axis < base->axisNames.size() ? base->axisNames[axis] : "");
    }
  std::vector<const Expr *> conditionsNow = guarded ? guards() : std::vector<const Expr *>();
  if (source->tensor && data->axes.size() == source->axes.size()) {
    bool all = true;
    for (size_t axis = 0; axis < addresses.size(); ++axis)
      all = all && *addresses[axis].low == SizeExpr(0) && *addresses[axis].length == source->axes[axis];
    if (all)
      return source;
  }
  data->at = [=, this](std::span<const Expr *const> positions) -> const Expr * {
    std::vector<const Expr *> full;
    std::vector<bool> checks;
    size_t next = 0;
    for (const Address &a : addresses) {
      full.push_back(a.at ? a.at : make.apply(ScalarOp::Add, positions[next++], make.size(*a.low, range), range));
      checks.push_back(a.checked);
    }
    if (source->tensor)
      return make.read(source->tensor, full, range, checks, conditionsNow);
    if (!byData && conditionsNow.empty())
      return source->at(full);
    // A view or an expression under guards: the guards belong to whatever it reads.
    return guardedBy(source->at(full), conditionsNow);
  };
  return data;
}

/// The expression with its reads under further guards.
const Expr *Elaborator::guardedBy(const Expr *e, const std::vector<const Expr *> &guards) {
  if (e->kind != Expr::Kind::Read) {
    if (e->operands.empty())
      return e;
    Expr *copy = make.make(e->kind, e->type, e->range);
    *copy = *e;
    for (const Expr *&operand : copy->operands)
      operand = guardedBy(operand, guards);
    return copy;
  }
  Expr *copy = make.make(e->kind, e->type, e->range);
  *copy = *e;
  copy->guards.insert(copy->guards.end(), guards.begin(), guards.end());
  return copy;
}

} // namespace heed
