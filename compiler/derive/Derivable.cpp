// How a missing rule is worded.
#include "compiler/derive/Derivable.h"

using namespace mlir;

namespace heed {

Answer noGradientYet(Operation *op) {
  return Answer::notYet(("the gradient of `" + op->getName().stripDialect() + "` is not derived yet").str());
}

} // namespace heed
