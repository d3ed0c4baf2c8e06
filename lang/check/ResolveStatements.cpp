// Names of statements: what they bind, for how long, and which indices are in force meanwhile.
#include "lang/check/Resolver.h"

#include <algorithm>

namespace heed {

using namespace ast;

void Resolver::body(const Body &b) {
  Nested values(*this);
  for (const StatementPtr &s : b.statements)
    statement(*s);
}

void Resolver::statement(const Statement &s) {
  Sentence sentence(*this);
  switch (s.kind) {
  case Statement::Kind::Require:
    expr(s.condition);
    return placeholders(s.message, s.range);
  case Statement::Kind::Results:
    return expr(s.value);
  case Statement::Kind::Bind:
    return bind(s);
  case Statement::Kind::For:
    return loop(s);
  }
}

/// `a, b[i] = e`, `x += e`, `next state = e`
void Resolver::bind(const Statement &s) {
  for (const Target &t : s.targets) {
    type(t.type.get());
    if (t.binders)
      binderRanges(*t.binders);
  }
  {
    Nested indices(*this);
    for (const Target &t : s.targets)
      if (t.binders)
        bindBinders(*t.binders, Binds::Target);
    expr(s.value);
  }
  for (const Target &t : s.targets)
    if (t.binders)
      endBinders(*t.binders);

  std::map<std::string, Range> first;
  for (const Target &t : s.targets) {
    if (t.name.text == "_" || t.name.text.empty())
      continue;
    auto [known, fresh] = first.emplace(t.name.text, t.name.range);
    if (!fresh)
      diagnostics.error(Kind::DuplicateName, t.name.range, "`{}` is bound twice by one statement", t.name.text)
          .mark(known->second, "first here")
          .helped("`_` takes what is not wanted");
    if (s.op != Statement::Op::Set) // the value so far is read
      reference(t.name.text, t.name.range);
    if (s.next)
      nextState(t.name);
    else
      bindValue(t);
  }
}

void Resolver::nextState(const Name &name) {
  const Binding *known = nullptr;
  for (const Level &level : levels) // the block's, even where a value of the function has the same name
    if (auto found = level.find(name.text);
        found != level.end() && (!known || found->second.kind == Binding::Kind::State))
      known = &found->second;
  if (known && known->kind == Binding::Kind::State) {
    nextStates.insert(name.text);
    return;
  }
  if (!known && !inBlock) {
    diagnostics.error(Kind::NotAState, name.range, "only a block has states")
        .helped("`next` stands in a function of the block that declares the state");
    return;
  }
  std::vector<std::string> states;
  for (const Level &level : levels)
    for (auto &[other, binding] : level)
      if (binding.kind == Binding::Kind::State)
        states.push_back(other);
  Diagnostic &report = diagnostics.error(Kind::NotAState, name.range, "`{}` is no state of `{}`", name.text,
                                         inBlock ? inBlock->name.text : "");
  if (known)
    report.mark(known->range, "bound here");
  if (std::string near = nearest(name.text, states); !near.empty())
    report.helped(fmt::format("did you mean `{}`?", near));
}

void Resolver::bindValue(const Target &t) {
  Binding value{Binding::Kind::Value, t.name.range};
  // A name that was an index cannot be a value of the same function: one reads them alike.
  for (const EndedBinder &ended : endedBinders)
    if (ended.name == t.name.text)
      diagnostics
          .error(Kind::HidingBinder, ended.range, "the index `{}` has the name of a value of this function", ended.name)
          .mark(t.name.range, "the value")
          .helped("rename one of them");
  // y[:, t] = h in `for t in T` collects: y is there after the loop.
  std::vector<const Binder *> left;
  if (t.binders)
    for (const Binder &b : *t.binders)
      left.push_back(&b);
  while (!left.empty()) {
    const Binder &b = *left.back();
    left.pop_back();
    for (const Binder &part : b.parts)
      left.push_back(&part);
    const Binding *loop = b.kind == Binder::Kind::Name ? lookup(b.name.text) : nullptr;
    if (loop && loop->kind == Binding::Kind::Loop)
      value.collects.insert(b.name.text);
  }
  // Bound again, it is collected by the loops that it was collected by.
  auto &level = levels.back();
  if (auto known = level.find(t.name.text); known != level.end())
    value.collects.insert(known->second.collects.begin(), known->second.collects.end());
  level.insert_or_assign(t.name.text, std::move(value));
}

void Resolver::loop(const Statement &s) {
  expr(s.over);
  Level collected;
  {
    Nested turn(*this);
    bindName(s.first, {Binding::Kind::Loop, s.first.range});
    if (s.second)
      bindName(*s.second, {Binding::Kind::Loop, s.second->range});
    if (s.second && s.second->text == s.first.text && s.first.text != "_")
      diagnostics.error(Kind::DuplicateName, s.second->range, "`{}` names both the number and the element",
                        s.first.text);
    Nested values(*this);
    for (const StatementPtr &inner : s.body->statements)
      statement(*inner);
    for (auto &[name, binding] : levels.back())
      if (binding.collects.count(s.first.text) || (s.second && binding.collects.count(s.second->text))) {
        Binding &whole = collected.insert({name, binding}).first->second;
        whole.collects.erase(s.first.text);
        if (s.second)
          whole.collects.erase(s.second->text);
      } else {
        endedValues.insert(name);
      }
  }
  levels.back().insert(collected.begin(), collected.end());
}

} // namespace heed
