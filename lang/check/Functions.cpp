// Calls of functions: declared, combined, seen through a type with names.
#include "lang/check/Elaborator.h"

namespace heed {

namespace {
constexpr size_t kDeepestCall = 200;

/// Parameters of the list that the next call fills.
const std::vector<ast::Parameter> *nextList(const Callable &f) {
  return f.kind == Callable::Kind::Declared ? &f.declaration->lists[f.given] : nullptr;
}
} // namespace

Value Elaborator::callFunction(const Callable &f, Arguments arguments, Range range) {
  switch (f.kind) {
  case Callable::Kind::Builtin:
    return callBuiltin(f.name, std::move(arguments), range);
  case Callable::Kind::Declared:
    return callDeclared(f, std::move(arguments), range);
  case Callable::Kind::Not:
    return unary(ast::Unary::Op::Not, callFunction(*f.a, std::move(arguments), range), range);
  case Callable::Kind::And:
  case Callable::Kind::Or: {
    bool conjunction = f.kind == Callable::Kind::And;
    Value a = callFunction(*f.a, arguments, range);
    return joinedBooleans(conjunction, a, [&] { return callFunction(*f.b, arguments, range); }, range);
  }
  case Callable::Kind::Named: {
    std::vector<std::pair<std::string, Value>> named;
    for (size_t i = 0; i < arguments.size(); ++i) {
      std::string name = !arguments[i].name.empty() ? arguments[i].name : i < f.arguments.size() ? f.arguments[i] : "";
      if (std::find(f.arguments.begin(), f.arguments.end(), name) == f.arguments.end()) {
        fault(Kind::UnknownArgument, arguments[i].range, "this function takes {}", fmt::join(f.arguments, ", "));
        return {};
      }
      named.push_back({name, arguments[i].value});
    }
    return promised(f, callNamed(*f.a, named, range));
  }
  }
  return {};
}

/// The result of a function that was given where its type promises a boolean or a number.
Value Elaborator::promised(const Callable &f, Value result) {
  if (result.poisoned() || !f.gives)
    return result;
  const Data *data = result.data();
  bool truth = result.as<bool>() || (data && data->element == Element::Bool);
  bool number = result.as<Number>() || result.as<SizeExpr>() || (data && data->element != Element::Bool);
  std::string_view wanted = f.gives->name == "bool" ? "a boolean" : f.gives->name == "float" ? "a number" : "";
  if (wanted.empty() || (f.gives->name == "bool" ? truth : number))
    return result;
  fault(Kind::TypeMismatch, f.from, "`{}` gives {}, and this function gives {}", f.name, wanted, describe(result));
  return {};
}

/// Left first; the right side is asked under the condition that the left one leaves open.
Value Elaborator::joinedBooleans(bool conjunction, const Value &a, const std::function<Value()> &right, Range range) {
  if (a.poisoned())
    return {};
  if (auto truth = a.as<bool>())
    return *truth == conjunction ? right() : a;
  const Expr *known = a.data() ? scalarOf(*a.data()) : nullptr;
  if (known && known->type != Element::Bool)
    known = nullptr;
  if (known && !conjunction)
    known = make.apply(ScalarOp::Not, known, known->range);
  Value b;
  {
    Assumed assumed(*this, known);
    b = right();
  }
  if (auto truth = b.as<bool>())
    return *truth == conjunction ? a : b;
  return binary(conjunction ? ast::Binary::Op::And : ast::Binary::Op::Or, a, b, range, range, range);
}

/// Calls with what the function asks for, picked by name from what there is.
Value Elaborator::callNamed(const Callable &f, const std::vector<std::pair<std::string, Value>> &named, Range range) {
  switch (f.kind) {
  case Callable::Kind::Not:
    return unary(ast::Unary::Op::Not, callNamed(*f.a, named, range), range);
  case Callable::Kind::And:
  case Callable::Kind::Or:
    return joinedBooleans(
        f.kind == Callable::Kind::And, callNamed(*f.a, named, range), [&] { return callNamed(*f.b, named, range); },
        range);
  case Callable::Kind::Named:
    return callNamed(*f.a, named, range);
  default:
    break;
  }
  Arguments picked;
  if (const auto *list = nextList(f)) {
    for (const ast::Parameter &parameter : *list)
      for (const auto &[name, value] : named)
        if (name == parameter.name.text)
          picked.push_back({name, value, range});
  } else {
    for (const auto &[name, value] : named)
      picked.push_back({"", value, range});
  }
  return callFunction(f, std::move(picked), range);
}

/// The block that a function belongs to, if it is one's.
static const Instance *blockOf(const Callable &f) {
  for (const Scope *scope = f.scope.get(); scope; scope = scope->parent.get())
    if (scope->self)
      return scope->self->instance.get();
  return nullptr;
}

Value Elaborator::callDeclared(const Callable &f, Arguments arguments, Range range) {
  const ast::Function &declaration = *f.declaration;
  auto scope = std::make_shared<Scope>();
  scope->parent = f.scope;
  calls.push_back({range, f.library, blockOf(f)});
  struct Leave {
    std::vector<CallSite> &calls;
    ~Leave() { calls.pop_back(); }
  } leave{calls};
  if (calls.size() > kDeepestCall) {
    fault(Kind::Recursion, range, "`{}` calls itself", f.name);
    return {};
  }
  if (!bindParameters(declaration.lists[f.given], std::move(arguments), *scope, scope, range, f.name))
    return {};
  if (f.given + 1 < declaration.lists.size()) { // a function of the rest
    auto rest = std::make_shared<Callable>(f);
    rest->given = f.given + 1, rest->scope = scope;
    return std::shared_ptr<const Callable>(rest);
  }
  // The body is index notation of its own: `..` and conditions around the call mean nothing to its binders, but guard
  // what it reads.
  auto outerSpreads = std::exchange(spreads, {});
  auto outerBases = std::exchange(bases, {});
  std::string outerPlace = drawPlace;
  const Scope *block = f.scope.get();
  while (block && !block->self)
    block = block->parent.get();
  if (block && !initialising)
    drawPlace = block->self->instance->place.path;
  Value result;
  if (auto body_ = ast::as<ast::Body>(declaration.body))
    result = evalBody(*body_, scope);
  else
    result = eval(*declaration.body, scope);
  spreads = std::move(outerSpreads);
  bases = std::move(outerBases);
  drawPlace = std::move(outerPlace);
  return functionResult(declaration, std::move(result), scope, range);
}

/// What is returned has the type that the head promises, and is rounded to it.
Value Elaborator::functionResult(const ast::Function &declaration, Value result, const ScopePtr &scope, Range range) {
  if (result.poisoned() || !declaration.result)
    return result;
  const ast::Type &type = *declaration.result;
  Range at = declaration.body->range;
  if (auto body_ = ast::as<ast::Body>(declaration.body); body_ && !body_->statements.empty())
    at = body_->statements.back()->range;
  std::string what = declaration.name ? fmt::format("the result of `{}`", declaration.name->text) : "the result";
  if (auto several = result.as<std::shared_ptr<const TupleValue>>(); several && type.kind != ast::Type::Kind::Tuple) {
    fault(Kind::ResultCount, at, "{} is one value, and the body gives {}", what, (*several)->items.size())
        .note(declaration.head, "declared here");
    return {};
  }
  if (type.kind != ast::Type::Kind::Tuple) {
    Value value = coerce(type, std::move(result), scope, at, what);
    return value;
  }
  auto tuple = result.as<std::shared_ptr<const TupleValue>>();
  if (type.fields.size() == 1) {
    if (tuple && (*tuple)->items.size() == 1)
      result = Value((*tuple)->items[0]);
    Value value = coerce(*type.fields[0].type, std::move(result), scope, at, what);
    if (type.fields[0].name)
      value.result = type.fields[0].name->text;
    return value;
  }
  if (!tuple || (*tuple)->items.size() != type.fields.size()) {
    fault(Kind::ResultCount, at, "{} is {} values, and the body gives {}", what, type.fields.size(),
          tuple ? (*tuple)->items.size() : size_t(1))
        .note(declaration.head, "declared here");
    return {};
  }
  auto typed = std::make_shared<TupleValue>();
  for (size_t i = 0; i < type.fields.size(); ++i) {
    const ast::Type::Field &wanted = type.fields[i];
    size_t from = i;
    if (wanted.name)
      for (size_t k = 0; k < (*tuple)->items.size(); ++k)
        if ((*tuple)->names[k] == wanted.name->text)
          from = k;
    typed->names.push_back(wanted.name ? wanted.name->text : "");
    typed->items.push_back(coerce(*wanted.type, (*tuple)->items[from], scope, at, what));
    if (typed->items.back().poisoned())
      return {};
  }
  return std::shared_ptr<const TupleValue>(typed);
}

} // namespace heed
