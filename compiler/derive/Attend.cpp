// heed.attend and its gradient: gradient, step, cost. In: an op. Out: its part, or why there is none yet.
#include "compiler/derive/Derivable.h"

namespace heed {

Answer AttendOp::differentiate() { return noGradientYet(*this); }
Answer AttendOp::stream() { return noStreamYet(*this); }
Answer AttendOp::cost() { return noCostYet(*this); }

Answer AttendGradOp::differentiate() { return Answer::notYet("second derivatives of `attend` are not derived yet"); }
Answer AttendGradOp::stream() { return Answer::notYet("a gradient has no step"); }
Answer AttendGradOp::cost() { return noCostYet(*this); }

} // namespace heed
