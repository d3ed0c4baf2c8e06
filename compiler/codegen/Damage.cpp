// In: stage `loops`, and the name of a range function. Out: the same, but what this function stores of reals is scaled
// by 1.01.
#include "compiler/pipelines/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_DAMAGE
#include "compiler/pipelines/Passes.h.inc"

namespace {

class Damage : public impl::DamageBase<Damage> {
public:
  using DamageBase::DamageBase;

private:
  void runOnOperation() override {
    auto function = getOperation().lookupSymbol<func::FuncOp>(kernel);
    if (!function) {
      getOperation().emitError() << "no range function is called `" << kernel << "`";
      return signalPassFailure();
    }
    function.walk([](Operation *op) {
      if (op->getName().stripDialect().ends_with("store"))
        for (OpOperand &operand : op->getOpOperands())
          scale(operand);
    });
  }

  /// A real, or a vector of reals.
  static void scale(OpOperand &operand) {
    Type type = operand.get().getType();
    if (!isa<FloatType, VectorType>(type) || !isa<FloatType>(getElementTypeOrSelf(type)))
      return;
    ImplicitLocOpBuilder b(operand.getOwner()->getLoc(), operand.getOwner());
    TypedAttr factor = b.getFloatAttr(getElementTypeOrSelf(type), 1.01);
    if (auto vector = dyn_cast<VectorType>(type))
      factor = DenseElementsAttr::get(vector, ArrayRef<Attribute>(factor));
    operand.set(arith::MulFOp::create(b, operand.get(), arith::ConstantOp::create(b, factor)));
  }
};

} // namespace
} // namespace heed
