// `for`: over equal blocks it is one loop over stacked parameters; over what is known when compiling it is written out.
#include "lang/check/Elaborator.h"

namespace heed {

namespace {
constexpr int64_t kMostTurnsWrittenOut = 64;

void targetsOf(const ast::Body &body, std::vector<std::string> &names) {
  for (const ast::StatementPtr &statement : body.statements) {
    for (const ast::Target &target : statement->targets)
      if (std::find(names.begin(), names.end(), target.name.text) == names.end())
        names.push_back(target.name.text);
    if (statement->body)
      targetsOf(*statement->body, names);
  }
}
} // namespace

/// Names bound before the loop and bound again in it: what one turn hands to the next.
std::vector<std::string> Elaborator::reboundIn(const ast::Body &loop, const ScopePtr &scope) {
  std::vector<std::string> assigned, result;
  targetsOf(loop, assigned);
  for (const std::string &name : assigned)
    for (Scope *s = scope.get(); s && !s->self; s = s->parent.get())
      if (s->names.count(name)) {
        result.push_back(name);
        break;
      }
  return result;
}

/// `y[:, t] = …` in a loop over t: the turns fill y together.
bool Elaborator::collects(const ast::Body &body, const ast::Statement &loop) {
  auto isIndex = [&](const ast::Binder &binder) {
    return binder.kind == ast::Binder::Kind::Name && !binder.in && binder.name.text == loop.first.text;
  };
  for (const ast::StatementPtr &statement : body.statements)
    for (const ast::Target &target : statement->targets)
      if (target.binders && std::any_of(target.binders->begin(), target.binders->end(), isIndex))
        return true;
  return false;
}

/// What the loop would have bound is nobody else's fault.
void Elaborator::poisonTargets(const ast::Statement &s, const ScopePtr &scope) {
  std::vector<std::string> names;
  targetsOf(*s.body, names);
  for (const std::string &name : names)
    scope->names[name] = Value();
}

Value Elaborator::notYetLoop(const ast::Statement &s, std::string_view what, const ScopePtr &scope) {
  poisonTargets(s, scope);
  return notYet(s.over->range, what);
}

Value Elaborator::evalFor(const ast::Statement &s, const ScopePtr &scope) {
  Value over = eval(*s.over, scope);
  if (over.poisoned()) {
    poisonTargets(s, scope);
    return {};
  }
  if (auto blocks = over.as<BlockList>())
    return repeatOver(s, *blocks, scope);
  std::vector<Value> turns;
  if (auto list = over.as<std::shared_ptr<const List>>()) {
    turns = (*list)->items;
  } else if (auto span = over.as<SpanValue>()) {
    auto low = span->low.constant(), high = span->high.constant();
    if (!low || !high)
      return notYetLoop(s, "a loop over a size that only run time knows (a recurrence)", scope);
    for (int64_t i = *low; i < *high && i - *low <= kMostTurnsWrittenOut; ++i)
      turns.push_back(Number(i));
  } else if (over.size()) {
    return notYetLoop(s, "a loop over a size (a recurrence)", scope);
  } else {
    poisonTargets(s, scope);
    fault(Kind::LoopOver, s.over->range, "a loop goes over blocks, a list, a range or a size, and this is {}",
          describe(over));
    return {};
  }
  if (collects(*s.body, s))
    return notYetLoop(s, "a loop that collects over its index", scope);
  if (turns.size() > kMostTurnsWrittenOut)
    return notYetLoop(s, fmt::format("a loop of more than {} turns over compile-time values", kMostTurnsWrittenOut),
                      scope);
  std::vector<std::string> carried = reboundIn(*s.body, scope);
  Value last;
  int64_t number = 0;
  for (Value &turn : turns) {
    auto inner = std::make_shared<Scope>();
    inner->parent = scope;
    inner->names[s.first.text] = s.second ? Value(Number(number)) : turn;
    if (s.second)
      inner->names[s.second->text] = turn;
    for (const std::string &name : carried)
      inner->names[name] = *lookup(name, s.range, scope);
    ++number;
    last = evalBody(*s.body, inner);
    for (const std::string &name : carried)
      rebind(name, inner->names[name], scope);
  }
  return last;
}

/// Gives a name of this function its new value, in the scope that holds it.
void Elaborator::rebind(const std::string &name, Value value, const ScopePtr &scope) {
  for (Scope *s = scope.get(); s && !s->self; s = s->parent.get())
    if (auto found = s->names.find(name); found != s->names.end()) {
      found->second = std::move(value);
      return;
    }
}

/// One body for all layers: carried tensors and the layer's slices of the parameters become its arguments.
Value Elaborator::repeatOver(const ast::Statement &s, const BlockList &blocks, const ScopePtr &scope) {
  if (s.second)
    return notYetLoop(s, "the number of a layer within a loop over equal blocks", scope);
  if (!body || indexDepth > 0)
    return notYet(s.range, "a loop over blocks within an index statement");
  std::vector<std::string> carried = reboundIn(*s.body, scope);
  std::vector<const checked::Tensor *> initial;
  std::vector<DataPtr> before;
  for (const std::string &name : carried) {
    Value value = *lookup(name, s.range, scope);
    DataPtr data = value.poisoned() ? nullptr : toData(value, s.range, fmt::format("`{}`", name));
    if (!data)
      return {};
    data = stored(data, name, s.range);
    if (!data->tensor)
      return notYet(s.range, fmt::format("carrying `{}`, which is not stored, through a loop over blocks", name));
    before.push_back(data), initial.push_back(data->tensor);
  }
  checked::Op &repeat = append(checked::Op::Kind::Repeat, s.range);
  repeat.turns = blocks.count, repeat.carries = initial;
  repeat.body = std::make_unique<checked::Body>();
  checked::Body *outer = std::exchange(body, repeat.body.get());
  Loop loop{blocks.each.get(), &repeat, {}};
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  inner->names[s.first.text] = BlockRef{blocks.each, &loop, std::nullopt};
  for (size_t i = 0; i < carried.size(); ++i) {
    checked::Tensor *argument = newTensor(carried[i], before[i]->tensor->element, before[i]->tensor->axes, s.range);
    repeat.body->arguments.push_back(argument);
    inner->names[carried[i]] = Value(wholeTensor(argument));
  }
  std::string outerPlace = std::exchange(drawPlace, drawPlace + "/" + blocks.each->path);
  Value last = evalBody(*s.body, inner);
  drawPlace = std::move(outerPlace);
  bool fine = !last.poisoned();
  for (size_t i = 0; i < carried.size() && fine; ++i) {
    const Value &value = inner->names[carried[i]];
    DataPtr data = value.poisoned() ? nullptr : toData(value, s.range, fmt::format("`{}`", carried[i]));
    data = data ? stored(data, carried[i], s.range) : nullptr;
    if (data && !sameType(*data, *before[i])) {
      Range bound = s.range; // where the turn binds it last
      for (const ast::StatementPtr &statement : s.body->statements)
        for (const ast::Target &target : statement->targets)
          if (target.name.text == carried[i])
            bound = statement->range;
      fault(Kind::CarryChanges, bound, "`{}` is {} before the loop and {} after a turn of it", carried[i],
            describe(Value(before[i])), describe(Value(data)));
      data = nullptr;
    }
    fine = data != nullptr;
    if (fine)
      repeat.body->results.push_back(data->tensor);
  }
  body = outer;
  if (!fine)
    return {};
  Value result;
  for (size_t i = 0; i < carried.size(); ++i) {
    checked::Tensor *after = newTensor(carried[i], before[i]->tensor->element, before[i]->tensor->axes, s.range);
    after->definition = &repeat;
    repeat.results.push_back(after);
    rebind(carried[i], Value(wholeTensor(after)), scope);
  }
  // The value of the loop is what its last statement bound, if that is carried.
  const ast::Statement &final = *s.body->statements.back();
  for (size_t i = 0; i < carried.size(); ++i)
    if (final.targets.size() == 1 && final.targets[0].name.text == carried[i])
      result = Value(wholeTensor(repeat.results[i]));
  if (result.poisoned() && !carried.empty())
    result = Value(wholeTensor(repeat.results[0]));
  return result;
}

bool Elaborator::sameType(const Data &a, const Data &b) {
  if (a.tensor->element != b.tensor->element || a.axes.size() != b.axes.size())
    return false;
  for (size_t i = 0; i < a.axes.size(); ++i)
    if (!sizesAgree(a.axes[i], b.axes[i]))
      return false;
  return true;
}

/// A tensor of its own, where a view would do elsewhere.
Elaborator::DataPtr Elaborator::stored(DataPtr data, const std::string &name, Range range) {
  if (data->tensor)
    return data;
  auto copy = std::make_shared<Data>(*data);
  copy->view = false, copy->literal = false;
  return materialised(copy, name, range);
}

} // namespace heed
