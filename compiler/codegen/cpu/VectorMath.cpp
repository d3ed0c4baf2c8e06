// Arguments are reduced as Cody and Waite do ("Software Manual for the Elementary Functions", 1980): constants in two
// or three parts, so that what is left of the argument is exact. Polynomials were fitted to the least greatest relative
// error of the function that is named beside them (Lawson's iteration, in double precision).
#include "compiler/codegen/cpu/VectorMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;

namespace heed {

static constexpr double infinity = std::numeric_limits<double>::infinity();

// ---- what kind of op ----

Value VectorMath::emit(Operation *op, ValueRange operands) {
  Type type = op->getResult(0).getType();
  bool single = type.isF32();
  Value x = operands.empty() ? Value() : operands[0];
  auto sameOp = [&]() -> Value {
    IRMapping mapping;
    mapping.map(op->getOperands(), operands);
    Operation *copy = b.clone(*op, mapping);
    copy->getResult(0).setType(VectorType::get({strategy.lanes}, type));
    return copy->getResult(0);
  };
  if (!isa<math::MathDialect>(op->getDialect()) ||
      isa<math::AbsFOp, math::AbsIOp, math::FloorOp, math::CeilOp, math::RoundEvenOp, math::SqrtOp, math::RsqrtOp,
          math::FmaOp, math::CopySignOp>(op))
    return sameOp();
  if (!single)
    return inEachLane(op, operands);
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](math::ExpOp) { return exp(x); })
      .Case([&](math::Exp2Op) { return exp2(x); })
      .Case([&](math::LogOp) { return log(x); })
      .Case([&](math::Log2Op) { return log2(x); })
      .Case([&](math::Log1pOp) { return log1p(x); })
      .Case([&](math::TanhOp) { return tanh(x); })
      .Case([&](math::ErfOp) { return erf(x); })
      .Case([&](math::SinOp) { return sineOrCosine(op, x, false); })
      .Case([&](math::CosOp) { return sineOrCosine(op, x, true); })
      .Case([&](math::PowFOp) { return power(op, x, operands[1]); })
      .Default([&](Operation *) { return inEachLane(op, operands); });
}

Value VectorMath::inEachLane(Operation *op, ValueRange operands) {
  Type vector = VectorType::get({strategy.lanes}, op->getResult(0).getType());
  Value none = arith::ConstantOp::create(b, vector, b.getZeroAttr(vector));
  auto index = [&](int64_t i) -> Value { return arith::ConstantIndexOp::create(b, i); };
  auto each = [&](OpBuilder &, Location, Value lane, ValueRange made) {
    IRMapping mapping;
    for (auto [scalar, operand] : llvm::zip(op->getOperands(), operands))
      mapping.map(scalar, vector::ExtractOp::create(b, operand, OpFoldResult(lane)));
    Value result = b.clone(*op, mapping)->getResult(0);
    scf::YieldOp::create(b, ValueRange(vector::InsertOp::create(b, result, made[0], OpFoldResult(lane)).getResult()));
  };
  return scf::ForOp::create(b, index(0), index(strategy.lanes), index(1), none, each).getResult(0);
}

// ---- small steps ----

Value VectorMath::number(double value, Value like) {
  auto type = cast<ShapedType>(like.getType());
  return arith::ConstantOp::create(b, type, DenseElementsAttr::get(type, b.getFloatAttr(type.getElementType(), value)));
}
Value VectorMath::whole(int64_t value, Value like) {
  auto type = cast<ShapedType>(like.getType()).clone(b.getI32Type());
  return arith::ConstantOp::create(b, type, DenseElementsAttr::get(type, b.getI32IntegerAttr(int32_t(value))));
}
Value VectorMath::fma(Value a, Value c, Value d) { return math::FmaOp::create(b, a, c, d); }

Value VectorMath::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = number(coefficients.back(), x);
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, number(coefficient, x));
  return sum;
}

Value VectorMath::select(Value condition, Value yes, Value no) {
  return arith::SelectOp::create(b, condition, yes, no);
}
Value VectorMath::atMost(double limit, Value x) {
  Value end = number(limit, x);
  return select(arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, end, x), end, x);
}
Value VectorMath::atLeast(double limit, Value x) {
  Value end = number(limit, x);
  return select(arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, end, x), end, x);
}
Value VectorMath::round(Value x) { return math::RoundEvenOp::create(b, x); }
Value VectorMath::toInteger(Value x) {
  return arith::FPToSIOp::create(b, cast<ShapedType>(x.getType()).clone(b.getI32Type()), x);
}
Value VectorMath::bits(Value x) {
  return arith::BitcastOp::create(b, cast<ShapedType>(x.getType()).clone(b.getI32Type()), x);
}
Value VectorMath::fromBits(Value x) {
  return arith::BitcastOp::create(b, cast<ShapedType>(x.getType()).clone(b.getF32Type()), x);
}

