// heed.repeat, heed.branch, heed.scan and heed.route: gradient, step, cost. In: an op. Out: its part, or why there is
// none yet.
#include "compiler/derive/Derivable.h"

namespace heed {

Answer RepeatOp::differentiate() { return noGradientYet(*this); }
Answer RepeatOp::stream() { return noStreamYet(*this); }
Answer RepeatOp::cost() { return noCostYet(*this); }

Answer BranchOp::differentiate() { return noGradientYet(*this); }
Answer BranchOp::stream() { return noStreamYet(*this); }
Answer BranchOp::cost() { return noCostYet(*this); }

Answer ScanOp::differentiate() { return noGradientYet(*this); }
Answer ScanOp::stream() {
  bool looksAhead = getReverse() && isOnStream(*this, getTurns().getExpr());
  return looksAhead ? Answer::notYet("a `scan` from the end of the stream looks ahead") : noStreamYet(*this);
}
Answer ScanOp::cost() { return noCostYet(*this); }

Answer RouteOp::differentiate() { return noGradientYet(*this); }
Answer RouteOp::stream() { return noStreamYet(*this); }
Answer RouteOp::cost() { return noCostYet(*this); }

} // namespace heed
