// heed.index and what stands in scalar regions: gradient, step, cost. In: an op. Out: its part, or why there is none
// yet.
#include "compiler/derive/Derivable.h"

namespace heed {

Answer IndexOp::differentiate() { return noGradientYet(*this); }
Answer IndexOp::stream() { return noStreamYet(*this); }
Answer IndexOp::cost() { return noCostYet(*this); }

// An index and a size are whole numbers: nothing flows back through them, and they cost nothing.
Answer AtOp::differentiate() { return Answer::yes(); }
Answer AtOp::stream() {
  SizeExpr bound = indicesAround(*this).bounds[getDim()];
  return isOnStream(*this, bound) ? Answer::notYet("the position of an index on the stream is not derived yet")
                                  : Answer::yes();
}
Answer AtOp::cost() { return Answer::yes(); }

Answer SizeOp::differentiate() { return Answer::yes(); }
/// How long the stream will get is not known at any of its positions: no later version will know either.
Answer SizeOp::stream() {
  return isOnStream(*this, getSize().getExpr())
             ? Answer::notYet("the value of `" + getSize().getExpr().str() + "` looks ahead to the end of the stream")
             : Answer::yes();
}
Answer SizeOp::cost() { return Answer::yes(); }

// A draw depends on no value that has a gradient. Its counter holds the absolute position, so chunks do not matter.
Answer DrawOp::differentiate() { return Answer::yes(); }
Answer DrawOp::stream() { return Answer::yes(); }
Answer DrawOp::cost() { return noCostYet(*this); }

// The gradient ends here; the value goes through unchanged.
Answer StopOp::differentiate() { return Answer::yes(); }
Answer StopOp::stream() { return Answer::yes(); }
Answer StopOp::cost() { return Answer::yes(); }

} // namespace heed
