// Scalar expressions as ops of a region: arith and math on f32 or f64, i64 and i1.
#include "compiler/irgen/Statement.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;
using namespace heed::checked;

namespace heed::irgen {

Point::Point(Statement &statement, IndexVars indices, Block *block, Affine::Datum datum)
    : statement(statement), indices(indices), builder(statement.context.endOf(block)),
      affine(statement.context.mlir, indices, std::move(datum)) {}

Value Point::value(const Expr *e) {
  if (Value known = emitted.lookup(e))
    return known;
  Value made = emit(e);
  emitted[e] = made;
  return made;
}

Value Point::at(const IndexVar *index) {
  unsigned dim = llvm::find(indices, index) - indices.begin();
  assert(dim < indices.size() && "an index is used where it is in force");
  Value &known = indexValues[index];
  if (!known)
    known = AtOp::create(builder, statement.context.locate(index->range, index->name), builder.getI64Type(), dim);
  return known;
}

static Value constant(ImplicitLocOpBuilder &b, Type type, double number) {
  if (isa<FloatType>(type))
    return arith::ConstantOp::create(b, b.getFloatAttr(type, number));
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, int64_t(number)));
}

/// Between scalar types: floats of two widths, integers, booleans.
static Value cast(ImplicitLocOpBuilder &b, Value value, Type to) {
  Type from = value.getType();
  if (from == to)
    return value;
  if (isa<FloatType>(from) && isa<FloatType>(to)) {
    if (from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth())
      return arith::ExtFOp::create(b, to, value);
    return arith::TruncFOp::create(b, to, value);
  }
  if (from.isInteger(1))
    return isa<FloatType>(to) ? Value(arith::UIToFPOp::create(b, to, value))
                              : Value(arith::ExtUIOp::create(b, to, value));
  if (isa<FloatType>(from) && to.isInteger(64))
    return arith::FPToSIOp::create(b, to, value);
  if (from.isInteger(64) && isa<FloatType>(to))
    return arith::SIToFPOp::create(b, to, value);
  assert(to.isInteger(1) && "a cast between scalars");
  Value zero = constant(b, from, 0);
  if (isa<FloatType>(from))
    return arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, value, zero);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, value, zero);
}

Value Point::valueAs(const Expr *e, Type type) {
  ImplicitLocOpBuilder b(statement.context.locate(e->range), builder);
  return cast(b, value(e), type);
}

Value Point::emit(const Expr *e) {
  Location loc = statement.context.locate(e->range);
  Type type = statement.context.scalarType(e->type);
  ImplicitLocOpBuilder b(loc, builder);
  switch (e->kind) {
  case Expr::Kind::Number:
    return constant(b, type, e->number);
  case Expr::Kind::Index:
    return at(e->index);
  case Expr::Kind::Size:
    if (auto known = e->size.constant())
      return constant(b, type, double(*known));
    return SizeOp::create(b, type, SizeAttr::get(b.getContext(), e->size));
  case Expr::Kind::Read:
    return read(e);
  case Expr::Kind::Apply:
    return apply(e);
  case Expr::Kind::Select: {
    Value condition = value(e->operands[0]), then = valueAs(e->operands[1], type),
          otherwise = valueAs(e->operands[2], type);
    return arith::SelectOp::create(b, condition, then, otherwise);
  }
  case Expr::Kind::Cast:
    return valueAs(e->operands[0], type);
  case Expr::Kind::Reduce:
  case Expr::Kind::Attend:
    return nested(e);
  case Expr::Kind::Draw:
    return draw(e);
  case Expr::Kind::Stop:
    return StopOp::create(b, type, valueAs(e->operands[0], type));
  }
  llvm_unreachable("a kind of expression");
}

// ---- operators ------------------------------------------------------------------------------------------------------

/// x^n for a whole n by squaring.
static Value wholePower(ImplicitLocOpBuilder &b, Value x, unsigned n) {
  Value result;
  for (; n; n >>= 1) {
    if (n & 1)
      result = result ? arith::MulFOp::create(b, result, x).getResult() : x;
    if (n > 1)
      x = arith::MulFOp::create(b, x, x);
  }
  return result;
}

static Value power(ImplicitLocOpBuilder &b, Value x, Value exponent, const Expr *written) {
  constexpr double largest = 8; // beyond, products cost more than they save
  if (written->kind == Expr::Kind::Number) {
    double n = written->number;
    if (n == 0.5)
      return math::SqrtOp::create(b, x);
    if (n == -0.5)
      return math::RsqrtOp::create(b, x);
    if (n == 0)
      return constant(b, x.getType(), 1);
    if (n == std::floor(n) && std::abs(n) <= largest) {
      Value product = wholePower(b, x, unsigned(std::abs(n)));
      return n > 0 ? product : Value(arith::DivFOp::create(b, constant(b, x.getType(), 1), product));
    }
  }
  return math::PowFOp::create(b, x, exponent);
}

