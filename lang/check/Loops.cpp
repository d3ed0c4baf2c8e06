// `for`: over blocks, or many numbers, it becomes one loop (Rolling.h); over few numbers it is written out.
#include "lang/check/Rolling.h"

namespace heed {

namespace {
constexpr size_t kMostTurnsKeptApart = 8; // of loops over numbers: a loop over more is worth its stacks
constexpr size_t kMostTurnsWrittenOut = 4096;
constexpr size_t kMostTurnsCollected = 64; // written out; more of them are a scan

void targetsOf(const ast::Body &body, std::vector<std::string> &names) {
  for (const ast::StatementPtr &statement : body.statements) {
    for (const ast::Target &target : statement->targets) // a state's next value is bound to no name
      if (!statement->next && std::find(names.begin(), names.end(), target.name.text) == names.end())
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
  Value range = over.size() ? Value(SpanValue{0, *over.size()}) : over;
  std::vector<Value> turns;
  if (!turnsOf(range, turns)) {
    if (auto span = range.as<SpanValue>())
      return scanOver(s, *span, scope);
    poisonTargets(s, scope);
    fault(Kind::LoopOver, s.over->range, "a loop goes over blocks, a list, a range or a size, and this is {}",
          describe(over));
    return {};
  }
  if (!collectedIn(*s.body, s).empty()) {
    auto span = range.as<SpanValue>();
    return span && body && turns.size() > kMostTurnsCollected ? scanOver(s, *span, scope) : writeOut(s, turns, scope);
  }
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
  std::vector<std::string> together = collectedIn(*s.body, s), carried;
  for (const std::string &name : reboundIn(*s.body, scope))
    if (std::find(together.begin(), together.end(), name) == together.end())
      carried.push_back(name);
  std::map<std::string, std::vector<Value>> collected;
  Value last;
  int64_t number = 0;
  for (const Value &turn : turns) {
    auto inner = std::make_shared<Scope>();
    inner->parent = scope;
    inner->turnOf = {s.first.text};
    inner->names[s.first.text] = s.second ? Value(Number(number)) : turn;
    if (s.second)
      inner->turnOf.push_back(s.second->text), inner->names[s.second->text] = turn;
    for (const std::string &name : carried)
      inner->names[name] = *lookup(name, s.range, scope);
    ++number;
    last = evalTurn(*s.body, inner);
    for (const std::string &name : carried)
      rebind(name, inner->names[name], scope);
    for (const std::string &name : together)
      collected[name].push_back(inner->names[name]);
  }
  collectTurns(s, turns, collected, scope);
  const std::vector<ast::Target> &final = s.body->statements.empty() ? s.targets : s.body->statements.back()->targets;
  if (final.size() == 1 && std::find(together.begin(), together.end(), final[0].name.text) != together.end())
    return scope->names[final[0].name.text];
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
  return a.tensor->element == b.tensor->element && sameAxes(a, b);
}

bool Elaborator::sameAxes(const Data &a, const Data &b) {
  if (a.axes.size() != b.axes.size())
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
