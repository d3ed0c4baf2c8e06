// Calls of what the language brings along: elementwise functions, casts, questions about the file; what works on whole
// tensors is in WholeTensors.cpp, draws are in Draws.cpp.
#include "lang/check/Builtins.h"
#include "lang/check/Elaborator.h"

namespace heed {

namespace {
const std::map<std::string, ScalarOp, std::less<>> elementwiseOps = {
    {"abs", ScalarOp::Abs}, {"sqrt", ScalarOp::Sqrt},   {"rsqrt", ScalarOp::Rsqrt}, {"exp", ScalarOp::Exp},
    {"log", ScalarOp::Log}, {"log1p", ScalarOp::Log1p}, {"log2", ScalarOp::Log2},   {"sin", ScalarOp::Sin},
    {"cos", ScalarOp::Cos}, {"tan", ScalarOp::Tan},     {"tanh", ScalarOp::Tanh},   {"sigmoid", ScalarOp::Sigmoid},
    {"erf", ScalarOp::Erf}, {"floor", ScalarOp::Floor}, {"ceil", ScalarOp::Ceil},   {"round", ScalarOp::Round}};

const std::map<std::string, Element, std::less<>> casts = {
    {"f64", Element::F64}, {"f32", Element::F32}, {"f16", Element::F16}, {"bf16", Element::BF16},
    {"i64", Element::I64}, {"i32", Element::I32}, {"u8", Element::U8},   {"bool", Element::Bool}};
} // namespace

Value Elaborator::callBuiltin(const std::string &name, Arguments arguments, Range range) {
  auto wants = [&](size_t least, size_t most) {
    if (arguments.size() >= least && arguments.size() <= most)
      return true;
    fault(Kind::ArgumentCount, range, "`{}` takes {} argument{}, and here are {}", name,
          least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most), most == 1 ? "" : "s",
          arguments.size());
    return false;
  };
  if (auto op = elementwiseOps.find(name); op != elementwiseOps.end())
    return wants(1, 1) ? elementwiseBuiltin(op->second, arguments[0].value, range) : Value();
  if (auto cast = casts.find(name); cast != casts.end())
    return wants(1, 1) ? castTo(cast->second, arguments[0].value, range) : Value();
  if (name == "min" || name == "max")
    return wants(2, 8) ? leastOrMost(name == "min", arguments, range) : Value();
  if (name == "clamp") {
    if (!wants(3, 3))
      return {};
    Value high = leastOrMost(true, {arguments[0], arguments[2]}, range);
    return high.poisoned() ? high : leastOrMost(false, {{"", high, range}, arguments[1]}, range);
  }
  if (name == "concat")
    return concat(arguments, range);
  if (name == "split")
    return split(arguments, range);
  if (name == "len") {
    if (!wants(1, 1))
      return {};
    if (auto list = arguments[0].value.as<std::shared_ptr<const List>>())
      return Number(static_cast<int64_t>((*list)->items.size()));
    auto &report = fault(Kind::TypeMismatch, range, "`len` takes a list, and this is {}", describe(arguments[0].value));
    if (arguments[0].value.data())
      report.helped("the sizes of a tensor have their names in its type: of `x: [B, T]`, `B` and `T`");
    return {};
  }
  if (name == "sum" && arguments.size() == 1)
    if (auto list = arguments[0].value.as<std::shared_ptr<const List>>()) {
      Value total = Number(0);
      for (const Value &item : (*list)->items)
        total = binary(ast::Binary::Op::Add, total, item, range, range, range);
      return total;
    }
  if (name == "uniform" || name == "normal" || name == "gumbel" || name == "bernoulli")
    return draw(name, arguments, range);
  if (name == "stop_gradient") {
    DataPtr a = wants(1, 1) ? toData(arguments[0].value, range, "the argument") : nullptr;
    if (!a)
      return {};
    auto data = std::make_shared<Data>(*a);
    data->tensor = nullptr, data->view = false;
    data->at = [=, this](std::span<const Expr *const> positions) {
      const Expr *inner = a->at(positions);
      Expr *stop = make.make(Expr::Kind::Stop, inner->type, range);
      stop->operands = {inner};
      return stop;
    };
    return DataPtr(data);
  }
  if (name == "top" || name == "sort" || name == "argsort")
    return sorted(name, arguments, range);
  if (name == "reverse")
    return wants(1, 1) ? reversed(arguments[0].value, range) : Value();
  bool several = arguments.size() == 1 && arguments[0].value.data() && arguments[0].value.data()->axes.size() > 1;
  fault(Kind::TypeMismatch, range, "`{}` reduces over indices, which stand behind its name in brackets", name)
      .helped(several ? fmt::format("write `{0}[i, j] x[i, j]`, or `{0}[j] x[i, j]` for each `i`", name)
                      : fmt::format("write `{}[i] x[i]`", name));
  return {};
}

