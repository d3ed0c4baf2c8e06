// Draws in lanes: Philox4x32-10 on vectors of counters, as runtime/abi/Philox.h has it, and the distributions as
// ScalarRegion has them. Each distribution is one function of the module, so that a model's many initialisers are made
// as soon as one.
#include "compiler/codegen/cpu/VectorMath.h"
#include "compiler/codegen/cpu/VectorRegion.h"
#include "compiler/codegen/plain/ScalarRegion.h"
#include "runtime/abi/Philox.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numbers>

using namespace mlir;

namespace heed {

namespace {

/// What stands in such a function.
class Distribution {
public:
  Distribution(ImplicitLocOpBuilder &b, const CpuStrategy &strategy) : b(b), strategy(strategy) {}

  Value draw(DrawKind kind, Value seed, ValueRange counter) {
    auto [first, second] = randomBits(seed, counter);
    VectorMath math(b, strategy);
    Value u = evenly(first);
    switch (kind) {
    case DrawKind::uniform:
      return u;
    case DrawKind::gumbel: // -log(-log u)
      return arith::NegFOp::create(b, math.log(arith::NegFOp::create(b, math.log(u))));
    case DrawKind::normal: { // Box and Muller: sqrt(-2 log u) * cos(2 pi v)
      Value radius = math::SqrtOp::create(b, arith::MulFOp::create(b, number(-2), math.log(u)));
      Value angle = arith::MulFOp::create(b, number(2 * std::numbers::pi), evenly(second));
      return arith::MulFOp::create(b, radius, math.nearSineOrCosine(angle, /*cosine=*/true));
    }
    }
    llvm_unreachable("a distribution");
  }

private:
  /// The first two words.
  std::pair<Value, Value> randomBits(Value seed, ValueRange counter) {
    Type i32 = b.getI32Type();
    auto constant = [&](uint32_t value) -> Value { return arith::ConstantIntOp::create(b, int32_t(value), 32); };
    Value high = arith::ShRUIOp::create(b, seed, arith::ConstantIntOp::create(b, 32, 64));
    Value key0 = arith::TruncIOp::create(b, i32, seed), key1 = arith::TruncIOp::create(b, i32, high);
    Value factor0 = everywhere(constant(0xD2511F53)), factor1 = everywhere(constant(0xCD9E8D57));
    SmallVector<Value> c(counter);
    for (int round = 0; round != 10; ++round) {
      auto product0 = arith::MulUIExtendedOp::create(b, factor0, c[0]),
           product1 = arith::MulUIExtendedOp::create(b, factor1, c[2]);
      auto mixed = [&](Value product, Value word, Value key) -> Value {
        return arith::XOrIOp::create(b, arith::XOrIOp::create(b, product, word), everywhere(key));
      };
      c = {mixed(product1.getHigh(), c[1], key0), product1.getLow(), mixed(product0.getHigh(), c[3], key1),
           product0.getLow()};
      key0 = arith::AddIOp::create(b, key0, constant(0x9E3779B9));
      key1 = arith::AddIOp::create(b, key1, constant(0xBB67AE85));
    }
    return {c[0], c[1]};
  }

  /// ((word >> 9) + 1/2) * 2^-23: never 0 or 1, exact in f32.
  Value evenly(Value word) {
    Value high = arith::ShRUIOp::create(b, word, everywhere(arith::ConstantIntOp::create(b, 9, 32)));
    auto floats = VectorType::get(strategy.lanes, b.getF32Type());
    Value middle = arith::AddFOp::create(b, arith::SIToFPOp::create(b, floats, high), number(0.5));
    return arith::MulFOp::create(b, middle, number(0x1p-23));
  }

  Value number(double value) { return everywhere(arith::ConstantOp::create(b, b.getF32FloatAttr(value))); }
  Value everywhere(Value scalar) {
    return vector::BroadcastOp::create(b, VectorType::get(strategy.lanes, scalar.getType()), scalar);
  }

  ImplicitLocOpBuilder &b;
  const CpuStrategy &strategy;
};

/// heed.draw.KIND.LANES(seed, the four words of the counter)
func::FuncOp functionOf(DrawKind kind, HostCalls &host, Builder types, const CpuStrategy &strategy) {
  Type words = VectorType::get(strategy.lanes, types.getI32Type()),
       floats = VectorType::get(strategy.lanes, types.getF32Type());
  std::string name = ("heed.draw." + stringifyDrawKind(kind) + "." + llvm::Twine(strategy.lanes)).str();
  return host.function(name, {types.getI64Type(), words, words, words, words}, floats,
                       [&](ImplicitLocOpBuilder &b, ValueRange arguments) {
                         Distribution made(b, strategy);
                         func::ReturnOp::create(b, made.draw(kind, arguments[0], arguments.drop_front()));
                       });
}

} // namespace

Value VectorRegion::draw(DrawOp op, ValueRange counter) {
  SmallVector<Value> words;
  for (Value word : counter)
    words.push_back(arith::TruncIOp::create(b, vectorOf(b.getI32Type()), uniform(word)));
  if (!op.getType().isF32()) // its functions are libm's
    return eachLane(op.getType(), {}, [&](Value lane) {
      auto scalars = llvm::map_to_vector(
          counter, [&](Value v) -> Value { return vector::ExtractOp::create(b, uniform(v), OpFoldResult(lane)); });
      return ScalarRegion(frame).draw(op, scalars);
    });
  // As siteOf in runtime/abi/Philox.h.
  auto constant = [&](uint32_t value) { return uniform(arith::ConstantIntOp::create(b, int32_t(value), 32)); };
  Value turn = arith::MulIOp::create(b, words[3], constant(siteTurnFactor));
  Value site = arith::XOrIOp::create(b, constant(uint32_t(op.getSite())), turn);
  Value seed = HostCalls::field(b, frame.call, CallField::Seed);
  func::FuncOp function = functionOf(op.getKind(), frame.host, b, strategy);
  return func::CallOp::create(b, function, ValueRange{seed, site, words[0], words[1], words[2]}).getResult(0);
}

} // namespace heed
