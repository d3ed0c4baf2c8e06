// Bodies: statements in order, names bound anew, the value of the last.
#include "lang/check/Elaborator.h"

namespace heed {

Value Elaborator::evalBody(const ast::Body &e, const ScopePtr &scope) {
  Value last;
  size_t before = diagnostics.count();
  for (const ast::StatementPtr &statement : e.statements) {
    size_t asked = nexts.size() + required.size();
    last = evalStatement(*statement, scope);
    bool ends = statement == e.statements.back(), acts = nexts.size() + required.size() != asked;
    if (statement->kind == ast::Statement::Kind::Results && !ends && !acts && !last.poisoned())
      noEffect(*statement, last);
  }
  if (e.statements.empty() || e.statements.back()->kind == ast::Statement::Kind::Require) {
    if (diagnostics.count() == before)
      fault(Kind::NoResult, e.range, "this body gives no value: its last statement is no expression and binds nothing");
    return {};
  }
  if (last.poisoned() && !diagnostics.any()) // a loop that leaves nothing
    fault(Kind::NoResult, e.statements.back()->range, "this body gives no value: its last statement binds nothing");
  return last;
}

/// A value that is neither bound nor the last of its body.
void Elaborator::noEffect(const ast::Statement &s, const Value &value) {
  auto compared = ast::as<ast::Binary>(s.value.get());
  bool meant = compared && compared->op == ast::Binary::Op::Equal && ast::as<ast::NameExpr>(compared->left.get());
  fault(Kind::NoEffect, s.range, "this gives {}, which nothing takes", describe(value))
      .helped(meant ? fmt::format("a name is bound by `=`: `{} = …`", sources.text(compared->left->range))
                    : "bind it, `name = …`, or take it away; the result of a body is its last statement");
}

Value Elaborator::evalStatement(const ast::Statement &s, const ScopePtr &scope) {
  auto outer = bases;
  struct Leave {
    Elaborator &in;
    std::map<const ast::Expr *, Value> &outer;
    ~Leave() { in.bases = std::move(outer); }
  } leave{*this, outer};
  switch (s.kind) {
  case ast::Statement::Kind::Require:
    evalRequire(*s.condition, s.message, s.range, scope);
    return {};
  case ast::Statement::Kind::Bind:
    return evalBind(s, scope);
  case ast::Statement::Kind::Results:
    return eval(*s.value, scope);
  case ast::Statement::Kind::For:
    return evalFor(s, scope);
  }
  return {};
}

namespace {
/// The binder as an index: what `y[b, t] += e` reads of the old y.
ast::Index indexOf(const ast::Binder &binder) {
  ast::Index index{ast::Index::Kind::At, binder.range, nullptr, nullptr, {}};
  switch (binder.kind) {
  case ast::Binder::Kind::Spread:
    index.kind = ast::Index::Kind::Spread;
    break;
  case ast::Binder::Kind::Colon:
    index.kind = ast::Index::Kind::Slice;
    break;
  case ast::Binder::Kind::Composite:
    index.kind = ast::Index::Kind::Composite;
    for (const ast::Binder &part : binder.parts)
      index.parts.push_back(indexOf(part));
    break;
  case ast::Binder::Kind::Name: {
    auto name = std::make_unique<ast::NameExpr>(binder.name.range);
    name->name = binder.name.text;
    index.low = std::move(name);
  }
  }
  return index;
}

ast::ExprPtr elementOfTarget(const ast::Target &target) {
  auto base = std::make_unique<ast::NameExpr>(target.name.range);
  base->name = target.name.text;
  auto element = std::make_unique<ast::Subscript>(target.range);
  element->base = std::move(base);
  for (const ast::Binder &binder : *target.binders)
    element->indices.push_back(indexOf(binder));
  return element;
}
} // namespace

/// Of `+=` and its kin.
ast::Binary::Op Elaborator::operatorOf(ast::Statement::Op op) {
  return op == ast::Statement::Op::Add        ? ast::Binary::Op::Add
         : op == ast::Statement::Op::Subtract ? ast::Binary::Op::Subtract
                                              : ast::Binary::Op::Multiply;
}

Value Elaborator::evalBind(const ast::Statement &s, const ScopePtr &scope) {
  if (s.next)
    return evalNext(s, scope);
  std::vector<const ast::Target *> targets;
  for (const ast::Target &target : s.targets)
    targets.push_back(&target);
  Value value;
  auto op = s.op == ast::Statement::Op::Add        ? ast::Binary::Op::Add
            : s.op == ast::Statement::Op::Subtract ? ast::Binary::Op::Subtract
                                                   : ast::Binary::Op::Multiply;
  if (targets.front()->binders && s.op != ast::Statement::Op::Set) {
    ast::ExprPtr old = elementOfTarget(*targets.front());
    value = evalDefinition(targets, *s.value, scope, old.get(), op);
  } else if (targets.front()->binders) {
    value = evalDefinition(targets, *s.value, scope);
  } else {
    value = eval(*s.value, scope);
    if (s.op != ast::Statement::Op::Set) {
      auto old = lookup(targets.front()->name.text, targets.front()->name.range, scope);
      if (!old) {
        fault(Kind::UnboundSize, targets.front()->name.range, "nothing gives `{}` a value here",
              targets.front()->name.text);
        value = {};
      } else if (!value.poisoned()) {
        value = binary(operatorOf(s.op), *old, value, s.range, targets.front()->range, s.value->range);
      }
    }
  }
  if (targets.size() == 1)
    return bindTarget(*targets.front(), std::move(value), scope);
  auto tuple = value.as<std::shared_ptr<const TupleValue>>();
  auto list = value.as<std::shared_ptr<const List>>();
  size_t count = tuple ? (*tuple)->items.size() : list ? (*list)->items.size() : 0;
  if (!value.poisoned() && count != targets.size()) {
    fault(Kind::ResultCount, s.value->range, "{} names for {}", targets.size(),
          count ? fmt::format("{} values", count) : describe(value));
    value = {};
  }
  auto bound = std::make_shared<TupleValue>();
  for (size_t i = 0; i < targets.size(); ++i) {
    Value item = value.poisoned() ? Value() : tuple ? (*tuple)->items[i] : (*list)->items[i];
    bound->names.push_back(targets[i]->name.text);
    bound->items.push_back(bindTarget(*targets[i], std::move(item), scope));
  }
  return value.poisoned() ? Value() : Value(std::shared_ptr<const TupleValue>(bound));
}

/// Binds the name anew. Data that is more than a view of something stored is stored here, under this name.
Value Elaborator::bindTarget(const ast::Target &target, Value value, const ScopePtr &scope) {
  if (target.type)
    value = coerce(*target.type, std::move(value), scope, target.range, fmt::format("`{}`", target.name.text));
  if (auto data = value.as<DataPtr>()) {
    nameAfter(**data, target.name.text);
    value = materialised(*data, target.name.text, target.range);
  } else if (auto part = value.as<std::shared_ptr<const Collected>>()) {
    auto kept = std::make_shared<Collected>(**part);
    kept->slice = materialised(kept->slice, target.name.text, target.range);
    value = std::shared_ptr<const Collected>(kept);
  }
  if (target.name.text != "_")
    scope->names[target.name.text] = value;
  return value;
}

/// What a call gave is called what the caller calls it, so that people find it again in every later stage.
void Elaborator::nameAfter(const Data &data, const std::string &name) {
  if (!data.tensor || !data.tensor->definition || body == nullptr || body->ops.empty() ||
      data.tensor->definition != body->ops.back().get())
    return;
  for (checked::Tensor *result : data.tensor->definition->results)
    if (result == data.tensor)
      result->name = name;
}

// ---- require ----

void Elaborator::evalRequire(const ast::Expr &condition, const std::string &message, Range range,
                             const ScopePtr &scope) {
  const ast::Expr *bare = &condition;
  while (auto paren = ast::as<ast::Paren>(bare))
    bare = paren->inner.get();
  if (auto both = ast::as<ast::Binary>(bare); both && both->op == ast::Binary::Op::And) {
    evalRequire(*both->left, message, range, scope), evalRequire(*both->right, message, range, scope);
    return;
  }
  std::string text = interpolate(message, *scope, range);
  if (auto comparison = ast::as<ast::Binary>(bare)) {
    Value left = eval(*comparison->left, scope), right = eval(*comparison->right, scope);
    if (left.poisoned() || right.poisoned())
      return;
    auto a = left.size(), b = right.size();
    bool ordered = comparison->op >= ast::Binary::Op::Equal && comparison->op <= ast::Binary::Op::GreaterEqual &&
                   comparison->op != ast::Binary::Op::NotEqual;
    if (a && b && ordered && !(a->isConstant() && b->isConstant())) {
      requireSizes(comparison->op, *a, *b, text, range);
      return;
    }
  }
  Value value = eval(condition, scope);
  if (value.poisoned())
    return;
  if (auto truth = value.as<bool>()) {
    if (!*truth)
      fault(Kind::RequireFails, range, "{}", text.empty() ? "this requirement is not met" : text)
          .mark(condition.range, "false here");
    return;
  }
  DataPtr data = toData(value, condition.range, "the condition");
  if (!data)
    return;
  if (!data->axes.empty() || data->element != Element::Bool) {
    fault(Kind::ConditionNotBoolean, condition.range, "`require` takes one boolean, and this is {}", describe(value));
    return;
  }
  if (!body || aroundRow) {
    notYet(range, aroundRow ? "a requirement on data within a normaliser" : "a requirement on data within a member");
    return;
  }
  data = stored(everywhere(scalarOf(*data), condition.range), "condition", condition.range);
  checked::Op &op = append(checked::Op::Kind::Require, range);
  op.condition = data->tensor, op.message = text;
}

/// The condition for all values of the indices that it depends on, wherever the statement around asks for it.
Elaborator::DataPtr Elaborator::everywhere(const Expr *condition, Range range) {
  const auto &free = make.free(condition);
  std::vector<const IndexVar *> over;
  for (const IndexVar *v : inForce)
    if (free.count(v))
      over.push_back(v);
  if (over.empty() && conditions.empty())
    return scalar(condition);
  condition = guardedBy(condition, wheres());
  for (const Condition &asked : conditions) {
    condition = make.apply(ScalarOp::Or, make.apply(ScalarOp::Not, asked.expr, range), condition, range);
    for (const IndexVar *v : inForce)
      if (make.free(asked.expr).count(v) && std::find(over.begin(), over.end(), v) == over.end())
        over.push_back(v);
  }
  if (over.empty())
    return scalar(condition);
  Expr *all = make.make(Expr::Kind::Reduce, Element::Bool, range);
  all->reduction = checked::Reduction::All, all->indices = over, all->body = condition;
  return scalar(all);
}

/// Asked on entry, and afterwards taken for granted.
void Elaborator::requireSizes(ast::Binary::Op op, const SizeExpr &a, const SizeExpr &b, const std::string &message,
                              Range range) {
  std::vector<SizeExpr> forms; // each at least 0
  switch (op) {
  case ast::Binary::Op::Less:
    forms = {b - a - SizeExpr(1)};
    break;
  case ast::Binary::Op::LessEqual:
    forms = {b - a};
    break;
  case ast::Binary::Op::Greater:
    forms = {a - b - SizeExpr(1)};
    break;
  case ast::Binary::Op::GreaterEqual:
    forms = {a - b};
    break;
  default:
    forms = {a - b, b - a};
    break;
  }
  for (const SizeExpr &form : forms)
    requireForm(form, message, range);
}

} // namespace heed
