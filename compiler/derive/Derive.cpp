// In: entries as they were written, and requests for others. Out: the requested entries too, and no request. So far
// every request is refused, at the op that stands in its way.
#include "compiler/pipelines/Passes.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_DERIVE
#include "compiler/pipelines/Passes.h.inc"

namespace {

/// What an op answers to this kind of request; none if it has no part in it.
std::optional<Answer> ask(Operation *op, RequestKind request) {
  auto differentiable = dyn_cast<DifferentiateInterface>(op);
  auto streamable = dyn_cast<StreamInterface>(op);
  if (request == RequestKind::gradient && differentiable)
    return differentiable.differentiate();
  if (request == RequestKind::step && streamable)
    return streamable.stream();
  return std::nullopt;
}

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
      std::optional<Answer> answer = ask(op, request.getRequest());
      if (!answer || answer->given)
        return WalkResult::advance();
      op->emitError(answer->reason).attachNote(request.getLoc())
          << "asked for by `" << stringifyRequestKind(request.getRequest()) << " of @" << request.getEntry() << "`";
      return WalkResult::interrupt();
    });
    if (!found.wasInterrupted())
      request.emitError() << "the " << stringifyRequestKind(request.getRequest()) << " of @" << request.getEntry()
                          << " is not derived yet";
  }
};

} // namespace
} // namespace heed
