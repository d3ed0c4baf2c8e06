// What an expression is worth: names, conditionals, members, calls.
#include "lang/check/Builtins.h"
#include "lang/check/Elaborator.h"

#include <map>
#include <numbers>
#include <utility>

namespace heed {

namespace {
constexpr size_t kMostSteps = 2'000'000; // of published models, the longest takes some hundred thousand
} // namespace

/// Functions that call functions twice each grow with every level: what would never end is told instead.
bool Elaborator::tooMuchWork(Range range) {
  if (++steps < kMostSteps && !make.exhausted())
    return false;
  if (!std::exchange(exhausted, true))
    fault(Kind::TooMuchWork, range, "written out, the program has more than {} parts", kMostSteps)
        .helped("bind what is used twice to a name, or let a loop go over a size");
  return true;
}

Value Elaborator::eval(const ast::Expr &e, const ScopePtr &scope) {
  if (tooMuchWork(e.range))
    return {};
  using K = ast::Expr::Kind;
  switch (e.kind) {
  case K::Number: {
    const auto &number = static_cast<const ast::Number &>(e);
    auto value = Number::parse(number.text);
    if (!value)
      return {}; // the lexer reported it
    Value result = *value;
    result.real = !number.whole;
    return result;
  }
  case K::String:
    return static_cast<const ast::String &>(e).value;
  case K::Name:
    return evalName(static_cast<const ast::NameExpr &>(e).name, e.range, scope);
  case K::Paren:
    return eval(*static_cast<const ast::Paren &>(e).inner, scope);
  case K::Tuple: {
    auto tuple = std::make_shared<TupleValue>();
    for (const ast::Argument &entry : static_cast<const ast::Tuple &>(e).entries) {
      tuple->names.push_back(entry.name ? entry.name->text : "");
      tuple->items.push_back(eval(*entry.value, scope));
    }
    return std::shared_ptr<const TupleValue>(tuple);
  }
  case K::List: {
    auto list = std::make_shared<List>();
    for (const ast::ExprPtr &element : static_cast<const ast::List &>(e).elements)
      list->items.push_back(eval(*element, scope));
    return std::shared_ptr<const List>(list);
  }
  case K::Map: {
    auto map = std::make_shared<Dictionary>();
    for (const auto &entry : static_cast<const ast::Map &>(e).entries)
      map->entries.push_back({entry.key, eval(*entry.value, scope)});
    return std::shared_ptr<const Dictionary>(map);
  }
  case K::Body: {
    auto inner = std::make_shared<Scope>();
    inner->parent = scope;
    return evalBody(static_cast<const ast::Body &>(e), inner);
  }
  case K::Lambda: {
    auto function = std::make_shared<Callable>();
    function->kind = Callable::Kind::Declared;
    function->declaration = static_cast<const ast::Lambda &>(e).function.get();
    function->scope = scope, function->name = "fn";
    return std::shared_ptr<const Callable>(function);
  }
  case K::Comprehension:
    return evalComprehension(static_cast<const ast::Comprehension &>(e), scope);
  case K::If:
    return evalIf(static_cast<const ast::If &>(e), scope);
  case K::Unary: {
    const auto &u = static_cast<const ast::Unary &>(e);
    return unary(u.op, eval(*u.operand, scope), e.range);
  }
  case K::Binary: {
    const auto &b = static_cast<const ast::Binary &>(e);
    if (b.op == ast::Binary::Op::And || b.op == ast::Binary::Op::Or)
      return evalLogical(b, scope);
    Value left = eval(*b.left, scope);
    return binary(b.op, left, eval(*b.right, scope), e.range, b.left->range, b.right->range);
  }
  case K::Span: {
    const auto &span = static_cast<const ast::Span &>(e);
    Value low = eval(*span.low, scope), high = eval(*span.high, scope);
    if (low.poisoned() || high.poisoned())
      return {};
    if (low.size() && high.size())
      return SpanValue{*low.size(), *high.size()};
    fault(Kind::TypeMismatch, e.range, "a range goes between whole numbers, not from {} to {}", describe(low),
          describe(high));
    return {};
  }
  case K::Reduce:
    return evalReduce(static_cast<const ast::Reduce &>(e), scope);
  case K::Attend:
    return evalAttend(static_cast<const ast::Attend &>(e), scope);
  case K::Dot:
    return evalDot(static_cast<const ast::Dot &>(e), scope);
  case K::Call:
    return evalCall(static_cast<const ast::Call &>(e), scope);
  case K::Subscript:
    return evalSubscript(static_cast<const ast::Subscript &>(e), scope);
  case K::With:
    return evalWith(static_cast<const ast::With &>(e), scope);
  }
  return {};
}

// ---- names ----

std::optional<Value> Elaborator::lookup(std::string_view name, Range range, const ScopePtr &scope) {
  for (Scope *s = scope.get(); s; s = s->parent.get()) {
    if (auto found = s->names.find(name); found != s->names.end())
      return found->second;
    if (s->self)
      if (auto value = field(*s->self, name, range))
        return value;
    if (s->file)
      if (const Package::Symbol *symbol = package.find(*s->file, name))
        return declared(*symbol->file, *symbol->declaration, range);
  }
  return std::nullopt;
}

Value Elaborator::evalName(const std::string &name, Range range, const ScopePtr &scope) {
  if (auto value = lookup(name, range, scope)) {
    if (!value->as<std::shared_ptr<const Collected>>())
      return *value;
    fault(Kind::CollectedRead, range, "`{}` is complete after the loop, and this is one of its turns", name)
        .helped(fmt::format("bind what this turn gives to a name of its own, and collect that in `{}`", name));
    return {};
  }
  if (name == "true" || name == "false")
    return name == "true";
  if (name == "training")
    return false; // the gradient of an objective is not taken yet
  if (name == "pi") {
    Value pi = Number::real(std::numbers::pi);
    pi.real = true;
    return pi;
  }
  if (findBuiltin(name)) {
    auto function = std::make_shared<Callable>();
    function->kind = Callable::Kind::Builtin, function->name = name;
    return std::shared_ptr<const Callable>(function);
  }
  // `resolve` knows every name that can be known without types; what is left is a size that nothing has bound.
  fault(Kind::UnboundSize, range, "nothing gives `{}` a value here", name);
  return {};
}

Elaborator::ScopePtr Elaborator::fileScope(const Package::File *file) {
  ScopePtr &scope = fileScopes[file];
  if (!scope) {
    scope = std::make_shared<Scope>();
    scope->file = file;
  }
  return scope;
}

/// What a name declared in a file is worth.
Value Elaborator::declared(const Package::File &file, const ast::Declaration &declaration, Range range) {
  switch (declaration.kind) {
  case ast::Declaration::Kind::Function: {
    auto function = std::make_shared<Callable>();
    function->kind = Callable::Kind::Declared, function->declaration = declaration.function.get();
    function->scope = fileScope(&file), function->library = file.library,
    function->name = declaration.function->name->text;
    return std::shared_ptr<const Callable>(function);
  }
  case ast::Declaration::Kind::Block:
    return BlockMaker{declaration.block.get(), &file, {}};
  case ast::Declaration::Kind::Value: {
    auto [known, fresh] = declaredValues.try_emplace(&declaration, Value());
    if (fresh) {
      Value value = eval(*declaration.value, fileScope(&file));
      declaredValues[&declaration] = value;
      return value;
    }
    return known->second;
  }
  case ast::Declaration::Kind::Model:
    return eval(*declaration.value, fileScope(&file));
  default:
    fault(Kind::TypeMismatch, range, "`{}` is a {}, not a value", declaration.name.text,
          declaration.kind == ast::Declaration::Kind::Type ? "type" : "recipe");
    return {};
  }
}

// ---- and, or ----

/// What stands right of `and` is asked only where the left side holds, right of `or` only where it does not.
Value Elaborator::evalLogical(const ast::Binary &e, const ScopePtr &scope) {
  bool conjunction = e.op == ast::Binary::Op::And;
  Value left = eval(*e.left, scope);
  if (left.poisoned())
    return {};
  if (auto truth = left.as<bool>())
    return *truth == conjunction ? eval(*e.right, scope) : left;
  if (left.callable()) {
    Value right = eval(*e.right, scope);
    if (right.poisoned())
      return {};
    auto a = left.as<std::shared_ptr<const Callable>>(), b = right.as<std::shared_ptr<const Callable>>();
    if (!b) {
      fault(Kind::TypeMismatch, e.range, "`{}` joins a function with {}", conjunction ? "and" : "or", describe(right))
          .mark(e.right->range, describe(right));
      return {};
    }
    auto combined = std::make_shared<Callable>();
    combined->kind = conjunction ? Callable::Kind::And : Callable::Kind::Or;
    combined->a = *a, combined->b = *b;
    return std::shared_ptr<const Callable>(combined);
  }
  const Expr *known = left.data() ? scalarOf(*left.data()) : nullptr;
  if (known && known->type == Element::Bool && !conjunction)
    known = make.apply(ScalarOp::Not, known, known->range);
  Value right;
  {
    Assumed assumed(*this, known && known->type == Element::Bool ? known : nullptr);
    right = eval(*e.right, scope);
  }
  if (auto truth = right.as<bool>())
    return *truth == conjunction ? left : right;
  return binary(e.op, left, right, e.range, e.left->range, e.right->range);
}

// ---- members, calls ----

/// What other languages ask of a tensor.
static std::string tensorHabit(std::string_view name) {
  static const std::map<std::string_view, std::string_view> habits = {
      {"shape", "the axes have their names in its type: of `x: [B, T, D]`, `D` is the last"},
      {"size", "the axes have their names in its type: of `x: [B, T, D]`, `D` is the last"},
      {"dim", "the axes have their names in its type: of `x: [B, T, D]`, `D` is the last"},
      {"view", "axes are split and merged by composites: `y[b, h, e] = x[b, (h, e)]`"},
      {"reshape", "axes are split and merged by composites: `y[b, h, e] = x[b, (h, e)]`"},
      {"flatten", "axes are split and merged by composites: `y[b, (h, e)] = x[b, h, e]`"},
      {"transpose", "axes are reordered by an index statement: `y[j, i] = x[i, j]`"},
      {"permute", "axes are reordered by an index statement: `y[j, i] = x[i, j]`"},
      {"T", "axes are reordered by an index statement: `y[j, i] = x[i, j]`"},
      {"sum", "a sum names its index: `sum[i] x[i]`"},
      {"mean", "a mean names its index: `mean[i] x[i]`"},
      {"max", "a maximum names its index: `max[i] x[i]`"},
      {"to", "a cast is written `f32(x)`"},
      {"float", "a cast is written `f32(x)`"},
      {"detach", "gradients stop at `stop_gradient(x)`"},
  };
  auto found = habits.find(name);
  return std::string(found == habits.end() ? "a tensor is a value and has no members: functions take it, `f(x)`"
                                           : found->second);
}

Value Elaborator::evalDot(const ast::Dot &e, const ScopePtr &scope) {
  if (auto base = ast::as<ast::NameExpr>(e.base);
      base && base->name == "std") { // also where a parameter is called `std`
    if (const Package::Symbol *symbol = package.findStd(e.name.text))
      return declared(*symbol->file, *symbol->declaration, e.name.range);
  }
  Value base = eval(*e.base, scope);
  if (base.poisoned())
    return {};
  if (auto block = base.as<BlockRef>()) {
    if (block->pick) {
      fault(Kind::NoMember, e.name.range, "a block that data picks is called, and has no members to read");
      return {};
    }
    if (auto value = field(*block, e.name.text, e.name.range))
      return *value;
    auto &report = fault(Kind::NoMember, e.name.range, "the block `{}` has no `{}`",
                         block->instance->declaration->name.text, e.name.text);
    if (auto near = nearest(e.name.text, membersOf(*block->instance)); !near.empty())
      report.helped(fmt::format("did you mean `{}`?", near));
    return {};
  }
  if (auto tuple = base.as<std::shared_ptr<const TupleValue>>()) {
    for (size_t i = 0; i < (*tuple)->items.size(); ++i)
      if ((*tuple)->names[i] == e.name.text)
        return (*tuple)->items[i];
    std::string names;
    for (const std::string &name : (*tuple)->names)
      names += (names.empty() ? "`" : ", `") + name + "`";
    std::string near = nearest(e.name.text, (*tuple)->names);
    fault(Kind::NoMember, e.name.range, "there is no result `{}` here", e.name.text)
        .helped(near.empty() ? fmt::format("the results are {}", names) : fmt::format("did you mean `{}`?", near));
    return {};
  }
  if (base.result == e.name.text && !base.result.empty())
    return base; // a single result may be asked for by name
  auto &report = fault(Kind::NoMember, e.name.range, "{} has no `{}`", describe(base), e.name.text);
  if (!base.result.empty())
    report.helped(fmt::format("the result is called `{}`", base.result));
  else if (base.data())
    report.helped(tensorHabit(e.name.text));
  return {};
}

Elaborator::Arguments Elaborator::evalArguments(const std::vector<ast::Argument> &arguments, const ScopePtr &scope) {
  Arguments result;
  for (const ast::Argument &argument : arguments)
    result.push_back({argument.name ? argument.name->text : "", eval(*argument.value, scope), argument.value->range});
  return result;
}

Value Elaborator::evalCall(const ast::Call &e, const ScopePtr &scope) {
  if (auto name = ast::as<ast::NameExpr>(e.callee); name && !lookup(name->name, name->range, scope)) {
    if (name->name == "config")
      return evalConfig(e, scope);
    if (name->name == "given" && e.arguments.size() == 1)
      return !eval(*e.arguments[0].value, scope).as<Absent>();
  }
  Value callee = eval(*e.callee, scope);
  Arguments arguments = evalArguments(e.arguments, scope);
  if (callee.poisoned())
    return {};
  for (const Argument &argument : arguments)
    if (argument.value.poisoned())
      return {};
  return call(callee, e.callee->range, std::move(arguments), e.range);
}

Value Elaborator::call(const Value &callee, Range calleeRange, Arguments arguments, Range range) {
  if (auto function = callee.callable())
    return callFunction(*function, std::move(arguments), range);
  if (auto maker = callee.as<BlockMaker>())
    return makeBlock(*maker, std::move(arguments), range);
  if (auto block = callee.as<BlockRef>())
    return callBlock(*block, std::move(arguments), range);
  auto &report = fault(Kind::NotCallable, calleeRange, "{} cannot be called", describe(callee));
  std::string_view written = sources.text(calleeRange);
  if (callee.data())
    report.helped(fmt::format("index it: `{}[…]`", written.size() <= 40 ? written : "x"));
  else if (auto list = callee.as<std::shared_ptr<const List>>();
           list && !(*list)->items.empty() && (*list)->items[0].as<BlockRef>())
    report.helped(fmt::format("its blocks are called in turn: `for block in {} {{ x = block(x) }}`", written));
  return {};
}

} // namespace heed