Value VectorMath::powerOfTwo(Value n) {
  Value biased = arith::AddIOp::create(b, toInteger(n), whole(127, n));
  return fromBits(arith::ShLIOp::create(b, biased, whole(23, n)));
}

Value VectorMath::scale(Value p, Value n) {
  if (strategy.masks && strategy.lanes == 16) {
    Value all = arith::ConstantIntOp::create(b, -1, 16), rounding = arith::ConstantIntOp::create(b, 4, 32);
    return LLVM::CallIntrinsicOp::create(b, p.getType(), b.getStringAttr("llvm.x86.avx512.mask.scalef.ps.512"),
                                         ValueRange{p, n, p, all, rounding})
        .getResult(0);
  }
  // In two steps, each with a factor that is a normal number: the first one is exact.
  Value half = math::FloorOp::create(b, arith::MulFOp::create(b, n, number(0.5, n)));
  Value other = arith::SubFOp::create(b, n, half);
  return arith::MulFOp::create(b, arith::MulFOp::create(b, p, powerOfTwo(half)), powerOfTwo(other));
}

Value VectorMath::withSign(Value x, Value of) { return math::CopySignOp::create(b, x, of); }
Value VectorMath::any(Value condition) { return vector::ReductionOp::create(b, vector::CombiningKind::OR, condition); }

// ---- exponentials ----

static constexpr double log2e = 1.44269504088896340736;
static constexpr double ln2High = 0x1.62e43p-1, ln2Low = -0x1.05c61p-29;

/// x = n ln 2 + r; e^r = 1 + r + r^2 P(r), P for r from -0.347 to 0.347, to 3.1e-9 of e^r.
VectorMath::Reduced VectorMath::reduceExp(Value x) {
  Value n = round(arith::MulFOp::create(b, x, number(log2e, x)));
  Value r = fma(n, number(-ln2Low, x), fma(n, number(-ln2High, x), x));
  Value p = polynomial(r, {0x1.fffffcp-2, 0x1.555492p-3, 0x1.5558f2p-5, 0x1.123a2p-7, 0x1.6a23dp-10});
  Value below = fma(p, arith::MulFOp::create(b, r, r), r);
  return {n, arith::AddFOp::create(b, below, number(1, x))};
}

Value VectorMath::exp(Value x) {
  auto [n, power] = reduceExp(atLeast(-104, atMost(89, x))); // beyond, the result is 0 or infinite all the same
  return scale(power, n);
}

/// 2^f = 1 + f Q(f), to 2e-9 of 2^f.
Value VectorMath::exp2Near0(Value f) {
  return fma(f,
             polynomial(f, {0x1.62e43p-1, 0x1.ebfbdcp-3, 0x1.c6aee8p-5, 0x1.3b2d4cp-7, 0x1.5f3e54p-10, 0x1.41fbbcp-13}),
             number(1, f));
}

Value VectorMath::exp2(Value x) {
  x = atLeast(-150.5, atMost(129, x));
  Value n = round(x);
  return scale(exp2Near0(arith::SubFOp::create(b, x, n)), n);
}

/// Products with numbers below the normal ones would take a hundred times as long.
Value VectorMath::exp2OfWeight(Value x) {
  bool scales = strategy.masks && strategy.lanes == 16;
  if (!scales)
    x = atLeast(-127, x); // whose power of two is 0, as powerOfTwo makes it
  Value n = round(x), p = exp2Near0(arith::SubFOp::create(b, x, n));
  if (!scales)
    return arith::MulFOp::create(b, p, powerOfTwo(n));
  Value tiny = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, number(-126, x));
  return select(tiny, number(0, x), scale(p, n));
}

/// |x| < 0.6: x + x^3 P(x^2), to 2.8e-9 of tanh x. Above: 1 - 2 e / (1 + e) with e = e^(-2|x|); from 10 on it is 1.
Value VectorMath::tanh(Value x) {
  Value size = math::AbsFOp::create(b, x), square = arith::MulFOp::create(b, x, x);
  Value p = polynomial(square, {-0x1.55553ep-2, 0x1.1109aep-3, -0x1.b898dep-5, 0x1.54b8a2p-6, -0x1.82586p-8});
  Value small = fma(arith::MulFOp::create(b, p, square), x, x);
  auto [n, power] = reduceExp(arith::MulFOp::create(b, atMost(10, size), number(-2, x)));
  Value e = arith::MulFOp::create(b, power, powerOfTwo(n));
  Value quotient = arith::DivFOp::create(b, arith::AddFOp::create(b, e, e), arith::AddFOp::create(b, e, number(1, x)));
  Value large = withSign(arith::SubFOp::create(b, number(1, x), quotient), x);
  Value isSmall = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, size, number(0.6, x));
  return select(isSmall, small, large);
}

