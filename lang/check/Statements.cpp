// Bodies: statements in order, names bound anew, the value of the last.
#include "lang/check/Elaborator.h"

namespace heed {

Value Elaborator::evalBody(const ast::Body &e, const ScopePtr &scope) {
  Value last;
  size_t before = diagnostics.count();
  for (const ast::StatementPtr &statement : e.statements)
    last = evalStatement(*statement, scope);
  if (e.statements.empty() || e.statements.back()->kind == ast::Statement::Kind::Require) {
    if (diagnostics.count() == before)
      fault(Kind::NoResult, e.range, "this body gives no value: its last statement is no expression and binds nothing");
    return {};
  }
  return last;
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

Value Elaborator::evalBind(const ast::Statement &s, const ScopePtr &scope) {
  if (s.next) // its state was refused where it is declared
    return {};
  std::vector<const ast::Target *> targets;
  for (const ast::Target &target : s.targets)
    targets.push_back(&target);
  Value value;
  if (targets.front()->binders) {
    value = evalDefinition(targets, *s.value, scope);
    if (s.op != ast::Statement::Op::Set && !value.poisoned())
      return notYet(s.range, "`+=` on an index statement");
  } else {
    value = eval(*s.value, scope);
    if (s.op != ast::Statement::Op::Set) {
      auto old = lookup(targets.front()->name.text, targets.front()->name.range, scope);
      auto op = s.op == ast::Statement::Op::Add        ? ast::Binary::Op::Add
                : s.op == ast::Statement::Op::Subtract ? ast::Binary::Op::Subtract
                                                       : ast::Binary::Op::Multiply;
      if (!old) {
        fault(Kind::UnboundSize, targets.front()->name.range, "nothing gives `{}` a value here",
              targets.front()->name.text);
        value = {};
      } else if (!value.poisoned()) {
        value = binary(op, *old, value, s.range, targets.front()->range, s.value->range);
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
  data = materialised(data, "condition", condition.range);
  if (!body || !data->tensor) {
    notYet(range, "a requirement on data within an index statement");
    return;
  }
  checked::Op &op = append(checked::Op::Kind::Require, range);
  op.condition = data->tensor, op.message = text;
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
