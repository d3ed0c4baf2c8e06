// The wall of stage `derived`: nothing that only derivation understands is left.
#include "compiler/pipelines/Passes.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_VERIFYDERIVED
#include "compiler/pipelines/Passes.h.inc"

namespace {

class VerifyDerived : public impl::VerifyDerivedBase<VerifyDerived> {
  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (!isa<DeriveOp, StopOp>(op))
        return;
      op->emitError("is left after `heed-derive`");
      signalPassFailure();
    });
  }
};

} // namespace
} // namespace heed