/// Rounded towards minus infinity. Machines trap where the divisor is 0, and for the least integer where it is -1: the
/// one may be met where the quotient is selected away, the other wraps around.
static Value floorDivide(ImplicitLocOpBuilder &b, Value x, Value divisor) {
  APInt known;
  if (matchPattern(divisor, m_ConstantInt(&known)) && !known.isZero() && !known.isAllOnes())
    return arith::FloorDivSIOp::create(b, x, divisor);
  auto is = [&](int64_t number) -> Value {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, divisor, constant(b, divisor.getType(), double(number)));
  };
  Value zero = is(0), minusOne = is(-1), one = constant(b, divisor.getType(), 1);
  Value safe = arith::SelectOp::create(b, arith::OrIOp::create(b, zero, minusOne), one, divisor);
  Value negated = arith::SubIOp::create(b, constant(b, x.getType(), 0), x);
  return arith::SelectOp::create(b, minusOne, negated, arith::FloorDivSIOp::create(b, x, safe));
}

static Value ofFloats(ImplicitLocOpBuilder &b, ScalarOp op, Value x, Value y) {
  auto one = [&] { return constant(b, x.getType(), 1); };
  auto compare = [&](arith::CmpFPredicate p) -> Value { return arith::CmpFOp::create(b, p, x, y); };
  auto whole = [&](Value rounded) -> Value { return arith::FPToSIOp::create(b, b.getI64Type(), rounded); };
  switch (op) {
  case ScalarOp::Add:
    return arith::AddFOp::create(b, x, y);
  case ScalarOp::Subtract:
    return arith::SubFOp::create(b, x, y);
  case ScalarOp::Multiply:
    return arith::MulFOp::create(b, x, y);
  case ScalarOp::Divide:
    return arith::DivFOp::create(b, x, y);
  case ScalarOp::FloorDivide:
    return math::FloorOp::create(b, arith::DivFOp::create(b, x, y));
  case ScalarOp::Remainder: {
    Value quotient = math::FloorOp::create(b, arith::DivFOp::create(b, x, y));
    return arith::SubFOp::create(b, x, arith::MulFOp::create(b, y, quotient));
  }
  case ScalarOp::Min:
    return arith::MinimumFOp::create(b, x, y);
  case ScalarOp::Max:
    return arith::MaximumFOp::create(b, x, y);
  case ScalarOp::Negate:
    return arith::NegFOp::create(b, x);
  case ScalarOp::Abs:
    return math::AbsFOp::create(b, x);
  case ScalarOp::Exp:
    return math::ExpOp::create(b, x);
  case ScalarOp::Log:
    return math::LogOp::create(b, x);
  case ScalarOp::Log2:
    return math::Log2Op::create(b, x);
  case ScalarOp::Log1p:
    return math::Log1pOp::create(b, x);
  case ScalarOp::Sqrt:
    return math::SqrtOp::create(b, x);
  case ScalarOp::Rsqrt:
    return math::RsqrtOp::create(b, x);
  case ScalarOp::Sin:
    return math::SinOp::create(b, x);
  case ScalarOp::Cos:
    return math::CosOp::create(b, x);
  case ScalarOp::Tan:
    return math::TanOp::create(b, x);
  case ScalarOp::Tanh:
    return math::TanhOp::create(b, x);
  case ScalarOp::Sigmoid: {
    Value exp = math::ExpOp::create(b, arith::NegFOp::create(b, x));
    return arith::DivFOp::create(b, one(), arith::AddFOp::create(b, one(), exp));
  }
  case ScalarOp::Erf:
    return math::ErfOp::create(b, x);
  case ScalarOp::Bf16:
    return RoundOp::create(b, x.getType(), x, b.getBF16Type());
  case ScalarOp::F16:
    return RoundOp::create(b, x.getType(), x, b.getF16Type());
  case ScalarOp::Floor:
    return whole(math::FloorOp::create(b, x));
  case ScalarOp::Ceil:
    return whole(math::CeilOp::create(b, x));
  case ScalarOp::Round:
    return whole(math::RoundEvenOp::create(b, x));
  case ScalarOp::Equal:
    return compare(arith::CmpFPredicate::OEQ);
  case ScalarOp::NotEqual:
    return compare(arith::CmpFPredicate::UNE);
  case ScalarOp::Less:
    return compare(arith::CmpFPredicate::OLT);
  case ScalarOp::LessEqual:
    return compare(arith::CmpFPredicate::OLE);
  default:
    llvm_unreachable("an operator of floats");
  }
}

