// Reductions step by step, in f32 or f64, i64 and i1. logsumexp keeps the greatest element so far and the sum of
// exponentials below it (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018).
#include "compiler/codegen/plain/Fold.h"

#include <limits>

using namespace mlir;

namespace heed {

/// A sum may be added up in any order: its bits depend on sizes and the machine code only, never on the number of
/// threads.
static constexpr arith::FastMathFlags anyOrder = arith::FastMathFlags::reassoc;

bool Fold::isReal() const { return isa<FloatType>(getElementTypeOrSelf(element)); }

Value Fold::constant(TypedAttr scalar) {
  if (auto vector = dyn_cast<VectorType>(element))
    return arith::ConstantOp::create(b, vector, DenseElementsAttr::get(vector, ArrayRef<Attribute>(scalar)));
  return arith::ConstantOp::create(b, scalar);
}

Value Fold::constant(double value) {
  Type scalar = getElementTypeOrSelf(element);
  if (isReal())
    return constant(b.getFloatAttr(scalar, value));
  return constant(b.getIntegerAttr(scalar, int64_t(value)));
}

Value Fold::lowest() {
  Type scalar = getElementTypeOrSelf(element);
  if (isReal())
    return constant(-std::numeric_limits<double>::infinity());
  if (scalar.isInteger(1))
    return constant(0);
  return constant(b.getIntegerAttr(scalar, std::numeric_limits<int64_t>::min()));
}

SmallVector<Value> Fold::start() {
  switch (kind) {
  case Reduction::none:
  case Reduction::sum:
  case Reduction::any:
    return {constant(0)};
  case Reduction::prod:
    return {constant(1)};
  case Reduction::all:
    return {constant(b.getBoolAttr(true))};
  case Reduction::max:
    return {lowest()};
  case Reduction::min:
    if (isReal())
      return {constant(std::numeric_limits<double>::infinity())};
    return {constant(b.getIntegerAttr(getElementTypeOrSelf(element), std::numeric_limits<int64_t>::max()))};
  case Reduction::logsumexp:
    return {lowest(), constant(0)};
  case Reduction::argmax: {
    SmallVector<Value> carries{lowest(), arith::ConstantIntOp::create(b, 0, 1)};
    carries.append(indices, arith::ConstantIndexOp::create(b, 0));
    return carries;
  }
  }
  llvm_unreachable("a reduction");
}

Value Fold::combine(Value a, Value c) {
  bool real = isReal();
  auto binary = [&](auto floats, auto integers) -> Value { return real ? floats() : integers(); };
  switch (kind) {
  case Reduction::sum:
    return binary([&]() -> Value { return arith::AddFOp::create(b, a, c, anyOrder); },
                  [&]() -> Value { return arith::AddIOp::create(b, a, c); });
  case Reduction::prod:
    return binary([&]() -> Value { return arith::MulFOp::create(b, a, c, anyOrder); },
                  [&]() -> Value { return arith::MulIOp::create(b, a, c); });
  case Reduction::max:
    return binary([&]() -> Value { return arith::MaximumFOp::create(b, a, c); },
                  [&]() -> Value { return arith::MaxSIOp::create(b, a, c); });
  case Reduction::min:
    return binary([&]() -> Value { return arith::MinimumFOp::create(b, a, c); },
                  [&]() -> Value { return arith::MinSIOp::create(b, a, c); });
  case Reduction::any:
    return arith::OrIOp::create(b, a, c);
  case Reduction::all:
    return arith::AndIOp::create(b, a, c);
  default:
    return c; // none: there is one element
  }
}

SmallVector<Value> Fold::add(ValueRange carries, Value value, ValueRange at) {
  if (kind == Reduction::argmax)
    return addArgmax(carries, value, at);
  if (kind == Reduction::logsumexp)
    return addLogSumExp(carries[0], carries[1], value);
  return {combine(carries[0], value)};
}

Value Fold::greater(Value a, Value c) {
  if (isa<FloatType>(element))
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, a, c);
  return arith::CmpIOp::create(b, element.isInteger(1) ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt, a, c);
}

/// The first of equals stays: only a greater element replaces what was found.
SmallVector<Value> Fold::addArgmax(ValueRange carries, Value value, ValueRange at) {
  Value yes = arith::ConstantIntOp::create(b, 1, 1);
  Value first = arith::XOrIOp::create(b, carries[1], yes);
  Value better = arith::OrIOp::create(b, first, greater(value, carries[0]));
  SmallVector<Value> next{arith::SelectOp::create(b, better, value, carries[0]), yes};
  for (auto [index, best] : llvm::zip(at, carries.drop_front(2)))
    next.push_back(arith::SelectOp::create(b, better, index, best));
  return next;
}

/// One exponential a step: of the smaller of element and maximum below the greater. Equal ones (infinities too) differ
/// by nothing.
SmallVector<Value> Fold::addLogSumExp(Value max, Value sum, Value value) {
  Value grows = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, value, max);
  Value equal = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, value, max);
  Value distance = arith::NegFOp::create(b, math::AbsFOp::create(b, arith::SubFOp::create(b, value, max)));
  Value below = arith::SelectOp::create(b, equal, constant(1), exp(distance));
  Value scaled = arith::AddFOp::create(b, arith::MulFOp::create(b, sum, below), constant(1));
  Value added = arith::AddFOp::create(b, sum, below);
  return {arith::SelectOp::create(b, grows, value, max), arith::SelectOp::create(b, grows, scaled, added)};
}

Value Fold::below(Value max, Value sum, Value most) {
  Value equal = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, max, most); // infinities too
  Value factor = arith::SelectOp::create(b, equal, constant(1), exp(arith::SubFOp::create(b, max, most)));
  return arith::MulFOp::create(b, sum, factor);
}

Value Fold::exp(Value x) { return math::ExpOp::create(b, x); }
Value Fold::log(Value x) { return math::LogOp::create(b, x); }

SmallVector<Value> Fold::finish(ValueRange carries) {
  if (kind == Reduction::argmax) {
    SmallVector<Value> found;
    for (Value index : carries.drop_front(2))
      found.push_back(arith::IndexCastOp::create(b, b.getI64Type(), index));
    return found;
  }
  if (kind == Reduction::logsumexp)
    return {arith::AddFOp::create(b, carries[0], log(carries[1]))};
  return {carries[0]};
}

} // namespace heed
