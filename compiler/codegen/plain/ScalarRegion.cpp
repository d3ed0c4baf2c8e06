// Scalar lanes: ops are cloned as they are, reads are loads, draws call the host for bits.
#include "compiler/codegen/plain/ScalarRegion.h"

#include "compiler/codegen/plain/IndexLoops.h"
#include "runtime/abi/Philox.h"

#include "mlir/IR/IRMapping.h"

#include <numbers>

using namespace mlir;

namespace heed {

Value ScalarRegion::read(const Place &place, ArrayRef<At> indices, Value) {
  auto values = llvm::map_to_vector(indices, [](At at) { return at.base; });
  return loadElement(b, place, linearIndex(b, place, values));
}

Value ScalarRegion::math(Operation *op, ValueRange operands) {
  IRMapping mapping;
  mapping.map(op->getOperands(), operands);
  return b.clone(*op, mapping)->getResult(0);
}

Value ScalarRegion::at(At at) { return arith::IndexCastOp::create(b, b.getI64Type(), at.base); }
Value ScalarRegion::size(Value index) { return arith::IndexCastOp::create(b, b.getI64Type(), index); }

Value ScalarRegion::term(IndexOp op, ArrayRef<At> indices, Value) {
  SmallVector<Value> dims = llvm::map_to_vector(indices, [](At at) { return at.base; });
  return IndexLoops(frame, op).value(dims)[0];
}

/// ((word >> 9) + 1/2) * 2^-23: never 0 or 1, exact in f32.
static Value uniform(ImplicitLocOpBuilder &b, Value word, Type type) {
  auto number = [&](double value) -> Value { return arith::ConstantOp::create(b, b.getFloatAttr(type, value)); };
  Value high = arith::ShRUIOp::create(b, word, arith::ConstantIntOp::create(b, 9, 32));
  Value middle = arith::AddFOp::create(b, arith::UIToFPOp::create(b, type, high), number(0.5));
  return arith::MulFOp::create(b, middle, number(0x1p-23));
}

Value ScalarRegion::draw(DrawOp op, ValueRange counter) {
  Type type = op.getType(), i32 = b.getI32Type();
  SmallVector<Value> words =
      llvm::map_to_vector(counter, [&](Value v) -> Value { return arith::TruncIOp::create(b, i32, v); });
  // As siteOf in runtime/abi/Philox.h.
  Value site = arith::ConstantIntOp::create(b, int32_t(op.getSite()), 32);
  Value turn = arith::MulIOp::create(b, words[3], arith::ConstantIntOp::create(b, int32_t(siteTurnFactor), 32));
  site = arith::XOrIOp::create(b, site, turn);
  auto [first, second] = frame.host.randomBits(b, frame.call, {site, words[0], words[1], words[2]});

  auto number = [&](double value) -> Value { return arith::ConstantOp::create(b, b.getFloatAttr(type, value)); };
  Value u = uniform(b, first, type);
  switch (op.getKind()) {
  case DrawKind::uniform:
    return u;
  case DrawKind::gumbel: { // -log(-log u)
    Value inner = arith::NegFOp::create(b, math::LogOp::create(b, u));
    return arith::NegFOp::create(b, math::LogOp::create(b, inner));
  }
  case DrawKind::normal: { // Box and Muller: sqrt(-2 log u) * cos(2 pi v)
    Value radius = math::SqrtOp::create(b, arith::MulFOp::create(b, number(-2), math::LogOp::create(b, u)));
    Value angle = arith::MulFOp::create(b, number(2 * std::numbers::pi), uniform(b, second, type));
    return arith::MulFOp::create(b, radius, math::CosOp::create(b, angle));
  }
  }
  llvm_unreachable("a distribution");
}

} // namespace heed
