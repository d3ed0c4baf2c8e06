// The wall of stages `loops` and `llvm`: what a lowering forgot still stands in its old dialect.
#include "compiler/pipelines/Passes.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_VERIFYDIALECTS
#include "compiler/pipelines/Passes.h.inc"

namespace {

class VerifyDialects : public impl::VerifyDialectsBase<VerifyDialects> {
  using VerifyDialectsBase::VerifyDialectsBase;

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      StringRef dialect = op->getName().getDialectNamespace();
      if (llvm::is_contained(allowed, dialect))
        return;
      op->emitError() << "`" << op->getName() << "` is left, but only ops of " << llvm::join(allowed, ", ")
                      << " may be";
      signalPassFailure();
    });
  }
};

} // namespace
} // namespace heed
