// Operators: exact on compile-time numbers, polynomial on sizes, pointwise on functions, elementwise on data.
#include "lang/check/Elaborator.h"

#include <cmath>

namespace heed {

namespace {
using Op = ast::Binary::Op;

bool isComparison(Op op) { return op >= Op::Equal && op <= Op::GreaterEqual; }

/// `a > b` is `b < a`: the scalar operator, and whether the sides change places.
std::pair<ScalarOp, bool> scalarOp(Op op) {
  switch (op) {
  case Op::Or:
    return {ScalarOp::Or, false};
  case Op::And:
    return {ScalarOp::And, false};
  case Op::Equal:
    return {ScalarOp::Equal, false};
  case Op::NotEqual:
    return {ScalarOp::NotEqual, false};
  case Op::Less:
    return {ScalarOp::Less, false};
  case Op::LessEqual:
    return {ScalarOp::LessEqual, false};
  case Op::Greater:
    return {ScalarOp::Less, true};
  case Op::GreaterEqual:
    return {ScalarOp::LessEqual, true};
  case Op::Add:
    return {ScalarOp::Add, false};
  case Op::Subtract:
    return {ScalarOp::Subtract, false};
  case Op::Multiply:
    return {ScalarOp::Multiply, false};
  case Op::Divide:
    return {ScalarOp::Divide, false};
  case Op::Remainder:
    return {ScalarOp::Remainder, false};
  case Op::Power:
    return {ScalarOp::Power, false};
  }
  return {ScalarOp::Add, false};
}

bool compares(Op op, int order) {
  switch (op) {
  case Op::Equal:
    return order == 0;
  case Op::NotEqual:
    return order != 0;
  case Op::Less:
    return order < 0;
  case Op::LessEqual:
    return order <= 0;
  case Op::Greater:
    return order > 0;
  default:
    return order >= 0;
  }
}

std::string_view spelling(Op op) {
  static constexpr std::string_view names[] = {"or", "and", "==", "!=", "<", "<=", ">",
                                               ">=", "+",   "-",  "*",  "/", "%",  "^"};
  return names[static_cast<size_t>(op)];
}
} // namespace

Value Elaborator::unary(ast::Unary::Op op, const Value &value, Range range) {
  if (value.poisoned())
    return value;
  if (op == ast::Unary::Op::Not) {
    if (auto truth = value.as<bool>())
      return !*truth;
    if (auto function = value.as<std::shared_ptr<const Callable>>()) {
      auto combined = std::make_shared<Callable>();
      combined->kind = Callable::Kind::Not, combined->a = *function;
      return std::shared_ptr<const Callable>(combined);
    }
    DataPtr data = toData(value, range, "what `not` is asked of");
    if (data && data->element != Element::Bool) {
      fault(Kind::ConditionNotBoolean, range, "`not` is asked of {}, which is no boolean", describe(value));
      return {};
    }
    return data ? elementwiseBuiltin(ScalarOp::Not, data, range) : Value();
  }
  if (auto number = value.as<Number>()) {
    Value result = -*number;
    result.real = value.real;
    return result;
  }
  if (auto size = value.as<SizeExpr>())
    return -*size;
  DataPtr data = toData(value, range, "what `-` is asked of");
  if (data && data->element == Element::Bool) {
    fault(Kind::ElementType, range, "`-` is asked of a boolean").helped("cast it: `i32(…)` is 0 or 1");
    return {};
  }
  return data ? elementwiseBuiltin(ScalarOp::Negate, data, range) : Value();
}

/// "`heads = 12` does not divide `width = 770` (remainder 2)"; empty if it does, or if one of them is no whole number.
std::string Elaborator::unevenText(const Number &a, const Number &b, Range left, Range right) {
  auto whole = a.whole(), by = b.whole();
  if (!whole || !by || *whole % *by == 0)
    return "";
  auto named = [&](int64_t n, Range range) {
    std::string value = std::to_string(n);
    std::string_view text = sources.text(range);
    return text == value || text.find('\n') != text.npos ? value : fmt::format("`{} = {}`", text, value);
  };
  return fmt::format("{} does not divide {} (remainder {})", named(*by, right), named(*whole, left), *whole % *by);
}

/// Both sides are compile-time numbers.
Value Elaborator::numbers(Op op, const Value &left, const Value &right, Range range, Range leftRange,
                          Range rightRange) {
  const Number &a = *left.as<Number>(), &b = *right.as<Number>();
  if (isComparison(op))
    return compares(op, Number::compare(a, b));
  if ((op == Op::Divide || op == Op::Remainder) && b == Number(0)) {
    fault(Kind::DivisionByZero, range, "`{} {} 0` divides by zero", a.str(), spelling(op));
    return {};
  }
  Value result = op == Op::Add         ? a + b
                 : op == Op::Subtract  ? a - b
                 : op == Op::Multiply  ? a * b
                 : op == Op::Divide    ? a / b
                 : op == Op::Remainder ? Number::remainder(a, b)
                                       : Number::power(a, b);
  result.real = left.real || right.real;
  if (op == Op::Divide && !result.real)
    result.uneven = unevenText(a, b, leftRange, rightRange);
  return finite(std::move(result), range);
}

/// What is computed when compiling is a number, neither infinite nor undefined.
Value Elaborator::finite(Value value, Range range) {
  auto number = value.as<Number>();
  if (!number || std::isfinite(number->value()))
    return value;
  fault(Kind::NotFinite, range, "this is computed when compiling, and comes out {}",
        std::isnan(number->value()) ? "as no number" : "infinite, or too large for f64");
  return {};
}

/// Both sides are whole numbers, one of them known only when run. None: this operator makes data of them.
std::optional<Value> Elaborator::sizes(Op op, const SizeExpr &a, const SizeExpr &b, Range) {
  constexpr size_t longest = 200; // terms: powers of sums grow without end
  if ((op == Op::Multiply || op == Op::Power) && a.terms().size() * b.terms().size() > longest)
    return std::nullopt;
  switch (op) {
  case Op::Add:
    return Value(a + b);
  case Op::Subtract:
    return Value(a - b);
  case Op::Multiply:
    return Value(a * b);
  case Op::Divide:
    if (auto quotient = b == SizeExpr(0) ? std::nullopt : a.dividedBy(b))
      return Value(*quotient);
    return std::nullopt;
  case Op::Remainder:
    if (b == SizeExpr(0))
      return std::nullopt;
    return Value(SizeExpr::mod(a, b));
  case Op::Equal:
  case Op::NotEqual:
    if (sizesAgree(a, b))
      return Value(op == Op::Equal);
    return std::nullopt;
  case Op::Power:
    if (auto n = b.constant(); n && *n >= 0 && *n < 16) {
      SizeExpr result = 1;
      for (int64_t i = 0; i < *n; ++i) {
        result = result * a;
        if (result.terms().size() > longest)
          return std::nullopt;
      }
      return Value(result);
    }
    return std::nullopt;
  default: { // an order that holds for all sizes
    Question q = question();
    Linear less = op == Op::Less || op == Op::LessEqual ? Linear(b - a) : Linear(a - b);
    Linear strict(op == Op::Less || op == Op::Greater ? 1 : 0);
    if (q.facts.proves(less - strict))
      return Value(true);
    if (q.facts.proves(Linear(0) - less + strict - Linear(1)))
      return Value(false);
    return std::nullopt;
  }
  }
}

/// An order that holds, or fails, for all values of the indices: `t - 2 < T`. None where it may do either.
std::optional<bool> Elaborator::order(Op op, const Data &left, const Data &right) {
  bool whole =
      left.axes.empty() && right.axes.empty() && checked::isInteger(left.element) && checked::isInteger(right.element);
  const Expr *x = whole ? scalarOf(left) : nullptr, *y = whole ? scalarOf(right) : nullptr;
  if (!whole || op == Op::Equal || op == Op::NotEqual || !make.dataFree(x) || !make.dataFree(y))
    return std::nullopt;
  Question in = question();
  auto a = linear(x, in), b = linear(y, in);
  if (!a || !b)
    return std::nullopt;
  Linear apart = op == Op::Less || op == Op::LessEqual ? *b - *a : *a - *b;
  Linear strict(op == Op::Less || op == Op::Greater ? 1 : 0);
  if (in.facts.proves(apart - strict))
    return true;
  return in.facts.proves(strict - apart - Linear(1)) ? std::optional(false) : std::nullopt;
}

Value Elaborator::binary(Op op, const Value &left, const Value &right, Range range, Range leftRange, Range rightRange) {
  if (left.poisoned() || right.poisoned())
    return {};
  if (left.as<Number>() && right.as<Number>())
    return numbers(op, left, right, range, leftRange, rightRange);
  if (auto a = left.as<std::string>(), b = right.as<std::string>(); a && b && (op == Op::Equal || op == Op::NotEqual))
    return (*a == *b) == (op == Op::Equal);
  if (auto a = left.as<bool>(), b = right.as<bool>(); a && b && (op == Op::Equal || op == Op::NotEqual))
    return (*a == *b) == (op == Op::Equal);
  if (!left.real && !right.real)
    if (auto a = left.size(), b = right.size(); a && b)
      if (auto result = sizes(op, *a, *b, range))
        return *result;
  DataPtr a = toData(left, leftRange, "the left side"), b = toData(right, rightRange, "the right side");
  if (!a || !b)
    return {};
  bool truth = op == Op::And || op == Op::Or;
  for (auto [side, where] : {std::pair(a, leftRange), std::pair(b, rightRange)}) {
    if (truth && side->element != Element::Bool) {
      fault(Kind::ConditionNotBoolean, where, "`{}` joins booleans, and this is {}", spelling(op),
            describe(Value(side)));
      return {};
    }
    bool equality = (op == Op::Equal || op == Op::NotEqual) && a->element == b->element;
    if (!truth && !equality && side->element == Element::Bool) {
      fault(Kind::ElementType, where, "`{}` takes numbers, and this is {}", spelling(op), describe(Value(side)))
          .helped("cast it: `i32(…)` or `f32(…)` is 0 or 1");
      return {};
    }
  }
  if (isComparison(op))
    if (std::optional<bool> known = order(op, *a, *b))
      return *known;
  auto [scalar, swapped] = scalarOp(op);
  return elementwise(scalar, a, b, swapped, range, leftRange, rightRange);
}

namespace {
/// The positions of the shorter operand: axes are aligned from the last.
std::span<const Expr *const> suffix(std::span<const Expr *const> positions, size_t rank) {
  return positions.subspan(positions.size() - rank);
}

/// A literal adapts to the element it meets; anything else joins it.
Element joinedElement(const Data &a, const Data &b) {
  auto scalarType = [](Element e) { return checked::isInteger(e) ? Element::I64 : e; };
  if (a.element == b.element)
    return a.element;
  if (a.literal && checked::isFloat(b.element))
    return b.element;
  if (b.literal && checked::isFloat(a.element))
    return a.element;
  if (a.literal && checked::isInteger(a.element) && checked::isInteger(b.element))
    return b.element;
  if (b.literal && checked::isInteger(b.element) && checked::isInteger(a.element))
    return a.element;
  return joined(scalarType(a.element), scalarType(b.element));
}

const std::vector<std::string> &longerNames(const Data &a, const Data &b) {
  return a.axes.size() >= b.axes.size() ? a.axisNames : b.axisNames;
}
} // namespace

namespace {
/// What an operator does to its two sides, for messages.
std::string_view deed(ScalarOp op) {
  switch (op) {
  case ScalarOp::Add:
    return "adds {1} to {0}";
  case ScalarOp::Subtract:
    return "subtracts {1} from {0}";
  case ScalarOp::Multiply:
    return "multiplies {0} by {1}";
  case ScalarOp::Divide:
    return "divides {0} by {1}";
  case ScalarOp::Equal:
  case ScalarOp::NotEqual:
  case ScalarOp::Less:
  case ScalarOp::LessEqual:
    return "compares {0} with {1}";
  default:
    return "combines {0} with {1}";
  }
}
} // namespace

Value Elaborator::elementwise(ScalarOp op, const DataPtr &a, const DataPtr &b, bool swapped, Range range, Range left,
                              Range right) {
  auto axes = broadcast(deed(op), *a, *b, range, left, right);
  if (!axes)
    return {};
  auto data = std::make_shared<Data>();
  data->axes = *axes, data->axisNames = longerNames(*a, *b);
  data->literal = a->literal && b->literal;
  bool truth = op >= ScalarOp::Equal && op <= ScalarOp::Or;
  Element element = joinedElement(*a, *b);
  if ((op == ScalarOp::Divide || op == ScalarOp::Power) && !checked::isFloat(element))
    element = Element::F32;
  data->element = truth ? Element::Bool : element;
  data->at = [=, this](std::span<const Expr *const> positions) {
    if (make.exhausted())
      return make.nothing();
    const Expr *x = a->at(suffix(positions, a->axes.size())), *y = b->at(suffix(positions, b->axes.size()));
    return swapped ? make.apply(op, y, x, range) : make.apply(op, x, y, range);
  };
  return axes->empty() ? simplified(scalar(data->at({}), data->literal)) : Value(DataPtr(data));
}

Value Elaborator::selectValue(const DataPtr &condition, const DataPtr &a, const DataPtr &b, Range range) {
  auto axes = broadcast("chooses between {0} and {1}", *a, *b, range, range, range);
  if (!axes)
    return {};
  Data branches;
  branches.axes = *axes;
  axes = broadcast("chooses by {0} from {1}", *condition, branches, range, range, range);
  if (!axes)
    return {};
  if ((a->element == Element::Bool) != (b->element == Element::Bool)) {
    fault(Kind::ElementType, range, "one branch is boolean and the other is not");
    return {};
  }
  auto data = std::make_shared<Data>();
  data->axes = *axes, data->element = joinedElement(*a, *b);
  data->axisNames = longerNames(*condition, *a);
  data->at = [=, this](std::span<const Expr *const> positions) {
    if (make.exhausted())
      return make.nothing();
    const Expr *c = condition->at(suffix(positions, condition->axes.size()));
    const Expr *x = a->at(suffix(positions, a->axes.size())), *y = b->at(suffix(positions, b->axes.size()));
    return make.select(c, x, y, range);
  };
  return axes->empty() ? Value(scalar(data->at({}))) : Value(DataPtr(data));
}

Value Elaborator::elementwiseBuiltin(ScalarOp op, const Value &value, Range range) {
  DataPtr a = toData(value, range, "the argument");
  if (!a)
    return {};
  bool whole = op == ScalarOp::Floor || op == ScalarOp::Ceil || op == ScalarOp::Round;
  bool keeps = op == ScalarOp::Negate || op == ScalarOp::Abs || op == ScalarOp::Not;
  if (op != ScalarOp::Not && a->element == Element::Bool) {
    fault(Kind::ElementType, range, "`{}` takes a number, and this is boolean", checked::name(op));
    return {};
  }
  auto data = std::make_shared<Data>();
  data->axes = a->axes, data->axisNames = a->axisNames, data->literal = a->literal;
  data->element = whole ? Element::I32 : keeps || checked::isFloat(a->element) ? a->element : Element::F32;
  data->at = [=, this](std::span<const Expr *const> positions) { return make.apply(op, a->at(positions), range); };
  if (!data->axes.empty())
    return DataPtr(data);
  Value result = simplified(scalar(data->at({}), data->literal));
  const Data *constant = result.data();
  if (constant && constant->literal) // a compile-time float stays one
    if (auto number = Scalars::constant(scalarOf(*constant))) {
      result = *number;
      result.real = true;
    }
  return finite(std::move(result), range);
}

Value Elaborator::castTo(Element to, const Value &value, Range range) {
  DataPtr a = toData(value, range, "what is cast");
  if (!a)
    return {};
  bool narrow = to == Element::F16 || to == Element::BF16;
  Element type = checked::isInteger(to) ? Element::I64 : narrow ? Element::F32 : to;
  auto data = std::make_shared<Data>();
  data->axes = a->axes, data->axisNames = a->axisNames, data->element = to;
  data->at = [=, this](std::span<const Expr *const> positions) {
    const Expr *e = a->at(positions);
    if (type == Element::Bool && e->type != Element::Bool)
      return make.apply(ScalarOp::NotEqual, e, make.number(0, range), range);
    if (narrow)
      return make.apply(to == Element::F16 ? ScalarOp::F16 : ScalarOp::Bf16,
                        checked::isFloat(e->type) ? e : make.cast(e, type, range), range);
    return make.cast(e, type, range);
  };
  return data->axes.empty() ? Value(scalar(data->at({}))) : Value(DataPtr(data));
}

} // namespace heed
