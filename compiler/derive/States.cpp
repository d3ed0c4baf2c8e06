// heed.check, heed.recall and heed.next: gradient, frontier, cost.
#include "compiler/derive/Cost.h"
#include "compiler/derive/Derivable.h"
#include "compiler/derive/Frontier.h"

namespace heed {

// A check yields no value that could have a gradient. One of the stream's size is asked at every step.
Answer CheckOp::differentiate() { return Answer::yes(); }
void CheckOp::stream(Frontier &) {}
void CheckOp::cost(Cost &) {}

Answer RecallOp::differentiate() { return noGradientYet(*this); }
void RecallOp::stream(Frontier &) {} // part of a step already
void RecallOp::cost(Cost &) {}

Answer NextOp::differentiate() { return noGradientYet(*this); }
void NextOp::stream(Frontier &) {}
void NextOp::cost(Cost &) {}

} // namespace heed
