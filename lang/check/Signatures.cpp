// Arguments meet parameters: positions and names, sizes solved from shapes, values brought to the declared types.
#include "lang/check/Elaborator.h"
#include "lang/check/Mentions.h"

#include <cctype>

namespace heed {

namespace {
bool isSizeName(const std::string &name) { return !name.empty() && std::isupper(static_cast<unsigned char>(name[0])); }

const std::map<std::string, Element, std::less<>> elements = {
    {"", Element::Working}, {"f64", Element::F64},   {"f32", Element::F32},
    {"f16", Element::F16},  {"bf16", Element::BF16}, {"i64", Element::I64},
    {"i32", Element::I32},  {"u8", Element::U8},     {"bool", Element::Bool}};
} // namespace

Element Elaborator::elementOf(const ast::Type &type) const { return elements.at(type.name); }

const ast::Type *Elaborator::resolveAlias(const ast::Type &type, Scope &scope) {
  const ast::Type *current = &type;
  for (int depth = 0; current->kind == ast::Type::Kind::Named && depth < 32; ++depth) {
    const Package::Symbol *symbol = nullptr;
    for (Scope *s = &scope; s && !symbol; s = s->parent.get())
      if (s->file)
        symbol = package.find(*s->file, current->name);
    if (!symbol || symbol->declaration->kind != ast::Declaration::Kind::Type)
      return current;
    current = symbol->declaration->type.get();
  }
  return current;
}

/// Fills one parameter list. Sizes that name one axis alone are bound first, then those that are part of an expression.
bool Elaborator::bindParameters(const std::vector<ast::Parameter> &parameters, Arguments arguments, Scope &names,
                                const ScopePtr &scope, Range call, std::string_view what) {
  std::vector<const Argument *> given(parameters.size());
  size_t next = 0;
  for (const Argument &argument : arguments) {
    size_t at = next;
    if (!argument.name.empty()) {
      for (at = 0; at < parameters.size() && parameters[at].name.text != argument.name;)
        ++at;
      if (at == parameters.size()) {
        std::vector<std::string> known;
        for (const ast::Parameter &parameter : parameters)
          known.push_back(parameter.name.text);
        auto &report = fault(Kind::UnknownArgument, argument.range, "`{}` has no parameter `{}`", what, argument.name);
        if (auto near = nearest(argument.name, known); !near.empty())
          report.helped(fmt::format("did you mean `{}`?", near));
        return false;
      }
    } else if (next++ >= parameters.size()) {
      fault(Kind::ArgumentCount, argument.range, "`{}` takes {} argument{}, and here are {}", what, parameters.size(),
            parameters.size() == 1 ? "" : "s", arguments.size());
      return false;
    }
    if (given[at]) {
      fault(Kind::ArgumentCount, argument.range, "`{}` is given twice", parameters[at].name.text);
      return false;
    }
    given[at] = &argument;
  }
  auto rangeOf = [&](size_t i) {
    return given[i] ? given[i]->range : parameters[i].value ? parameters[i].value->range : call;
  };
  // What is known when compiling comes first: sizes of types may use it.
  for (int round : {0, 1, 2}) {
    for (size_t i = 0; i < parameters.size(); ++i) {
      const ast::Parameter &parameter = parameters[i];
      if (!given[i] || given[i]->value.as<Absent>())
        continue;
      const ast::Type *type = parameter.type ? resolveAlias(*parameter.type, names) : nullptr;
      bool tensor = type && type->kind == ast::Type::Kind::Tensor;
      if (round == 0 && !tensor)
        names.names[parameter.name.text] = given[i]->value;
      if (round > 0 && tensor && !bindSizes(parameter, *type, given[i]->value, names, scope, rangeOf(i), round == 2))
        return false;
    }
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    const ast::Parameter &parameter = parameters[i];
    Value value = given[i] ? given[i]->value : Value();
    if (!given[i]) {
      if (parameter.value) {
        value = eval(*parameter.value, scope);
      } else if (parameter.optional) {
        value = Absent{};
      } else {
        fault(Kind::MissingArgument, call, "`{}` needs `{}`", what, parameter.name.text)
            .note(parameter.range, "declared here");
        return false;
      }
    }
    if (parameter.type && !value.as<Absent>())
      value = coerce(*parameter.type, std::move(value), scope, rangeOf(i), fmt::format("`{}`", parameter.name.text));
    if (value.poisoned())
      return false;
    names.names[parameter.name.text] = std::move(value);
  }
  return true;
}

/// Gives the size names of a tensor type their values from the shape of what was given.
bool Elaborator::bindSizes(const ast::Parameter &parameter, const ast::Type &type, const Value &value, Scope &names,
                           const ScopePtr &scope, Range at, bool solve) {
  DataPtr data = toData(value, at, fmt::format("`{}`", parameter.name.text));
  if (!data)
    return false;
  size_t spread = type.axes.size();
  for (size_t i = 0; i < type.axes.size(); ++i)
    if (type.axes[i].spread)
      spread = i;
  bool open = spread < type.axes.size();
  size_t fixed = type.axes.size() - (open ? 1 : 0);
  if (data->axes.size() < fixed || (!open && data->axes.size() != fixed)) {
    if (data->axes.empty() && data->literal && open)
      return true; // a number where a tensor of any shape may stand
    if (solve)
      return true; // reported in the first round
    fault(Kind::RankMismatch, at, "`{}` has {} ax{}{}, and this is {}", parameter.name.text, fixed,
          fixed == 1 ? "is" : "es", open ? " or more" : "", describe(value))
        .note(parameter.range, "declared here");
    return false;
  }
  size_t extra = data->axes.size() - fixed, position = 0;
  for (size_t i = 0; i < type.axes.size(); ++i) {
    if (i == spread) {
      std::vector<SizeExpr> leading(data->axes.begin() + position, data->axes.begin() + position + extra);
      position += extra;
      if (!names.leading) {
        names.leading = leading, names.boundAt[".."] = at;
      } else if (solve && (leading.size() != names.leading->size() ||
                           !std::equal(leading.begin(), leading.end(), names.leading->begin(),
                                       [&](const SizeExpr &a, const SizeExpr &b) { return sizesAgree(a, b); }))) {
        fault(Kind::AxisMismatch, at, "`..` is {} in `{}` and {} before it", shapeText(leading), parameter.name.text,
              shapeText(*names.leading))
            .labelled(shapeText(data->axes))
            .mark(names.boundAt[".."], fmt::format("`..` = {}", shapeText(*names.leading)));
        return false;
      }
      continue;
    }
    if (!bindAxis(type.axes[i], data->axes[position++], names, scope, at, parameter, solve))
      return false;
  }
  return true;
}

/// `[B, T, H * E]`: `B` alone is bound in the first round; with one unknown left, `H * E` is solved in the second.
bool Elaborator::bindAxis(const ast::Axis &axis, const SizeExpr &actual, Scope &names, const ScopePtr &scope, Range at,
                          const ast::Parameter &parameter, bool solve) {
  auto known = [&](const std::string &name) { return lookup(name, axis.range, scope).has_value(); };
  if (auto name = ast::as<ast::NameExpr>(axis.size)) {
    if (isSizeName(name->name) && !known(name->name)) {
      auto n = actual.constant();
      names.names[name->name] = n ? Value(Number(*n)) : Value(actual);
      names.boundAt[name->name] = at;
      bindStateSize(name->name, actual, scope);
    }
    return true; // whether the sizes agree is asked when the value meets its type
  }
  if (!solve)
    return true;
  std::vector<std::string> unknown;
  for (const std::string &name : namesIn(*axis.size))
    if (isSizeName(name) && !known(name))
      unknown.push_back(name);
  if (unknown.empty())
    return true;
  if (unknown.size() > 1) {
    fault(Kind::UnboundSize, axis.range, "`{}` and `{}` cannot both be found from one axis", unknown[0], unknown[1])
        .helped("give one of them an axis of its own, or a parameter");
    return false;
  }
  // factor * unknown + offset = actual
  std::string mark = "?" + unknown[0];
  names.names[unknown[0]] = Value(SizeExpr::symbol(mark));
  Value form = eval(*axis.size, scope);
  names.names.erase(unknown[0]);
  if (form.poisoned())
    return false;
  auto size = form.size();
  auto at0 = [&](int64_t x) {
    return size->substitute([&](std::string_view s) { return s == mark ? std::optional(SizeExpr(x)) : std::nullopt; });
  };
  if (!size) {
    notWhole(Kind::TypeMismatch, axis.range, "an axis", form);
    return false;
  }
  SizeExpr offset = at0(0), factor = at0(1) - offset;
  auto solution = factor == SizeExpr(0) ? std::nullopt : (actual - offset).dividedBy(factor);
  if (!solution || !(at0(2) - offset == factor + factor)) {
    auto n = (actual - offset).constant(), d = factor.constant();
    fault(Kind::NotDivisible, at, "`{}` is {} in `{}`, and {} does not divide {}{}", sources.text(axis.size->range),
          actual.str(), parameter.name.text, factor.str(), offset == SizeExpr(0) ? "it" : (actual - offset).str(),
          n && d && *d ? fmt::format(" (remainder {})", *n % *d) : "")
        .note(axis.range, fmt::format("`{}` is to be found from this axis", unknown[0]));
    return false;
  }
  auto n = solution->constant();
  names.names[unknown[0]] = n ? Value(Number(*n)) : Value(*solution);
  names.boundAt[unknown[0]] = at;
  bindStateSize(unknown[0], *solution, scope);
  return true;
}

/// The sizes that a tensor type names, in this scope.
std::optional<std::vector<SizeExpr>> Elaborator::axesOf(const ast::Type &type, const ScopePtr &scope) {
  std::vector<SizeExpr> axes;
  for (const ast::Axis &axis : type.axes) {
    if (axis.spread) {
      for (Scope *s = scope.get(); s; s = s->parent.get())
        if (s->leading) {
          axes.insert(axes.end(), s->leading->begin(), s->leading->end());
          break;
        }
      continue;
    }
    Value value = eval(*axis.size, scope);
    if (value.poisoned())
      return std::nullopt;
    auto size = value.size();
    if (!size) {
      notWhole(Kind::TypeMismatch, axis.range, "an axis", value);
      return std::nullopt;
    }
    axes.push_back(*size);
  }
  return axes;
}

/// "`x` is [B, T, width] with `width` = 64, and this is [B, T, 172]", beside the arguments that gave those sizes.
void Elaborator::shapeFault(const ast::Type &type, const std::vector<SizeExpr> &axes, const Data &data,
                            const ScopePtr &scope, Range at, std::string_view what) {
  std::string written, meanings;
  std::vector<Mark> marks;
  auto meaning = [&](const std::string &name, const std::string &value) {
    std::string text = fmt::format("`{}` = {}", name, value);
    if (value == name || meanings.find(text) != std::string::npos)
      return;
    meanings += (meanings.empty() ? " with " : ", ") + text;
    for (Scope *s = scope.get(); s; s = s->parent.get())
      if (auto bound = s->boundAt.find(name);
          bound != s->boundAt.end() && !(bound->second == at) && bound->second.file == at.file)
        return marks.push_back({bound->second, text});
  };
  size_t position = 0, leading = axes.size() + 1 - type.axes.size();
  for (const ast::Axis &axis : type.axes) {
    written += written.empty() ? "" : ", ";
    written += axis.spread ? ".." : std::string(sources.text(axis.size->range));
    size_t count = axis.spread ? leading : 1;
    bool differs = false;
    for (size_t i = position; i < position + count; ++i)
      differs = differs || data.axes.size() != axes.size() || !sizesAgree(axes[i], data.axes[i]);
    if (differs && axis.spread)
      meaning("..", shapeText({axes.begin() + position, axes.begin() + position + count}));
    else if (differs)
      for (const std::string &name : namesIn(*axis.size))
        if (auto value = lookup(name, axis.range, scope); value && value->size())
          meaning(name, value->size()->str());
    position += count;
  }
  std::string wanted = axes.empty() ? "a scalar" : fmt::format("[{}]{}", written, meanings);
  auto &report = fault(Kind::AxisMismatch, at, "{} is {}, and this is {}", what, wanted,
                       data.axes.empty() ? "a scalar" : shapeText(data.axes));
  report.labelled(data.axes.empty() ? "" : shapeAndOrigin(data, at));
  for (Mark &mark : marks)
    report.mark(mark.range, mark.text);
  report.note(type.range, "declared here");
}

Value Elaborator::coerceTensor(const ast::Type &type, const Value &value, const ScopePtr &scope, Range at,
                               std::string_view what) {
  Element want = elementOf(type);
  DataPtr data = toData(value, at, what);
  auto axes = data ? axesOf(type, scope) : std::nullopt;
  if (!axes)
    return {};
  if (data->literal && data->axes.empty() && !holds(want, *data, at, what))
    return {};
  bool fills = data->axes.empty() && data->literal && !axes->empty();
  if (fills) {
    auto filled = std::make_shared<Data>(*data);
    filled->axes = *axes, filled->literal = false;
    filled->at = [e = scalarOf(*data)](std::span<const Expr *const>) { return e; };
    data = filled;
  }
  bool fits = data->axes.size() == axes->size();
  for (size_t i = 0; fits && i < axes->size(); ++i)
    fits = sizesAgree(data->axes[i], (*axes)[i]);
  if (!fits) {
    shapeFault(type, *axes, *data, scope, at, what);
    return {};
  }
  bool truth = data->element == Element::Bool, wantTruth = want == Element::Bool;
  bool lossy = checked::isFloat(data->element) && checked::isInteger(want);
  if (truth != wantTruth || lossy) {
    static const char *const kinds[] = {"floats", "whole numbers", "booleans"};
    auto kind = [](Element e) { return kinds[e == Element::Bool ? 2 : checked::isInteger(e) ? 1 : 0]; };
    fault(Kind::ElementType, at, "{} holds {}, and this holds {}", what, kind(want), kind(data->element))
        .note(type.range, "declared here")
        .helped(lossy && !wantTruth ? "`floor`, `ceil` or `round` makes it whole"
                : wantTruth         ? "compare it: `x != 0` is a boolean"
                                    : "cast it: `i32(…)` or `f32(…)` is 0 or 1");
    return {};
  }
  if (data->literal && axes->empty())
    return simplified(scalar(make.cast(scalarOf(*data), checked::isInteger(want) ? Element::I64 : want, at), true));
  // Integers of any width serve as they are; floats are rounded to what was declared.
  bool asIs = checked::isInteger(want) ? checked::isInteger(data->element) : data->element == want || truth;
  if (data->table && checked::isFloat(want))
    asIs = true;
  if (!asIs && roundLast(*data, want))
    return Value(wholeTensor(data->tensor));
  if (!asIs) {
    Value cast = castTo(want == Element::Working ? Element::Working : want, Value(data), at);
    data = toData(cast, at);
    if (!data)
      return {};
  }
  if (fills) { // every element is a number that is known: it is stored nowhere
    auto constant = std::make_shared<Data>(*data);
    constant->element = want, constant->view = true;
    return DataPtr(constant);
  }
  return materialised(data, resultName(what), at,
                      checked::isInteger(want) && !data->tensor ? std::optional(want) : std::nullopt);
}

/// Whether a number that is known fits into the integer type.
bool Elaborator::holds(Element want, const Data &literal, Range at, std::string_view what) {
  auto number = Scalars::constant(scalarOf(literal));
  double low = want == Element::U8 ? 0 : -0x1p31, high = want == Element::U8 ? 0xff : 0x1p31 - 1;
  if (!number || (want != Element::U8 && want != Element::I32) || (number->value() >= low && number->value() <= high))
    return true;
  fault(Kind::OutOfRange, at, "{} is {}, which holds {} to {}, and this is {}", what,
        want == Element::U8 ? "u8" : "i32", Number::real(low).str(), Number::real(high).str(), number->str());
  return false;
}

/// A name for what a function gives back or takes: the word in backticks of "`x`" or "the result of `norm`".
std::string Elaborator::resultName(std::string_view what) {
  size_t first = what.find('`'), last = what.rfind('`');
  return first == std::string_view::npos || last <= first ? "value"
                                                          : std::string(what.substr(first + 1, last - first - 1));
}

Value Elaborator::coerceFunction(const ast::Type &type, Value value, const ScopePtr &scope, Range at,
                                 std::string_view what) {
  auto function = value.as<std::shared_ptr<const Callable>>();
  if (!function) {
    if (value.as<BlockMaker>())
      return value; // fn(int, int) -> block
    auto &report = fault(Kind::TypeMismatch, at, "{} is a function, and this is {}", what, describe(value));
    if (value.data() && !type.takes.empty() && type.takes[0].name)
      report.helped("write one that reads it: `fn (b, j) = x[b, j]`");
    return {};
  }
  std::vector<std::string> names;
  for (const ast::Type::Argument &argument : type.takes)
    if (argument.name && !(argument.type))
      names.push_back(argument.name->text);
  auto nameOf = [](const Callable &f) {
    return f.declaration->name ? fmt::format("`{}`", f.name) : std::string("this function");
  };
  if (names.empty()) { // fitted by position
    const Callable &f = **function;
    if (f.kind != Callable::Kind::Declared)
      return value;
    const auto &list = f.declaration->lists[f.given];
    size_t needed =
        std::count_if(list.begin(), list.end(), [](const ast::Parameter &p) { return !p.value && !p.optional; });
    if (type.takes.empty() || (needed <= type.takes.size() && type.takes.size() <= list.size()))
      return value;
    fault(Kind::FunctionFit, at, "{} is called with {} argument{}, and {} takes {}", what, type.takes.size(),
          type.takes.size() == 1 ? "" : "s", nameOf(f), list.size());
    return {};
  }
  // Fitted by any function whose parameters are some of those names.
  std::function<bool(const Callable &)> fits = [&](const Callable &f) {
    if (f.kind == Callable::Kind::Declared)
      for (const ast::Parameter &parameter : f.declaration->lists[f.given])
        if (!parameter.value && std::find(names.begin(), names.end(), parameter.name.text) == names.end()) {
          auto &report = fault(Kind::FunctionFit, at, "{} is asked with {}, and {} also wants `{}`", what,
                               fmt::join(names, ", "), nameOf(f), parameter.name.text);
          if (f.declaration->lists.size() > f.given + 1)
            report.helped(fmt::format("give its first arguments: `{}(…)`", f.name));
          else
            report.helped(
                fmt::format("its parameters are some of `{}`, by name, in any order", fmt::join(names, "`, `")));
          return false;
        }
    return (!f.a || fits(*f.a)) && (!f.b || fits(*f.b));
  };
  if (!fits(**function))
    return {};
  auto view = std::make_shared<Callable>();
  view->kind = Callable::Kind::Named, view->a = *function, view->arguments = names, view->name = resultName(what);
  view->gives = type.gives.get(), view->from = at;
  return std::shared_ptr<const Callable>(view);
}

Value Elaborator::coerce(const ast::Type &declared, Value value, const ScopePtr &scope, Range at,
                         std::string_view what) {
  if (value.poisoned())
    return {};
  const ast::Type &type = *resolveAlias(declared, *scope);
  auto mismatch = [&](std::string_view wanted) {
    fault(Kind::TypeMismatch, at, "{} is {}, and this is {}", what, wanted, describe(value));
    return Value();
  };
  switch (type.kind) {
  case ast::Type::Kind::Tensor:
  case ast::Type::Kind::Element:
    return coerceTensor(type, value, scope, at, what);
  case ast::Type::Kind::Function:
    return coerceFunction(type, std::move(value), scope, at, what);
  case ast::Type::Kind::List: {
    auto list = value.as<std::shared_ptr<const List>>();
    if (!list)
      return mismatch("a list");
    auto typed = std::make_shared<List>();
    for (const Value &item : (*list)->items)
      typed->items.push_back(coerce(*type.element, item, scope, at, what));
    return std::shared_ptr<const List>(typed);
  }
  case ast::Type::Kind::Tuple:
    return value.as<std::shared_ptr<const TupleValue>>() ? value : mismatch("a tuple");
  case ast::Type::Kind::Named:
    break;
  }
  if (type.name == "int") {
    auto number = value.as<Number>();
    if (value.as<SizeExpr>())
      return value;
    if (!number || !number->whole()) {
      notWhole(Kind::TypeMismatch, at, what, value);
      return {};
    }
    return Number(*number->whole());
  }
  if (type.name == "float") {
    if (!value.as<Number>() && !value.as<SizeExpr>() && !(value.data() && value.data()->axes.empty()))
      return mismatch("a number");
    value.real = true;
    return value;
  }
  if (type.name == "bool")
    return value.as<bool>() ? value : mismatch("true or false");
  if (type.name == "string")
    return value.as<std::string>() ? value : mismatch("a text");
  if (type.name == "fn")
    return value.callable() || value.as<BlockMaker>() ? value : mismatch("a function");
  if (type.name == "block")
    return value.as<BlockRef>() || value.as<BlockMaker>() ? value : mismatch("a block");
  return mismatch(fmt::format("a `{}`", type.name));
}

} // namespace heed
