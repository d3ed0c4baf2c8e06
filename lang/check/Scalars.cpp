#include "lang/check/Scalars.h"

#include <cassert>
#include <cmath>

namespace heed {

Element joined(Element a, Element b) {
  if (a == b)
    return a;
  if (!checked::isFloat(a))
    return checked::isFloat(b) ? b : Element::I64;
  if (!checked::isFloat(b))
    return a;
  if (a == Element::F64 || b == Element::F64)
    return Element::F64;
  return Element::F32; // working precision and f32, or two narrow ones
}

namespace {
bool bothConstant(const Expr *a, const Expr *b) {
  return a->kind == Expr::Kind::Number && b->kind == Expr::Kind::Number;
}

/// The type of two operands; a constant takes the other's precision.
Element meeting(const Expr *a, const Expr *b) {
  if (a->kind == Expr::Kind::Number && checked::isFloat(b->type))
    return b->type;
  if (b->kind == Expr::Kind::Number && checked::isFloat(a->type))
    return a->type;
  return joined(a->type, b->type);
}
} // namespace

const IndexVar *Scalars::index(std::string name, SizeExpr bound, Range range) {
  program.indexVars.push_back({std::move(name), std::move(bound), range});
  return &program.indexVars.back();
}

Expr *Scalars::make(Expr::Kind kind, Element type, Range range) {
  Expr &e = program.exprs.emplace_back();
  e.kind = kind, e.type = type, e.range = range;
  return &e;
}

const Expr *Scalars::number(const Number &n, Range range) {
  Expr *e = make(Expr::Kind::Number, n.whole() ? Element::I64 : Element::Working, range);
  e->number = n.value();
  return e;
}
const Expr *Scalars::real(double value, Element type, Range range) {
  Expr *e = make(Expr::Kind::Number, type, range);
  e->number = value;
  return e;
}
const Expr *Scalars::boolean(bool value, Range range) { return real(value, Element::Bool, range); }

const Expr *Scalars::size(const SizeExpr &size, Range range) {
  if (auto n = size.constant())
    return number(*n, range);
  Expr *e = make(Expr::Kind::Size, Element::I64, range);
  e->size = size;
  return e;
}
const Expr *Scalars::at(const IndexVar *v, Range range) {
  Expr *e = make(Expr::Kind::Index, Element::I64, range);
  e->index = v;
  return e;
}

const Expr *Scalars::read(const checked::Tensor *tensor, std::vector<const Expr *> positions, Range range,
                          std::vector<bool> checkedAxes, std::vector<const Expr *> guards) {
  assert(positions.size() == tensor->axes.size() && "a read has one position per axis");
  Element type = tensor->element;
  if (checked::isInteger(type))
    type = Element::I64;
  else if (type == Element::F16 || type == Element::BF16)
    type = Element::F32;
  Expr *e = make(Expr::Kind::Read, type, range);
  e->tensor = tensor;
  e->operands = std::move(positions);
  e->checked = std::move(checkedAxes);
  e->checked.resize(e->operands.size());
  e->guards = std::move(guards);
  return e;
}

std::optional<Number> Scalars::constant(const Expr *e) {
  if (e->kind != Expr::Kind::Number)
    return std::nullopt;
  if (e->type == Element::I64)
    return Number(static_cast<int64_t>(e->number));
  return Number::real(e->number);
}

const Expr *Scalars::cast(const Expr *e, Element type, Range range) {
  if (e->type == type)
    return e;
  if (e->kind == Expr::Kind::Number && type != Element::Bool)
    return real(checked::isFloat(type) ? e->number : std::trunc(e->number), type, e->range);
  Expr *c = make(Expr::Kind::Cast, type, range);
  c->operands = {e};
  return c;
}

const Expr *Scalars::select(const Expr *condition, const Expr *then, const Expr *otherwise, Range range) {
  if (condition->kind == Expr::Kind::Number)
    return condition->number != 0 ? then : otherwise;
  Element type = then->type == Element::Bool ? Element::Bool : meeting(then, otherwise);
  Expr *e = make(Expr::Kind::Select, type, range);
  e->operands = {condition, cast(then, type, then->range), cast(otherwise, type, otherwise->range)};
  return e;
}

// ---- operators ----

namespace {
bool isComparison(ScalarOp op) { return op >= ScalarOp::Equal && op <= ScalarOp::LessEqual; }

/// To the nearest number of so many binary digits, ties to even; `least` is the smallest step there is.
double roundedTo(double x, int digits, double least, double greatest) {
  if (!std::isfinite(x) || x == 0)
    return x;
  double step = std::max(std::ldexp(1.0, std::ilogb(x) - digits + 1), least);
  double nearest = std::nearbyint(x / step) * step;
  return std::abs(nearest) > greatest ? std::copysign(HUGE_VAL, x) : nearest;
}

double unaryValue(ScalarOp op, double x) {
  switch (op) {
  case ScalarOp::Negate:
    return -x;
  case ScalarOp::Abs:
    return std::abs(x);
  case ScalarOp::Exp:
    return std::exp(x);
  case ScalarOp::Log:
    return std::log(x);
  case ScalarOp::Log2:
    return std::log2(x);
  case ScalarOp::Log1p:
    return std::log1p(x);
  case ScalarOp::Sqrt:
    return std::sqrt(x);
  case ScalarOp::Rsqrt:
    return 1 / std::sqrt(x);
  case ScalarOp::Sin:
    return std::sin(x);
  case ScalarOp::Cos:
    return std::cos(x);
  case ScalarOp::Tan:
    return std::tan(x);
  case ScalarOp::Tanh:
    return std::tanh(x);
  case ScalarOp::Sigmoid:
    return 1 / (1 + std::exp(-x));
  case ScalarOp::Erf:
    return std::erf(x);
  case ScalarOp::Bf16:
    return roundedTo(x, 8, 0x1p-133, 0x1.fep127);
  case ScalarOp::F16:
    return roundedTo(x, 11, 0x1p-24, 65504);
  case ScalarOp::Floor:
    return std::floor(x);
  case ScalarOp::Ceil:
    return std::ceil(x);
  case ScalarOp::Round:
    return std::nearbyint(x);
  case ScalarOp::Not:
    return x == 0;
  default:
    assert(false && "not a unary operator");
    return 0;
  }
}

double binaryValue(ScalarOp op, double a, double b) {
  switch (op) {
  case ScalarOp::Add:
    return a + b;
  case ScalarOp::Subtract:
    return a - b;
  case ScalarOp::Multiply:
    return a * b;
  case ScalarOp::Divide:
    return a / b;
  case ScalarOp::FloorDivide:
    return std::floor(a / b);
  case ScalarOp::Remainder:
    return a - b * std::floor(a / b);
  case ScalarOp::Power:
    return std::pow(a, b);
  case ScalarOp::Min:
    return std::min(a, b);
  case ScalarOp::Max:
    return std::max(a, b);
  case ScalarOp::Equal:
    return a == b;
  case ScalarOp::NotEqual:
    return a != b;
  case ScalarOp::Less:
    return a < b;
  case ScalarOp::LessEqual:
    return a <= b;
  case ScalarOp::And:
    return a != 0 && b != 0;
  case ScalarOp::Or:
    return a != 0 || b != 0;
  default:
    assert(false && "not a binary operator");
    return 0;
  }
}

/// The expression as a size, where it is one.
std::optional<SizeExpr> asSize(const Expr *e) {
  if (e->kind == Expr::Kind::Size)
    return e->size;
  if (e->kind == Expr::Kind::Number && e->type == Element::I64)
    return SizeExpr(static_cast<int64_t>(e->number));
  return std::nullopt;
}
bool same(const Expr *a, const Expr *b) {
  return a == b || (a->kind == Expr::Kind::Index && b->kind == Expr::Kind::Index && a->index == b->index);
}
const Expr *operandOf(const Expr *e, ScalarOp op, double second) {
  bool fits = e->kind == Expr::Kind::Apply && e->op == op && e->operands[1]->kind == Expr::Kind::Number &&
              e->operands[1]->number == second;
  return fits ? e->operands[0] : nullptr;
}
} // namespace

bool Scalars::within(const Expr *e, int64_t limit) {
  if (e->kind == Expr::Kind::Number)
    return e->number >= 0 && e->number < limit;
  if (e->kind == Expr::Kind::Index) {
    auto bound = e->index->bound.constant();
    return bound && *bound <= limit;
  }
  if (e->kind == Expr::Kind::Apply && e->op == ScalarOp::Remainder)
    return e->operands[1]->kind == Expr::Kind::Number && e->operands[1]->number <= limit;
  return false;
}

/// Identities of whole numbers, so that splitting an axis and merging it again leaves no trace.
const Expr *Scalars::foldWhole(ScalarOp op, const Expr *a, const Expr *b, Range range) {
  auto x = asSize(a), y = asSize(b);
  if (x && y) {
    if (op == ScalarOp::Add)
      return size(*x + *y, range);
    if (op == ScalarOp::Subtract)
      return size(*x - *y, range);
    if (op == ScalarOp::Multiply)
      return size(*x * *y, range);
    if (op == ScalarOp::FloorDivide && !(*y == SizeExpr(0)))
      return size(SizeExpr::floorDiv(*x, *y), range);
    if (op == ScalarOp::Min)
      return size(SizeExpr::min(*x, *y), range);
    if (op == ScalarOp::Max)
      return size(SizeExpr::max(*x, *y), range);
  }
  auto constantB = b->kind == Expr::Kind::Number ? std::optional(static_cast<int64_t>(b->number)) : std::nullopt;
  auto constantA = a->kind == Expr::Kind::Number ? std::optional(static_cast<int64_t>(a->number)) : std::nullopt;
  if ((op == ScalarOp::Add || op == ScalarOp::Subtract) && constantB == 0)
    return a;
  if (op == ScalarOp::Add && constantA == 0)
    return b;
  if (op == ScalarOp::Multiply && (constantA == 0 || constantB == 0))
    return number(0, range);
  if ((op == ScalarOp::Multiply || op == ScalarOp::FloorDivide) && constantB == 1)
    return a;
  if (op == ScalarOp::Multiply && constantA == 1)
    return b;
  if (op == ScalarOp::Remainder && constantB == 1)
    return number(0, range);
  if (op == ScalarOp::Subtract && same(a, b))
    return number(0, range);
  if ((op == ScalarOp::FloorDivide || op == ScalarOp::Remainder) && constantB && *constantB > 0) {
    if (within(a, *constantB))
      return op == ScalarOp::FloorDivide ? number(0, range) : a;
    if (const Expr *inner = operandOf(a, ScalarOp::Multiply, *constantB))
      return op == ScalarOp::FloorDivide ? inner : number(0, range);
    if (a->kind == Expr::Kind::Apply && a->op == ScalarOp::Add && within(a->operands[1], *constantB))
      if (const Expr *inner = operandOf(a->operands[0], ScalarOp::Multiply, *constantB))
        return op == ScalarOp::FloorDivide ? inner : a->operands[1];
  }
  if (op == ScalarOp::Add && b->kind == Expr::Kind::Apply && b->op == ScalarOp::Remainder &&
      b->operands[1]->kind == Expr::Kind::Number) // (x / n) * n + x % n
    if (const Expr *high = operandOf(a, ScalarOp::Multiply, b->operands[1]->number))
      if (const Expr *whole = operandOf(high, ScalarOp::FloorDivide, b->operands[1]->number);
          whole && same(whole, b->operands[0]))
        return whole;
  return nullptr;
}

const Expr *Scalars::foldNumbers(ScalarOp op, const Expr *a, const Expr *b, Range range) {
  if (a->kind != Expr::Kind::Number || b->kind != Expr::Kind::Number)
    return nullptr;
  if ((op == ScalarOp::FloorDivide || op == ScalarOp::Remainder) && b->number == 0)
    return nullptr;
  double value = binaryValue(op, a->number, b->number);
  bool truth = isComparison(op) || op == ScalarOp::And || op == ScalarOp::Or;
  return real(value, truth ? Element::Bool : a->type, range);
}

const Expr *Scalars::apply(ScalarOp op, const Expr *a, const Expr *b, Range range) {
  if (op == ScalarOp::And || op == ScalarOp::Or) {
    bool neutral = op == ScalarOp::And;
    if (a->kind == Expr::Kind::Number)
      return (a->number != 0) == neutral ? b : a;
    if (b->kind == Expr::Kind::Number)
      return (b->number != 0) == neutral ? a : b;
  } else if (a->type != Element::Bool || b->type != Element::Bool) {
    Element type = meeting(a, b);
    if ((op == ScalarOp::Divide || op == ScalarOp::Power) && !checked::isFloat(type))
      type = bothConstant(a, b) ? Element::Working : Element::F32;
    a = cast(a, type, a->range), b = cast(b, type, b->range);
  }
  if (const Expr *folded = foldNumbers(op, a, b, range))
    return folded;
  if (a->type == Element::I64)
    if (const Expr *folded = foldWhole(op, a, b, range))
      return folded;
  bool truth = isComparison(op) || op == ScalarOp::And || op == ScalarOp::Or;
  bool folds = checked::isFloat(a->type) && !keepsIdentities;
  if (folds && b->kind == Expr::Kind::Number) {
    if ((op == ScalarOp::Multiply || op == ScalarOp::Divide || op == ScalarOp::Power) && b->number == 1)
      return a;
    if ((op == ScalarOp::Add || op == ScalarOp::Subtract) && b->number == 0)
      return a;
  }
  if (folds && a->kind == Expr::Kind::Number)
    if ((op == ScalarOp::Multiply && a->number == 1) || (op == ScalarOp::Add && a->number == 0))
      return b;
  Expr *e = make(Expr::Kind::Apply, truth ? Element::Bool : a->type, range);
  e->op = op;
  e->operands = {a, b};
  return e;
}

/// The whole number behind a float that was made of one.
const Expr *Scalars::wholeOf(const Expr *e) {
  if (e->kind == Expr::Kind::Cast && e->operands[0]->type == Element::I64)
    return e->operands[0];
  if (e->kind == Expr::Kind::Number && e->number == std::floor(e->number) && std::abs(e->number) < 9e15)
    return number(Number(static_cast<int64_t>(e->number)), e->range);
  return nullptr;
}

const Expr *Scalars::apply(ScalarOp op, const Expr *a, Range range) {
  bool toWhole = op == ScalarOp::Floor || op == ScalarOp::Ceil || op == ScalarOp::Round;
  if (toWhole && a->type == Element::I64)
    return a;
  if (const Expr *whole = toWhole ? wholeOf(a) : nullptr)
    return whole;
  if ((op == ScalarOp::Floor || op == ScalarOp::Ceil) && a->kind == Expr::Kind::Apply && a->op == ScalarOp::Divide) {
    const Expr *x = wholeOf(a->operands[0]), *y = wholeOf(a->operands[1]);
    if (x && y && op == ScalarOp::Floor)
      return apply(ScalarOp::FloorDivide, x, y, range);
    if (x && y) // ceil(x / y) = -floor(-x / y)
      return apply(ScalarOp::Negate, apply(ScalarOp::FloorDivide, apply(ScalarOp::Negate, x, range), y, range), range);
  }
  bool keepsType = op == ScalarOp::Negate || op == ScalarOp::Abs || op == ScalarOp::Not;
  if (!keepsType && !checked::isFloat(a->type))
    a = cast(a, a->kind == Expr::Kind::Number ? Element::Working : Element::F32, range);
  Element type = toWhole ? Element::I64 : a->type;
  if (a->kind == Expr::Kind::Number)
    return real(unaryValue(op, a->number), type, range);
  if (op == ScalarOp::Negate && a->kind == Expr::Kind::Size)
    return size(-a->size, range);
  Expr *e = make(Expr::Kind::Apply, type, range);
  e->op = op;
  e->operands = {a};
  return e;
}

// ---- what a node depends on ----

const std::set<const IndexVar *> &Scalars::free(const Expr *e) {
  if (auto found = freeOf.find(e); found != freeOf.end())
    return found->second;
  std::set<const IndexVar *> result;
  auto add = [&](const Expr *part) {
    if (part) {
      const auto &inner = free(part);
      result.insert(inner.begin(), inner.end());
    }
  };
  for (const Expr *operand : e->operands)
    add(operand);
  for (const Expr *guard : e->guards)
    add(guard);
  add(e->where), add(e->body), add(e->value);
  if (e->kind == Expr::Kind::Index)
    result.insert(e->index);
  if (e->kind != Expr::Kind::Draw) // what a draw depends on it does not bind
    for (const IndexVar *bound : e->indices)
      result.erase(bound);
  if (e->weights) // written beside the keys, not under them
    for (const auto &op : e->weights->body->ops)
      if (op->element) {
        auto inner = free(op->element);
        for (const IndexVar *own : op->indices)
          inner.erase(own);
        result.insert(inner.begin(), inner.end());
      }
  return freeOf[e] = std::move(result);
}

bool Scalars::dataFree(const Expr *e) {
  if (auto found = dataFreeOf.find(e); found != dataFreeOf.end())
    return found->second;
  bool result = e->kind != Expr::Kind::Read && e->kind != Expr::Kind::Draw && e->kind != Expr::Kind::Attend;
  for (const Expr *operand : e->operands)
    result = result && dataFree(operand);
  for (const Expr *part : {e->where, e->body, e->value})
    result = result && (!part || dataFree(part));
  return dataFreeOf[e] = result;
}

const Expr *Scalars::substitute(const Expr *e, const Positions &with) {
  std::unordered_map<const Expr *, const Expr *> done;
  return rebuild(e, with, done);
}

const Expr *Scalars::rebuild(const Expr *e, const Positions &with,
                             std::unordered_map<const Expr *, const Expr *> &done) {
  if (auto found = done.find(e); found != done.end())
    return found->second;
  bool touched = false;
  for (const IndexVar *v : free(e))
    touched = touched || with.count(v);
  if (!touched)
    return done[e] = e;
  auto again = [&](const Expr *part) { return part ? rebuild(part, with, done) : nullptr; };
  const Expr *result;
  if (e->kind == Expr::Kind::Index) {
    result = with.at(e->index);
  } else if (e->kind == Expr::Kind::Apply) {
    const Expr *a = again(e->operands[0]);
    result = e->operands.size() == 2 ? apply(e->op, a, again(e->operands[1]), e->range) : apply(e->op, a, e->range);
    result = cast(result, e->type, e->range);
  } else if (e->kind == Expr::Kind::Select) {
    result =
        cast(select(again(e->operands[0]), again(e->operands[1]), again(e->operands[2]), e->range), e->type, e->range);
  } else if (e->kind == Expr::Kind::Cast) {
    result = cast(again(e->operands[0]), e->type, e->range);
  } else {
    Expr *copy = make(e->kind, e->type, e->range);
    *copy = *e;
    for (const Expr *&operand : copy->operands)
      operand = again(operand);
    for (const Expr *&guard : copy->guards)
      guard = again(guard);
    std::erase_if(copy->guards, [](const Expr *guard) { return isTrue(guard); });
    copy->where = again(e->where), copy->body = again(e->body), copy->value = again(e->value);
    if (e->weights)
      copy->weights = rebuild(*e->weights, again);
    result = copy;
  }
  return done[e] = result;
}

/// The program with the indices replaced that stand around it; its tensors stay the same.
const checked::RowProgram *Scalars::rebuild(const checked::RowProgram &rows,
                                            const std::function<const Expr *(const Expr *)> &again) {
  checked::RowProgram &copy = program.rowPrograms.emplace_back();
  copy.row = rows.row, copy.weights = rows.weights;
  copy.body = std::make_unique<checked::Body>();
  copy.body->arguments = rows.body->arguments, copy.body->results = rows.body->results;
  for (const auto &op : rows.body->ops) {
    checked::Op &made = *copy.body->ops.emplace_back(std::make_unique<checked::Op>());
    made.kind = op->kind, made.range = op->range, made.caller = op->caller, made.block = op->block;
    made.results = op->results, made.indices = op->indices;
    made.numbers = op->numbers, made.source = op->source, made.count = op->count, made.descending = op->descending;
    made.element = op->element ? again(op->element) : nullptr;
  }
  return &copy;
}

std::optional<double> Scalars::evaluate(const Expr *e, const std::unordered_map<const IndexVar *, int64_t> &at) {
  auto value = [&](const Expr *part) { return evaluate(part, at); };
  switch (e->kind) {
  case Expr::Kind::Number:
    return e->number;
  case Expr::Kind::Index: {
    auto found = at.find(e->index);
    return found == at.end() ? std::nullopt : std::optional<double>(found->second);
  }
  case Expr::Kind::Size:
    return std::nullopt;
  case Expr::Kind::Cast: {
    auto x = value(e->operands[0]);
    return x && e->type == Element::I64 ? std::trunc(*x) : x;
  }
  case Expr::Kind::Stop:
    return value(e->operands[0]);
  case Expr::Kind::Select: {
    auto c = value(e->operands[0]);
    return c ? value(e->operands[*c != 0 ? 1 : 2]) : c;
  }
  case Expr::Kind::Apply: {
    auto a = value(e->operands[0]);
    if (!a || e->operands.size() == 1)
      return a ? std::optional(unaryValue(e->op, *a)) : a;
    if ((e->op == ScalarOp::And && *a == 0) || (e->op == ScalarOp::Or && *a != 0))
      return *a;
    auto b = value(e->operands[1]);
    return b ? std::optional(binaryValue(e->op, *a, *b)) : b;
  }
  default:
    return std::nullopt; // reductions over tables are left to run time
  }
}

} // namespace heed
