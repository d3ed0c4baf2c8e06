// `for` over sizes that run time knows: a scan, whose body is elaborated once. And what the turns of any loop collect,
// as in `y[:, t] = …`.
#include "lang/check/Elaborator.h"

namespace heed {

// ---- what turns collect ----

/// Whether the name is the variable of a loop around, in its own function.
bool Elaborator::isTurn(std::string_view name, const ScopePtr &scope) {
  for (Scope *s = scope.get(); s && !s->self; s = s->parent.get())
    if (s->names.count(name))
      return std::find(s->turnOf.begin(), s->turnOf.end(), name) != s->turnOf.end();
  return false;
}

namespace {
bool mentionsTurn(const std::vector<ast::Binder> &binders, const ast::Statement &loop) {
  return std::any_of(binders.begin(), binders.end(), [&](const ast::Binder &binder) {
    bool named = binder.kind == ast::Binder::Kind::Name &&
                 (binder.name.text == loop.first.text || (loop.second && binder.name.text == loop.second->text));
    return named || mentionsTurn(binder.parts, loop);
  });
}
} // namespace

/// Names that the loop's turns fill together, in inner loops too.
std::vector<std::string> Elaborator::collectedIn(const ast::Body &body, const ast::Statement &loop) {
  std::vector<std::string> names;
  for (const ast::StatementPtr &statement : body.statements) {
    for (const ast::Target &target : statement->targets)
      if (!statement->next && target.binders && mentionsTurn(*target.binders, loop))
        names.push_back(target.name.text);
    if (statement->body)
      for (const std::string &name : collectedIn(*statement->body, loop))
        names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// The whole, where `all` has an axis for the turns of `loop` before the axes of a turn's part. Loops further out may
/// still collect it.
Value Elaborator::gathered(const Collected &part, const std::string &loop, const DataPtr &all, Range range) {
  auto whole = std::make_shared<Collected>(part);
  size_t at = 0; // where the turns' axis goes, among those of the slice
  for (std::string &axis : whole->axes) {
    if (axis == loop) {
      axis.clear();
      break;
    }
    at += axis.empty();
  }
  auto data = std::make_shared<Data>();
  data->element = all->element, data->axes = all->axes;
  std::rotate(data->axes.begin(), data->axes.begin() + 1, data->axes.begin() + 1 + at);
  data->axisNames = part.slice->axisNames;
  data->axisNames.resize(part.slice->axes.size());
  data->axisNames.insert(data->axisNames.begin() + at, loop);
  data->at = [all, at](std::span<const Expr *const> positions) {
    std::vector<const Expr *> inner(positions.begin(), positions.end());
    std::rotate(inner.begin(), inner.begin() + at, inner.begin() + at + 1);
    return all->at(inner);
  };
  if (at == 0)
    data->tensor = all->tensor;
  data->view = all->view;
  whole->slice = data;
  bool open = std::any_of(whole->axes.begin(), whole->axes.end(), [](const std::string &a) { return !a.empty(); });
  bool merged = std::any_of(whole->groups.begin(), whole->groups.end(), [](size_t n) { return n > 1; });
  if (open)
    return std::shared_ptr<const Collected>(whole);
  return merged ? Value(grouped(data, whole->groups, range)) : Value(DataPtr(data));
}

/// Whether turns from `low` on write every position of what they collect.
bool Elaborator::covers(const ast::Statement &s, const std::string &loop, const SizeExpr &low,
                        const std::string &name) {
  if ((s.second && loop == s.first.text) || low == SizeExpr(0)) // the number of a turn counts from 0
    return true;
  fault(Kind::NotCovered, s.over->range, "`{}` is collected from position {} on, and nothing writes those before", name,
        low.str())
      .helped(fmt::format("go over all positions, and say what the first ones are with `if {} >= {} then … else …`",
                          loop, low.str()));
  return false;
}

/// Tensors of one type along a new first axis.
Elaborator::DataPtr Elaborator::sideBySide(const std::vector<DataPtr> &slices, Range range) {
  auto data = std::make_shared<Data>();
  data->element = slices[0]->element;
  for (const DataPtr &slice : slices)
    if (data->element != Element::Bool && slice->element != data->element)
      data->element = joined(data->element, slice->element);
  data->axes = slices[0]->axes;
  data->axes.insert(data->axes.begin(), SizeExpr(static_cast<int64_t>(slices.size())));
  data->at = [=, this](std::span<const Expr *const> positions) {
    auto rest = positions.subspan(1);
    auto fixed = sizeOf(positions[0]);
    if (auto n = fixed ? fixed->constant() : std::nullopt)
      return make.cast(slices[*n]->at(rest), data->element == Element::I32 ? Element::I64 : data->element, range);
    const Expr *result = nullptr;
    for (size_t i = slices.size(); i-- > 0;) { // each is read only at its own position
      const Expr *here = make.apply(ScalarOp::Equal, positions[0], make.number(static_cast<int64_t>(i), range), range);
      const Expr *part = guardedBy(slices[i]->at(rest), {here});
      result = result ? make.select(here, part, result, range) : part;
    }
    return result;
  };
  return data;
}

/// What the turns of a loop that is written out collected, name by name.
void Elaborator::collectTurns(const ast::Statement &s, const std::vector<Value> &turns,
                              const std::map<std::string, std::vector<Value>> &collected, const ScopePtr &scope) {
  for (const auto &[name, values] : collected) {
    Value &result = scope->names[name] = Value();
    std::vector<DataPtr> slices(turns.size());
    std::string loop;
    const Collected *first = nullptr;
    for (size_t turn = 0; turn < turns.size(); ++turn) {
      auto part = values[turn].as<std::shared_ptr<const Collected>>();
      if (!part) // was reported
        break;
      first = first ? first : part->get();
      for (const std::string &axis : (*part)->axes)
        if (axis == s.first.text || (s.second && axis == s.second->text))
          loop = axis;
      auto number = turns[turn].as<Number>();
      auto at = s.second && loop == s.first.text ? std::optional<int64_t>(turn)
                : number                         ? number->whole()
                                                 : std::nullopt;
      if (!at || *at < 0 || *at >= static_cast<int64_t>(turns.size()) || slices[*at]) {
        fault(Kind::NotCovered, s.over->range, "`{}` is collected over `{}`, which does not take the values 0 to {}",
              name, loop, turns.size() - 1)
            .helped("collect it over the number of the turn: `for n, x in …`");
        break;
      }
      bool fits = (*part)->slice->axes.size() == first->slice->axes.size() &&
                  ((*part)->slice->element == Element::Bool) == (first->slice->element == Element::Bool);
      for (size_t i = 0; fits && i < first->slice->axes.size(); ++i)
        fits = sizesAgree((*part)->slice->axes[i], first->slice->axes[i]);
      if (!fits) {
        fault(Kind::CarryChanges, s.range, "`{}` collects {} in the first turn and {} in a later one", name,
              describe(Value(first->slice)), describe(Value((*part)->slice)));
        break;
      }
      slices[*at] = (*part)->slice;
    }
    if (slices.empty() || std::find(slices.begin(), slices.end(), nullptr) != slices.end())
      continue;
    result = gathered(*first, loop, sideBySide(slices, s.range), s.range);
    if (auto data = result.as<DataPtr>())
      result = materialised(*data, name, s.range);
  }
}

// ---- scans ----

struct Elaborator::Scan {
  const ast::Statement &s;
  const SpanValue &over;
  std::vector<std::string> carried;
  std::vector<DataPtr> before; // initial values
  bool trial;                  // their types may still change
  // of the turn that is elaborated
  std::unique_ptr<checked::Op> op;
  ScopePtr inner;
  std::map<size_t, Element> floats; // carries that begin as whole numbers known when compiling, and go on as floats
  std::vector<std::pair<std::string, std::shared_ptr<const Collected>>> collected;
};

/// "f32[B, 64]"
std::string Elaborator::typeText(const Data &data) {
  std::string element = data.element == Element::Working ? "of the working precision" : std::string(name(data.element));
  return data.element == Element::Working ? fmt::format("{} {}", shapeText(data.axes), element)
                                          : element + shapeText(data.axes);
}

Value Elaborator::evalTurn(const ast::Body &body, const ScopePtr &scope) {
  Value last;
  for (const ast::StatementPtr &statement : body.statements)
    last = evalStatement(*statement, scope);
  return last;
}

Value Elaborator::scanOver(const ast::Statement &s, const SpanValue &over, const ScopePtr &scope) {
  if (!body) {
    poisonTargets(s, scope);
    fault(Kind::NotConstant, s.over->range, "members are made when compiling, and only run time knows {}",
          describe(Value(over)));
    return {};
  }
  requireForm(over.high - over.low,
              fmt::format("the loop from {} to {} goes backwards", over.low.str(), over.high.str()), s.over->range);
  Scan scan{s, over, {}, {}, true, nullptr, nullptr, {}, {}};
  auto drawn = draws;
  bool fine = scanCarries(scan, scope) && scanTurn(scan, scope);
  scan.trial = false;
  if (!scan.floats.empty()) { // compile-time numbers are rounded where they meet data
    for (const auto &[carry, element] : scan.floats) {
      DataPtr initial = toData(castTo(element, Value(scan.before[carry]), s.range), s.range);
      scan.before[carry] = stored(initial, scan.carried[carry], s.range);
    }
    draws = drawn;
    fine = scanTurn(scan, scope);
  }
  if (fine)
    return scanResults(scan, scope);
  if (scan.op)
    discardedOps.push_back(std::move(scan.op));
  poisonTargets(s, scope);
  return {};
}

/// What is handed from turn to turn, as it is before the first.
bool Elaborator::scanCarries(Scan &scan, const ScopePtr &scope) {
  std::vector<std::string> together = collectedIn(*scan.s.body, scan.s);
  for (const std::string &name : reboundIn(*scan.s.body, scope)) {
    if (std::find(together.begin(), together.end(), name) != together.end())
      continue;
    Value value = *lookup(name, scan.s.range, scope);
    if (value.as<std::shared_ptr<const Collected>>())
      continue;
    DataPtr data = value.poisoned() ? nullptr : toData(value, scan.s.range, fmt::format("`{}`", name));
    data = data ? storedForLoop(data, name, scan.s) : nullptr;
    if (!data)
      return false;
    scan.carried.push_back(name), scan.before.push_back(data);
  }
  return true;
}

/// Stored, where a loop needs it to be.
Elaborator::DataPtr Elaborator::storedForLoop(DataPtr data, const std::string &name, const ast::Statement &loop) {
  data = stored(data, name, loop.range);
  if (data->tensor)
    return data;
  fault(Kind::LoopInside, loop.range,
        "this loop is run for each point of an index statement: `{}` depends on its index", name)
      .helped("run the loop on whole tensors, outside of the index statement");
  return nullptr;
}

/// Elaborates one turn, for any value of its index.
bool Elaborator::scanTurn(Scan &scan, const ScopePtr &scope) {
  const ast::Statement &s = scan.s;
  if (scan.op)
    discardedOps.push_back(std::move(scan.op));
  scan.op = newOp(checked::Op::Kind::Scan, s.range);
  checked::Op &op = *scan.op;
  op.reverse = scan.over.reverse;
  const ast::Name &variable = s.second ? *s.second : s.first;
  op.turn = make.index(variable.text, scan.over.high - scan.over.low, variable.range);
  op.layers.emplace_back().body = std::make_unique<checked::Body>();
  checked::Body &within = *op.layers[0].body;
  scan.inner = std::make_shared<Scope>();
  scan.inner->parent = scope, scan.inner->turnOf = {s.first.text};
  const Expr *at = make.at(op.turn, variable.range);
  if (s.second) {
    const Expr *last = make.size(op.turn->bound - SizeExpr(1), s.first.range);
    scan.inner->turnOf.push_back(s.second->text);
    scan.inner->names[s.first.text] = scalar(op.reverse ? make.apply(ScalarOp::Subtract, last, at, s.first.range) : at);
  }
  scan.inner->names[variable.text] =
      scalar(make.apply(ScalarOp::Add, make.size(scan.over.low, variable.range), at, variable.range));
  for (size_t i = 0; i < scan.carried.size(); ++i) {
    const checked::Tensor *initial = scan.before[i]->tensor;
    checked::Tensor *argument = newTensor(scan.carried[i], initial->element, initial->axes, s.range);
    op.carries.push_back(initial), within.arguments.push_back(argument);
    scan.inner->names[scan.carried[i]] = Value(wholeTensor(argument));
  }
  // The turn stores what it makes, even where the loop stands in an index statement that has no part in it.
  checked::Body *outer = std::exchange(body, &within), *outerOnce = std::exchange(once, once ? once : body);
  scanIndices.push_back(op.turn);
  size_t before = diagnostics.count();
  evalTurn(*s.body, scan.inner);
  bool fine = diagnostics.count() == before;
  for (size_t i = 0; fine && i < scan.carried.size(); ++i) {
    DataPtr after = handedOn(scan, i);
    fine = after != nullptr;
    within.results.push_back(fine ? after->tensor : nullptr);
  }
  scan.collected.clear();
  for (const std::string &name : collectedIn(*s.body, s)) {
    auto found = scan.inner->names.find(name);
    if (!fine || found == scan.inner->names.end()) // an inner loop's own name ends with its turn
      continue;
    auto part = found->second.as<std::shared_ptr<const Collected>>();
    fine = part != nullptr; // else it was reported
    if (!fine)
      continue;
    DataPtr slice = storedForLoop((*part)->slice, name, s);
    fine = slice != nullptr;
    within.results.push_back(fine ? slice->tensor : nullptr);
    scan.collected.push_back({name, *part});
  }
  scanIndices.pop_back();
  body = outer, once = outerOnce;
  return fine;
}

/// What the turn leaves of a carry, in the type that it had before; null with an error where that is another one.
Elaborator::DataPtr Elaborator::handedOn(Scan &scan, size_t carry) {
  const std::string &name = scan.carried[carry];
  const Data &before = *scan.before[carry];
  const Value &value = scan.inner->names[name];
  DataPtr data = value.poisoned() ? nullptr : toData(value, scan.s.range, fmt::format("`{}`", name));
  if (!data)
    return nullptr;
  bool same = (data->element == Element::Bool) == (before.element == Element::Bool);
  const checked::Op *made = before.tensor->definition;
  if (checked::isInteger(before.element) && checked::isFloat(data->element)) {
    same = scan.trial && made && made->kind == checked::Op::Kind::Define && make.dataFree(made->element);
    if (same)
      scan.floats[carry] = data->element;
  } else if (data->element != before.element && checked::isFloat(before.element)) {
    if (checked::isFloat(data->element))
      same = false;
    else if (same)
      data = toData(castTo(before.element, Value(data), scan.s.range), scan.s.range);
  }
  if (checked::isInteger(before.element) && checked::isInteger(data->element)) { // of any width
    auto whole = std::make_shared<Data>(*data);
    whole->tensor = nullptr, whole->view = false, whole->literal = false;
    if (data->element != before.element)
      data = materialised(whole, name, scan.s.range, before.element);
  }
  data = storedForLoop(data, name, scan.s);
  if (!data || (same && (scan.trial && scan.floats.count(carry) ? sameAxes(*data, before) : sameType(*data, before))))
    return data;
  Range bound = scan.s.range; // where the turn binds it last
  for (const ast::StatementPtr &statement : scan.s.body->statements)
    for (const ast::Target &target : statement->targets)
      if (target.name.text == name)
        bound = statement->range;
  auto &report = fault(Kind::CarryChanges, bound, "`{}` is {} before the loop and {} after a turn of it", name,
                       sameAxes(*data, before) ? typeText(before) : shapeText(before.axes),
                       sameAxes(*data, before) ? typeText(*data) : shapeText(data->axes));
  if (sameAxes(*data, before) && checked::isFloat(before.element) && checked::isFloat(data->element))
    report.helped("cast it before the loop: `f32(…)`");
  return nullptr;
}

/// The scan with its results: what is carried has its last value, what is collected is complete.
Value Elaborator::scanResults(Scan &scan, const ScopePtr &scope) {
  const ast::Statement &s = scan.s;
  checked::Op &op = *scan.op;
  const checked::Body &within = *op.layers[0].body;
  body->ops.push_back(std::move(scan.op));
  auto result = [&](const std::string &name, std::vector<SizeExpr> axes) {
    checked::Tensor *tensor = newTensor(name, within.results[op.results.size()]->element, std::move(axes), s.range);
    tensor->definition = &op;
    op.results.push_back(tensor);
    return wholeTensor(tensor);
  };
  std::map<std::string, Value> bound;
  for (const std::string &name : scan.carried) {
    bound[name] = Value(result(name, within.results[op.results.size()]->axes));
    rebind(name, bound[name], scope);
  }
  for (const auto &[name, part] : scan.collected) {
    std::vector<SizeExpr> axes = part->slice->axes;
    axes.insert(axes.begin(), op.turn->bound);
    DataPtr all = result(name, axes);
    std::string loop;
    for (const std::string &axis : part->axes)
      if (axis == s.first.text || (s.second && axis == s.second->text))
        loop = axis;
    if (s.second && loop == s.first.text && op.reverse) // counted from the first turn, which is the last position
      all = backwards(all, s.range);
    bound[name] = scope->names[name] =
        covers(s, loop, scan.over.low, name) ? gathered(*part, loop, all, s.range) : Value();
  }
  if (s.body->statements.empty())
    return {};
  const auto &last = s.body->statements.back()->targets;
  if (last.size() == 1)
    return bound[last[0].name.text];
  return scan.carried.empty() ? Value() : bound[scan.carried[0]];
}

/// The elements of the first axis from its end.
Elaborator::DataPtr Elaborator::backwards(const DataPtr &all, Range range) {
  auto data = std::make_shared<Data>(*all);
  data->tensor = nullptr;
  data->at = [=, this](std::span<const Expr *const> positions) {
    std::vector<const Expr *> from(positions.begin(), positions.end());
    from[0] = make.apply(ScalarOp::Subtract, make.size(all->axes[0] - SizeExpr(1), range), from[0], range);
    return all->at(from);
  };
  return data;
}

} // namespace heed
