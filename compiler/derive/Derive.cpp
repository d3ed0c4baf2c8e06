// In: entries as they were written, and requests for others. Out: the requested entries too, and no request. So far
// every request is refused, at the op that stands in its way.
#include "compiler/pipelines/Passes.h"
#include "compiler/pipelines/Refusal.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_DERIVE
#include "compiler/pipelines/Passes.h.inc"

namespace {

class Derive : public impl::DeriveBase<Derive> {
  void runOnOperation() override {
    SymbolTable entries(getOperation());
    for (auto request : getOperation().getOps<DeriveOp>()) {
      refuse(request, entries.lookup<EntryOp>(request.getEntry()));
      return signalPassFailure();
    }
    getOperation()->walk([](StopOp stop) {
      stop.replaceAllUsesWith(stop.getValue());
      stop.erase();
    });
  }

  void refuse(DeriveOp request, EntryOp entry) {
    auto found = entry->walk([&](Operation *op) {
      auto differentiable = dyn_cast<DifferentiateInterface>(op);
      if (!differentiable || request.getRequest() != RequestKind::gradient)
        return WalkResult::advance();
      Answer answer = differentiable.differentiate();
      if (answer.given)
        return WalkResult::advance();
      heed::refuse(op->getLoc()).append(answer.reason).attachNote(request.getLoc())
          << "asked for by `" << stringifyRequestKind(request.getRequest()) << " of @" << request.getEntry() << "`";
      return WalkResult::interrupt();
    });
    if (!found.wasInterrupted())
      heed::refuse(request.getLoc()) << "the " << stringifyRequestKind(request.getRequest()) << " of @"
                                     << request.getEntry() << " is not derived yet";
  }
};

} // namespace
} // namespace heed
