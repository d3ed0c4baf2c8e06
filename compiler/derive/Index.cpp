// heed.index and what stands in scalar regions: gradient, frontier, cost.
#include "compiler/derive/Cost.h"
#include "compiler/derive/Derivable.h"
#include "compiler/derive/Frontier.h"

using namespace mlir;

namespace heed {

Answer IndexOp::differentiate() { return noGradientYet(*this); }

void IndexOp::stream(Frontier &in) {
  for (Value result : getResults()) {
    streams::Reaches reaches;
    in.reads(*this, nullptr, result, reaches);
    in.set(result, reaches);
  }
}

void IndexOp::cost(Cost &of) { of.index(*this); }

// An index and a size are whole numbers: nothing flows back through them, and they cost nothing.
Answer AtOp::differentiate() { return Answer::yes(); }
void AtOp::stream(Frontier &) {} // a position is known when it comes
void AtOp::cost(Cost &) {}

Answer SizeOp::differentiate() { return Answer::yes(); }
void SizeOp::stream(Frontier &) {} // what reads the number has the rule
void SizeOp::cost(Cost &) {}

// A draw depends on no value that has a gradient. Its counter holds the absolute position, so chunks do not matter.
Answer DrawOp::differentiate() { return Answer::yes(); }
void DrawOp::stream(Frontier &) {}
void DrawOp::cost(Cost &) {} // with the region that it stands in

// The gradient ends here; the value goes through unchanged.
Answer StopOp::differentiate() { return Answer::yes(); }
void StopOp::stream(Frontier &in) { in.set(getResult(), in.of(getValue())); }
void StopOp::cost(Cost &) {}

// Straight through, as every other rounding; a cast costs nothing.
Answer RoundOp::differentiate() { return Answer::yes(); }
void RoundOp::stream(Frontier &) {}
void RoundOp::cost(Cost &) {}

} // namespace heed
