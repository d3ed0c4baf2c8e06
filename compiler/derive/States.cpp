// heed.check, heed.recall and heed.next: gradient, step, cost. In: an op. Out: its part, or why there is none yet.
#include "compiler/derive/Derivable.h"

namespace heed {

// A check yields no value that could have a gradient; of a size within the stream, the step has to ask for past and
// chunk together.
Answer CheckOp::differentiate() { return Answer::yes(); }
Answer CheckOp::stream() {
  bool onStream = getSize() ? isOnStream(*this, getSize()->getExpr()) : true;
  return onStream ? noStreamYet(*this) : Answer::yes();
}
Answer CheckOp::cost() { return Answer::yes(); }

Answer RecallOp::differentiate() { return noGradientYet(*this); }
Answer RecallOp::stream() { return Answer::notYet("`recall` is part of a step already"); }
Answer RecallOp::cost() { return noCostYet(*this); }

Answer NextOp::differentiate() { return noGradientYet(*this); }
Answer NextOp::stream() { return noStreamYet(*this); }
Answer NextOp::cost() { return noCostYet(*this); }

} // namespace heed