/// |x| < 0.93: x + x P(x^2), to 1.7e-8 of erf x. Above: 1 - 2^(|x| Q(|x|)), to 3e-9 of erf x; from 4 on it is 1.
Value VectorMath::erf(Value x) {
  Value size = math::AbsFOp::create(b, x);
  Value p = polynomial(arith::MulFOp::create(b, x, x),
                       {0x1.06eba6p-3, -0x1.8126dcp-2, 0x1.ce1904p-4, -0x1.b676cap-6, 0x1.46c232p-8, -0x1.3825c2p-11});
  Value t = atMost(4, size);
  Value q =
      polynomial(t, {-0x1.a0cafep+0, -0x1.d5966cp-1, -0x1.36f80cp-3, 0x1.0e6b62p-5, -0x1.2fb40ep-8, 0x1.433268p-12});
  Value e = arith::MulFOp::create(b, t, q);
  Value n = round(e);
  Value above = arith::MulFOp::create(b, exp2Near0(arith::SubFOp::create(b, e, n)), powerOfTwo(n));
  Value large = withSign(arith::SubFOp::create(b, number(1, x), above), x);
  Value isSmall = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, size, number(0.93, x));
  return select(isSmall, fma(x, p, x), large);
}

// ---- logarithms ----

VectorMath::Split VectorMath::split(Value x, double extraExponent, Value isExtra) {
  Value root = whole(0x3f3504f3, x); // the bits of sqrt(1/2)
  Value from = bits(x);
  Value e = arith::ShRSIOp::create(b, arith::SubIOp::create(b, from, root), whole(23, x));
  Value mantissa = fromBits(arith::SubIOp::create(b, from, arith::ShLIOp::create(b, e, whole(23, x))));
  Value exponent = arith::SIToFPOp::create(b, x.getType(), e);
  if (isExtra)
    exponent = arith::AddFOp::create(b, exponent, select(isExtra, number(extraExponent, x), number(0, x)));
  return {exponent, arith::SubFOp::create(b, mantissa, number(1, x))};
}

/// log(1 + f) = f - f^2/2 + f^3 P(f), to 5.9e-9 of itself.
Value VectorMath::logRest(Value f) {
  Value square = arith::MulFOp::create(b, f, f);
  Value p = polynomial(f, {0x1.555554p-2, -0x1.000228p-2, 0x1.99a00ap-3, -0x1.547228p-3, 0x1.22d9eap-3, -0x1.0d8636p-3,
                           0x1.055d6ap-3, -0x1.38b554p-4});
  return arith::MulFOp::create(b, square, fma(f, p, number(-0.5, f)));
}

Value VectorMath::orEndsOfLog(Value x, Value inside) {
  Value zero = number(0, x), endless = number(infinity, x);
  Value positive = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, zero);
  Value finite = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, endless);
  Value isZero = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, x, zero);
  Value nan = number(std::numeric_limits<double>::quiet_NaN(), x);
  Value end = select(isZero, number(-infinity, x), select(positive, endless, nan));
  return select(arith::AndIOp::create(b, positive, finite), inside, end);
}

/// The argument of a logarithm with subnormal numbers made normal, and which those are.
static std::pair<Value, Value> madeNormal(ImplicitLocOpBuilder &b, Value x, Value least, Value factor) {
  Value tiny = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, least);
  return {arith::SelectOp::create(b, tiny, arith::MulFOp::create(b, x, factor), x), tiny};
}

Value VectorMath::log(Value x) {
  auto [normal, tiny] = madeNormal(b, x, number(0x1p-126, x), number(0x1p23, x));
  auto [e, f] = split(normal, -23, tiny);
  Value rest = fma(e, number(ln2Low, x), logRest(f));
  Value sum = fma(e, number(ln2High, x), arith::AddFOp::create(b, f, rest));
  return orEndsOfLog(x, sum);
}

Value VectorMath::log2(Value x) {
  auto [normal, tiny] = madeNormal(b, x, number(0x1p-126, x), number(0x1p23, x));
  auto [e, f] = split(normal, -23, tiny);
  return orEndsOfLog(x, fma(arith::AddFOp::create(b, f, logRest(f)), number(log2e, x), e));
}

/// log u for the rounded u = 1 + x, and what rounding lost is put back into the mantissa.
Value VectorMath::log1p(Value x) {
  Value one = number(1, x);
  Value u = arith::AddFOp::create(b, x, one);
  Value lost = arith::SubFOp::create(b, x, arith::SubFOp::create(b, u, one));
  auto [e, rest] = split(u, 0, {});
  Value f = fma(lost, powerOfTwo(atLeast(-126, arith::NegFOp::create(b, e))), rest);
  Value sum = arith::AddFOp::create(b, f, fma(e, number(ln2Low, x), logRest(f)));
  return orEndsOfLog(u, fma(e, number(ln2High, x), sum));
}

