// heed.reshape and heed.sort: gradient, step, cost. In: an op. Out: its part, or why there is none yet.
#include "compiler/derive/Derivable.h"

namespace heed {

Answer ReshapeOp::differentiate() { return noGradientYet(*this); }
Answer ReshapeOp::stream() { return isOnStream(*this, (*this)->getResultTypes()) ? noStreamYet(*this) : Answer::yes(); }
Answer ReshapeOp::cost() { return Answer::yes(); } // a view

Answer SortOp::differentiate() { return noGradientYet(*this); }
Answer SortOp::stream() {
  SizeExpr sorted = axesOf(llvm::cast<mlir::RankedTensorType>(getSource().getType())).back();
  return isOnStream(*this, sorted) ? Answer::notYet("a `sort` along the stream looks ahead") : noStreamYet(*this);
}
Answer SortOp::cost() { return noCostYet(*this); }

} // namespace heed