static Value ofIntegers(ImplicitLocOpBuilder &b, ScalarOp op, Value x, Value y) {
  auto compare = [&](arith::CmpIPredicate p) -> Value { return arith::CmpIOp::create(b, p, x, y); };
  switch (op) {
  case ScalarOp::Add:
    return arith::AddIOp::create(b, x, y);
  case ScalarOp::Subtract:
    return arith::SubIOp::create(b, x, y);
  case ScalarOp::Multiply:
    return arith::MulIOp::create(b, x, y);
  case ScalarOp::FloorDivide:
    return floorDivide(b, x, y);
  case ScalarOp::Remainder:
    return arith::SubIOp::create(b, x, arith::MulIOp::create(b, y, floorDivide(b, x, y)));
  case ScalarOp::Min:
    return arith::MinSIOp::create(b, x, y);
  case ScalarOp::Max:
    return arith::MaxSIOp::create(b, x, y);
  case ScalarOp::Negate:
    return arith::SubIOp::create(b, constant(b, x.getType(), 0), x);
  case ScalarOp::Abs:
    return math::AbsIOp::create(b, x);
  case ScalarOp::Floor:
  case ScalarOp::Ceil:
  case ScalarOp::Round:
    return x;
  case ScalarOp::Equal:
    return compare(arith::CmpIPredicate::eq);
  case ScalarOp::NotEqual:
    return compare(arith::CmpIPredicate::ne);
  case ScalarOp::Less:
    return compare(arith::CmpIPredicate::slt);
  case ScalarOp::LessEqual:
    return compare(arith::CmpIPredicate::sle);
  default:
    llvm_unreachable("an operator of integers");
  }
}

static Value ofBooleans(ImplicitLocOpBuilder &b, ScalarOp op, Value x, Value y) {
  switch (op) {
  case ScalarOp::And:
    return arith::AndIOp::create(b, x, y);
  case ScalarOp::Or:
    return arith::OrIOp::create(b, x, y);
  case ScalarOp::Not:
    return arith::XOrIOp::create(b, x, constant(b, x.getType(), 1));
  case ScalarOp::Equal:
    return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y);
  case ScalarOp::NotEqual:
    return arith::XOrIOp::create(b, x, y);
  default:
    llvm_unreachable("an operator of booleans");
  }
}

Value Point::apply(const Expr *e) {
  Value x = value(e->operands[0]);
  // Floats of two widths meet in the wider one, as in a sum of a table in f64 and a parameter.
  Value y = e->operands.size() == 2 ? value(e->operands[1]) : Value();
  ImplicitLocOpBuilder b(statement.context.locate(e->range), builder);
  if (isa<FloatType>(x.getType())) {
    if (y) {
      Type wider = x.getType().isF64() ? x.getType() : y.getType();
      x = cast(b, x, wider), y = cast(b, y, wider);
    }
    Value result = e->op == ScalarOp::Power ? power(b, x, y, e->operands[1]) : ofFloats(b, e->op, x, y);
    return isFloat(e->type) ? cast(b, result, statement.context.scalarType(e->type)) : result;
  }
  return x.getType().isInteger(1) ? ofBooleans(b, e->op, x, y) : ofIntegers(b, e->op, x, y);
}

// ---- draws ----------------------------------------------------------------------------------------------------------

/// An index that was in force where the draw is written, and where it stands now.
struct Point::Coordinate {
  SizeExpr bound;
  const Expr *at;
};

/// Row-major, the first index outermost.
Value Point::rowMajor(ArrayRef<Coordinate> over, Location loc) {
  ImplicitLocOpBuilder b(loc, builder);
  Value sum;
  for (const Coordinate &index : over) {
    if (sum) {
      Value size = index.bound.constant()
                       ? constant(b, b.getI64Type(), double(*index.bound.constant()))
                       : SizeOp::create(b, b.getI64Type(), SizeAttr::get(b.getContext(), index.bound)).getResult();
      sum = arith::AddIOp::create(b, arith::MulIOp::create(b, sum, size), value(index.at));
    } else {
      sum = value(index.at);
    }
  }
  return sum ? sum : constant(b, b.getI64Type(), 0);
}

/// The counter's words: position on the stream, batch row, and the rest with run-time axes outermost, so that no draw
/// depends on how long a sequence or a batch is. Without a declared stream the second run-time axis counts as one.
Value Point::draw(const Expr *e) {
  SmallVector<Coordinate> dynamic, fixed, position, row;
  for (auto [index, at] : llvm::zip(e->indices, e->operands))
    (index->bound.isConstant() ? fixed : dynamic).push_back({index->bound, at});
  auto take = [&](SmallVector<Coordinate> &to, size_t n) {
    if (n < dynamic.size()) {
      to.push_back(dynamic[n]);
      dynamic.erase(dynamic.begin() + n);
    }
  };
  if (const auto &stream = statement.context.stream)
    take(position, llvm::find_if(dynamic, [&](const Coordinate &c) {
                     return llvm::is_contained(c.bound.symbols(), *stream);
                   }) - dynamic.begin());
  else
    take(position, 1);
  take(row, 0);
  dynamic.append(fixed);

  ImplicitLocOpBuilder b(statement.context.locate(e->range), builder);
  Value turn = statement.around.layer ? at(statement.around.layer) : statement.context.turn;
  if (!turn)
    turn = constant(b, b.getI64Type(), 0);
  heed::DrawKind kind = e->draw == checked::DrawKind::Uniform  ? heed::DrawKind::uniform
                        : e->draw == checked::DrawKind::Normal ? heed::DrawKind::normal
                                                               : heed::DrawKind::gumbel;
  Value p = rowMajor(position, b.getLoc()), r = rowMajor(row, b.getLoc()), rest = rowMajor(dynamic, b.getLoc());
  return DrawOp::create(b, statement.context.scalarType(e->type), kind, e->site, p, r, rest, turn);
}

} // namespace heed::irgen
