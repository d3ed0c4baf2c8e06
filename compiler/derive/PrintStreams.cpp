// In: a model at stage `heed`. Out: the frontier of every value as text, and an error for each look-ahead.
#include "compiler/derive/LookAhead.h"
#include "compiler/pipelines/Passes.h"

#include "mlir/IR/AsmState.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_PRINTSTREAMS
#include "compiler/pipelines/Passes.h.inc"

namespace {

class PrintStreams : public impl::PrintStreamsBase<PrintStreams> {
  void runOnOperation() override {
    for (auto entry : getOperation().getOps<EntryOp>())
      if (entry.getStream())
        print(entry);
  }

  void print(EntryOp entry) {
    Frontier frontier(entry);
    OpPrintingFlags flags;
    flags.printNameLocAsPrefix();
    AsmState names(entry, flags);
    llvm::outs() << '@' << entry.getSymName() << " over " << *entry.getStream() << '\n';
    auto tell = [&](Value value) {
      if (isa<IndexOp, AttendOp>(value.getParentRegion()->getParentOp()) || !isa<RankedTensorType>(value.getType()))
        return;
      llvm::outs() << "  ";
      value.printAsOperand(llvm::outs(), names);
      llvm::outs() << ": " << streams::text(frontier.sizes(), frontier.of(value));
      if (!frontier.of(value).empty())
        llvm::outs() << ", needs " << frontier.demandOf(value).str();
      llvm::outs() << '\n';
    };
    entry.walk<WalkOrder::PreOrder>([&](Operation *op) {
      for (Region &region : op->getRegions())
        llvm::for_each(region.getArguments(), tell);
      llvm::for_each(op->getResults(), tell);
    });
    for (const LookAhead &found : lookAheads(frontier)) {
      InFlightDiagnostic error = emitError(found.place) << found.message;
      if (!found.help.empty())
        error.attachNote() << found.help;
      for (const LookAhead::Note &note : found.path)
        error.attachNote(note.place) << note.text;
    }
  }
};

} // namespace
} // namespace heed
