// In: the ops that irgen (or derive) made. Out: the same program, every index op simplified and in a named form.
#include "compiler/normalise/Normalise.h"
#include "compiler/pipelines/Passes.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_NORMALISE
#include "compiler/pipelines/Passes.h.inc"

namespace {

/// Users before what they use, so that one round is enough.
void eraseDead(Operation *root) {
  for (Region &region : root->getRegions())
    for (Block &block : region)
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
        if (isOpTriviallyDead(&op))
          op.erase();
        else
          eraseDead(&op);
}

class Normalise : public impl::NormaliseBase<Normalise> {
  void runOnOperation() override {
    getOperation()->walk([](IndexOp op) {
      simplifyMaps(op);
      pruneAccesses(op);
    });
    for (auto entry : getOperation().getOps<EntryOp>())
      eraseDead(entry);
    getOperation()->walk([](IndexOp op) { op.setForm(formOf(op)); });
  }
};

} // namespace
} // namespace heed