Value Elaborator::leastOrMost(bool least, const Arguments &arguments, Range range) {
  Value result = arguments[0].value;
  for (size_t i = 1; i < arguments.size(); ++i) {
    const Value &next = arguments[i].value;
    if (auto a = result.as<Number>(), b = next.as<Number>(); a && b) {
      bool real = result.real || next.real;
      result = (Number::compare(*a, *b) < 0) == least ? *a : *b;
      result.real = real;
      continue;
    }
    if (auto a = result.size(), b = next.size(); a && b) {
      result = least ? SizeExpr::min(*a, *b) : SizeExpr::max(*a, *b);
      continue;
    }
    DataPtr a = toData(result, arguments[0].range, "this argument"),
            b = toData(next, arguments[i].range, "this argument");
    if (!a || !b)
      return {};
    result =
        elementwise(least ? ScalarOp::Min : ScalarOp::Max, a, b, false, range, arguments[0].range, arguments[i].range);
    if (result.poisoned())
      return {};
  }
  return result;
}

namespace {
/// A config's value as the language has it. Numbers are taken as they are written: 1e-05 is exact.
Value valueOf(const ConfigValue &config) {
  if (auto truth = std::get_if<bool>(&config.value))
    return *truth;
  if (auto whole = std::get_if<int64_t>(&config.value))
    return Number(*whole);
  if (auto real = std::get_if<double>(&config.value)) {
    Value value = Number::parse(fmt::format("{}", *real)).value_or(Number::real(*real));
    value.real = true;
    return value;
  }
  if (auto items = std::get_if<ConfigValue::List>(&config.value)) {
    auto list = std::make_shared<List>();
    std::transform(items->begin(), items->end(), std::back_inserter(list->items), valueOf);
    return std::shared_ptr<const List>(list);
  }
  auto text = std::get_if<std::string>(&config.value);
  return text ? Value(*text) : Value(Absent());
}

/// As a map of meanings spells it: `true` and `12` are "true" and "12".
std::string configText(const ConfigValue &value) {
  if (auto text = std::get_if<std::string>(&value.value))
    return *text;
  if (auto truth = std::get_if<bool>(&value.value))
    return *truth ? "true" : "false";
  if (auto whole = std::get_if<int64_t>(&value.value))
    return std::to_string(*whole);
  auto real = std::get_if<double>(&value.value);
  return real ? fmt::format("{}", *real) : "null";
}
} // namespace

/// `config(key, otherwise, {"value": meaning}, null = value)`: what the checkpoint's config says, or what stands there
/// without one. Where it says null, `null` is meant, or what stands there without one.
Value Elaborator::evalConfig(const ast::Call &e, const ScopePtr &scope) {
  auto key = e.arguments.empty() ? nullptr : ast::as<ast::String>(e.arguments[0].value);
  std::vector<const ast::Expr *> plain; // after the key
  const ast::Expr *null = nullptr;
  bool fine = key;
  for (size_t i = 1; i < e.arguments.size(); ++i) {
    if (e.arguments[i].name)
      fine = fine && e.arguments[i].name->text == "null", null = e.arguments[i].value.get();
    else
      plain.push_back(e.arguments[i].value.get());
  }
  if (!fine || plain.size() > 2) {
    fault(Kind::ArgumentCount, e.range,
          "`config` takes a key, the value where there is none, a map of meanings, and `null = …`");
    return {};
  }
  auto found = options.config.find(key->value);
  bool isNull = found != options.config.end() && std::holds_alternative<std::monostate>(found->second.value);
  if (isNull && null)
    return eval(*null, scope);
  if (isNull || found == options.config.end()) {
    if (!plain.empty())
      return eval(*plain[0], scope);
    fault(Kind::ConfigValue, e.range, "the config has no `{}`, and nothing stands here for it", key->value);
    return {};
  }
  if (plain.size() < 2)
    return valueOf(found->second);
  Value map = eval(*plain[1], scope);
  auto meanings = map.as<std::shared_ptr<const Dictionary>>();
  return meanings ? meaningOf(found->second, **meanings, key->value, e.range) : Value();
}

/// What a map of meanings says of a config's value. A list is taken element by element.
Value Elaborator::meaningOf(const ConfigValue &value, const Dictionary &meanings, const std::string &key, Range range) {
  if (auto items = std::get_if<ConfigValue::List>(&value.value)) {
    auto list = std::make_shared<List>();
    for (const ConfigValue &item : *items) {
      list->items.push_back(meaningOf(item, meanings, key, range));
      if (list->items.back().poisoned())
        return {};
    }
    return std::shared_ptr<const List>(list);
  }
  std::string text = configText(value);
  std::vector<std::string> known;
  for (const auto &[name, meaning] : meanings.entries) {
    if (name == text)
      return meaning;
    known.push_back(fmt::format("\"{}\"", name));
  }
  fault(Kind::ConfigValue, range, "the config's `{}` is {}, which has no meaning here", key, quoted(text))
      .helped(known.empty() ? "" : fmt::format("there are meanings for {}", fmt::join(known, ", ")));
  return {};
}

} // namespace heed