// ---- sine, cosine, powers ----

/// x = n pi/2 + r, exactly to three parts of pi/2 while n has 16 bits; sin r = r + r^3 S(r^2), to 3.9e-9 of itself,
/// cos r = 1 - r^2/2 + r^4 C(r^2), to 1.2e-10.
Value VectorMath::nearSineOrCosine(Value x, bool cosine) {
  Value n = round(arith::MulFOp::create(b, x, number(0x1.45f306p-1, x)));
  Value r = fma(n, number(-0x1.921fb6p+0, x), x);
  r = fma(n, number(0x1.777a5cp-25, x), r);
  r = fma(n, number(0x1.ee59dap-50, x), r);
  Value z = arith::MulFOp::create(b, r, r);
  Value s = polynomial(z, {-0x1.555546p-3, 0x1.11073p-7, -0x1.994062p-13});
  Value c = polynomial(z, {0x1.55554ap-5, -0x1.6c0c28p-10, 0x1.99e86ap-16});
  Value sine = fma(s, arith::MulFOp::create(b, z, r), r);
  Value cosineOfR = fma(arith::MulFOp::create(b, z, z), c, fma(z, number(-0.5, x), number(1, x)));
  Value quadrant = toInteger(n);
  if (cosine)
    quadrant = arith::AddIOp::create(b, quadrant, whole(1, x));
  Value odd = arith::AndIOp::create(b, quadrant, whole(1, x));
  Value isOdd = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, odd, whole(0, x));
  Value sign = arith::ShLIOp::create(b, arith::AndIOp::create(b, quadrant, whole(2, x)), whole(30, x));
  Value value = bits(select(isOdd, cosineOfR, sine));
  return fromBits(arith::XOrIOp::create(b, value, sign));
}

Value VectorMath::sineOrCosine(Operation *op, Value x, bool cosine) {
  constexpr double largest = 1e5;
  Value size = math::AbsFOp::create(b, x);
  Value beyond = arith::CmpFOp::create(b, arith::CmpFPredicate::UGT, size, number(largest, x));
  auto far = [&](OpBuilder &, Location) { scf::YieldOp::create(b, inEachLane(op, x)); };
  auto near = [&](OpBuilder &, Location) { scf::YieldOp::create(b, nearSineOrCosine(x, cosine)); };
  return scf::IfOp::create(b, any(beyond), far, near).getResult(0);
}

/// 2^(y log2 x), the logarithm in f64, as 2 atanh s / ln 2 with s = (x - 1) / (x + 1), to 4.2e-12. Only for positive
/// normal numbers x and finite y: libm knows the many other cases.
Value VectorMath::power(Operation *op, Value x, Value y) {
  auto test = [&](arith::CmpFPredicate predicate, Value value, double than) -> Value {
    return arith::CmpFOp::create(b, predicate, value, number(than, value));
  };
  Value strange = test(arith::CmpFPredicate::ULT, x, 0x1p-126);
  strange = arith::OrIOp::create(b, strange, test(arith::CmpFPredicate::UGE, x, infinity));
  strange = arith::OrIOp::create(b, strange, test(arith::CmpFPredicate::UGE, math::AbsFOp::create(b, y), infinity));
  auto slow = [&](OpBuilder &, Location) { scf::YieldOp::create(b, inEachLane(op, {x, y})); };
  auto fast = [&](OpBuilder &, Location) {
    auto [e, rest] = split(x, 0, {});
    Type wide = cast<ShapedType>(x.getType()).clone(b.getF64Type());
    auto widened = [&](Value v) -> Value { return arith::ExtFOp::create(b, wide, v); };
    Value f = widened(rest);
    Value s = arith::DivFOp::create(b, f, arith::AddFOp::create(b, f, number(2, f)));
    Value p = polynomial(arith::MulFOp::create(b, s, s), {2.8853900817900913, 0.9617966733340128, 0.5770835865752166,
                                                          0.41167261635263186, 0.34073210538250076});
    Value power = arith::MulFOp::create(b, widened(y), fma(s, p, widened(e)));
    power = atLeast(-151, atMost(129, power));
    Value n = round(power);
    Value between = arith::TruncFOp::create(b, x.getType(), arith::SubFOp::create(b, power, n));
    scf::YieldOp::create(b, scale(exp2Near0(between), arith::TruncFOp::create(b, x.getType(), n)));
  };
  return scf::IfOp::create(b, any(strange), slow, fast).getResult(0);
}

} // namespace heed
