// What the rules of `derive` share: what lies on the stream, and how a missing rule is worded.
#include "compiler/derive/Derivable.h"

using namespace mlir;

namespace heed {

bool isOnStream(Operation *in, const SizeExpr &size) {
  auto entry = in->getParentOfType<EntryOp>();
  return entry && entry.getStream() && llvm::is_contained(size.symbols(), entry.getStream()->str());
}

bool isOnStream(Operation *in, TypeRange types) {
  return llvm::any_of(types, [&](Type type) {
    return hasAxes(type) && llvm::any_of(axesOf(cast<RankedTensorType>(type)),
                                         [&](const SizeExpr &axis) { return isOnStream(in, axis); });
  });
}

static Answer missing(StringRef what, Operation *op) {
  return Answer::notYet((what + " of `" + op->getName().stripDialect() + "` is not derived yet").str());
}
Answer noGradientYet(Operation *op) { return missing("the gradient", op); }
Answer noStreamYet(Operation *op) { return missing("the step", op); }
Answer noCostYet(Operation *op) { return missing("the cost", op); }

} // namespace heed
