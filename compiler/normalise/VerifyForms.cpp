// The wall of stage `heed`: what `normalise` promises about index ops, looked at afresh.
#include "compiler/normalise/Normalise.h"
#include "compiler/pipelines/Passes.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_VERIFYFORMS
#include "compiler/pipelines/Passes.h.inc"

namespace {

class VerifyForms : public impl::VerifyFormsBase<VerifyForms> {
  void runOnOperation() override {
    auto result = getOperation()->walk([](IndexOp op) {
      if (!op.getForm()) {
        op.emitError("has no form; `heed-normalise` names it");
        return WalkResult::interrupt();
      }
      if (*op.getForm() != Form::general && *op.getForm() != formOf(op)) {
        op.emitError() << "is said to be `" << stringifyForm(*op.getForm()) << "`, but is `"
                       << stringifyForm(formOf(op)) << "`";
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
} // namespace heed
