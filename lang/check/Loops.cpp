// `for`: over blocks, or many numbers, it becomes one loop (Rolling.h); over few numbers it is written out.
#include "lang/check/Rolling.h"

namespace heed {

namespace {
constexpr size_t kMostTurnsKeptApart = 8; // of loops over numbers: a loop over more is worth its stacks
constexpr size_t kMostTurnsWrittenOut = 4096;

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
  std::vector<Value> turns;
  if (!turnsOf(over, turns)) {
    if (over.as<SpanValue>())
      return notYetLoop(s, "a loop over a size that only run time knows (a recurrence)", scope);
    if (over.size())
      return notYetLoop(s, "a loop over a size (a recurrence)", scope);
    poisonTargets(s, scope);
    fault(Kind::LoopOver, s.over->range, "a loop goes over blocks, a list, a range or a size, and this is {}",
          describe(over));
    return {};
  }
  if (collects(*s.body, s))
    return notYetLoop(s, "a loop that collects over its index", scope);
  bool blocks = std::any_of(turns.begin(), turns.end(), [](const Value &turn) { return turn.as<BlockRef>(); });
  if (body && indexDepth == 0 && !aroundRow && (blocks || turns.size() > kMostTurnsKeptApart))
    if (auto value = Rolling(*this, s, turns, scope).run(blocks))
      return *value;
  if (turns.size() > kMostTurnsWrittenOut)
    return notYetLoop(s, fmt::format("a loop of more than {} turns that do not do the same", kMostTurnsWrittenOut),
                      scope);
  return writeOut(s, turns, scope);
}

/// One turn after the other, for small loops and those whose turns do not become one loop.
Value Elaborator::writeOut(const ast::Statement &s, const std::vector<Value> &turns, const ScopePtr &scope) {
  std::vector<std::string> carried = reboundIn(*s.body, scope);
  Value last;
  int64_t number = 0;
  for (const Value &turn : turns) {
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
  return turns.empty() ? loopValue(s, carried, scope) : last;
}

/// The value of a loop is what its last statement bound, if that is carried.
Value Elaborator::loopValue(const ast::Statement &s, const std::vector<std::string> &carried, const ScopePtr &scope) {
  const std::vector<ast::Target> &targets = s.body->statements.back()->targets;
  auto isCarried = [&](const ast::Target &target) {
    return std::find(carried.begin(), carried.end(), target.name.text) != carried.end();
  };
  bool all = !targets.empty() && std::all_of(targets.begin(), targets.end(), isCarried);
  if (!all || targets.size() == 1) {
    if (carried.empty())
      return {};
    return *lookup(all ? targets[0].name.text : carried[0], s.range, scope);
  }
  auto tuple = std::make_shared<TupleValue>();
  for (const ast::Target &target : targets) {
    tuple->names.push_back(target.name.text);
    tuple->items.push_back(*lookup(target.name.text, s.range, scope));
  }
  return std::shared_ptr<const TupleValue>(tuple);
}

/// Gives a name of this function its new value, in the scope that holds it.
void Elaborator::rebind(const std::string &name, Value value, const ScopePtr &scope) {
  for (Scope *s = scope.get(); s && !s->self; s = s->parent.get())
    if (auto found = s->names.find(name); found != s->names.end()) {
      found->second = std::move(value);
      return;
    }
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
