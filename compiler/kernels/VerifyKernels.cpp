// The wall of stage `kernels`. Every region is gone through as it would run, at sample sizes: an op reads its operands,
// then writes its places, which kills what else lies there; reading a killed value is the error that a wrong plan
// makes. Shares nothing with `place` but the question over what a kernel may write (`InPlace`).
#include "compiler/kernels/InPlace.h"
#include "compiler/kernels/SampleSizes.h"
#include "compiler/kernels/Strips.h"
#include "compiler/pipelines/Passes.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_VERIFYKERNELS
#include "compiler/pipelines/Passes.h.inc"

namespace {

struct Interval {
  int64_t begin, end;
  bool meets(const Interval &other) const {
    return begin < other.end && other.begin < end && begin < end && other.begin < other.end;
  }
};

/// One region: which arena its tensors lie in and how large that is.
class RegionCheck {
public:
  RegionCheck(Block &block, SizeAttr bytes, ArrayRef<Sample> samples)
      : block(block), bytes(bytes), samples(samples), isEntry(isa<EntryOp>(block.getParentOp())) {}

  LogicalResult run() {
    for (Operation &op : block)
      if (failed(checkOp(&op)))
        return failure();
    for (OpOperand &operand : block.getTerminator()->getOpOperands())
      if (failed(checkLeaving(operand)))
        return failure();
    for (const Sample &sample : samples)
      if (failed(replay(sample)))
        return failure();
    return success();
  }

private:
  // ---- what may stand here, and whether places are given ----
  LogicalResult checkOp(Operation *op) {
    if (failed(checkLayouts(op)))
      return failure();
    if (auto kernel = dyn_cast<KernelOp>(op)) {
      if (!kernel.getPlaces() || kernel.getPlaces()->size() != kernel.getNumResults())
        return op->emitError() << "kernel `" << kernel.getName() << "` has " << kernel.getNumResults()
                               << " results, but " << (kernel.getPlaces() ? kernel.getPlaces()->size() : 0)
                               << " places";
      for (auto [result, place] : llvm::zip(kernel->getOpResults(), kernel.getPlaces()->getAsRange<PlaceAttr>()))
        if (failed(checkPlace(op, place, bytesHeld(result))))
          return failure();
      if (kernel.getStrip() && !stripFrom(kernel))
        return op->emitError() << "kernel `" << kernel.getName() << "` and what follows it are no strip";
      return success();
    }
    if (auto repeat = dyn_cast<RepeatOp>(op))
      return checkRepeat(repeat);
    if (auto branch = dyn_cast<BranchOp>(op))
      return checkBranch(branch);
    if (isa<ReshapeOp, CheckOp, ReturnOp, YieldOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
      return success();
    return op->emitError() << "`" << op->getName() << "` is left outside a kernel";
  }

  /// Who reads a parameter knows its layout; who takes its memory as it is finds it row-major.
  LogicalResult checkLayouts(Operation *op) {
    auto kernel = dyn_cast<KernelOp>(op);
    auto repeat = dyn_cast<RepeatOp>(op);
    for (OpOperand &operand : op->getOpOperands()) {
      unsigned number = operand.getOperandNumber();
      auto slice = parameterOf(operand.get());
      LayoutAttr whole = slice ? slice->param.getLayoutAttr() : LayoutAttr();
      if (whole && !whole.isSlicedBy(slice->fixed))
        return op->emitError() << "a layer of `" << slice->param.getSymName() << "` is not in one piece";
      LayoutAttr own = kernel ? kernel.getLayout(number) : LayoutAttr(), layout = layoutOf(operand.get());
      bool isStack = repeat && number >= repeat.getCarries().size();
      if (own != layout && !isStack)
        return op->emitError() << "operand " << number << " is read as " << textOf(own) << ", but lies as "
                               << textOf(layout);
    }
    return success();
  }
  static std::string textOf(LayoutAttr layout) {
    std::string text = "row-major";
    if (layout) {
      text.clear();
      llvm::raw_string_ostream(text) << layout;
    }
    return text;
  }

  LogicalResult checkBranch(BranchOp branch) {
    if (!branch.getInner() || !branch.getPlaces() || branch.getPlaces()->size() != branch.getNumResults())
      return branch.emitError("has no place for its regions or its results");
    if (failed(checkPlace(branch, *branch.getInner(), branch.getInner()->getBytes().getExpr())))
      return failure();
    for (auto [result, place] : llvm::zip(branch.getResults(), branch.getPlaces()->getAsRange<PlaceAttr>()))
      if (failed(checkPlace(branch, place, bytesOf(cast<RankedTensorType>(result.getType())))))
        return failure();
    for (Region *body : branch.getRegions())
      if (failed(RegionCheck(body->front(), branch.getInner()->getBytes(), samples).run()))
        return failure();
    return success();
  }

  LogicalResult checkRepeat(RepeatOp repeat) {
    if (!repeat.getInner() || !repeat.getPlaces() || repeat.getPlaces()->size() != 2 * repeat.getNumResults())
      return repeat.emitError("has no place for its turns or its carries");
    if (failed(checkPlace(repeat, *repeat.getInner(), repeat.getInner()->getBytes().getExpr())))
      return failure();
    for (auto [k, place] : llvm::enumerate(repeat.getPlaces()->getAsRange<PlaceAttr>())) {
      auto type = cast<RankedTensorType>(repeat.getResult(k / 2).getType());
      if (place.getKind() != arena() || failed(checkPlace(repeat, place, bytesOf(type))))
        return repeat.emitError() << "carry " << k / 2 << " has no two buffers in the arena";
    }
    for (Region &body : repeat.getBodies())
      if (failed(RegionCheck(body.front(), repeat.getInner()->getBytes(), samples).run()))
        return failure();
    return success();
  }

  LogicalResult checkPlace(Operation *op, PlaceAttr place, const SizeExpr &needed) {
    if (place.getKind() != arena() && place.getKind() != leaving())
      return op->emitError() << "a place of kind `" << stringifyPlaceKind(place.getKind()) << "` in "
                             << (isEntry ? "an entry" : "the body of a repeat");
    if (!(place.getBytes().getExpr() == needed))
      return op->emitError() << "a place of " << place.getBytes().getExpr().str() << " bytes for " << needed.str();
    return success();
  }

  LogicalResult checkLeaving(OpOperand &operand) {
    unsigned number = operand.getOperandNumber();
    auto kernel = operand.get().getDefiningOp<KernelOp>();
    if (kernel && kernel->getBlock() == &block) {
      auto place = cast<PlaceAttr>((*kernel.getPlaces())[cast<OpResult>(operand.get()).getResultNumber()]);
      if (place.getKind() == leaving() && place.getIndex() == number)
        return success();
    }
    return block.getTerminator()->emitError()
           << "operand " << number << " was not written to `" << stringifyPlaceKind(leaving()) << " " << number
           << "` by a kernel of this region";
  }

  // ---- whether a value lasts until it is read ----
  LogicalResult replay(const Sample &sample) {
    llvm::MapVector<Value, Interval> held;     // values in this arena that are still whole
    llvm::DenseMap<Value, Operation *> lostTo; // those that are not, and who wrote over them
    int64_t arenaEnd = exprOf(bytes).evaluate(lookIn(sample)).value_or(0);
    for (ArrayRef<Operation *> step : steps()) {
      Operation &op = *step.front();
      llvm::SetVector<Value> reads;
      SmallVector<PlaceAttr> places;
      for (Operation *each : step) {
        reads.insert(each->operand_begin(), each->operand_end());
        getUsedValuesDefinedAbove(each->getRegions(), reads);
        llvm::append_range(places, placesOf(each));
      }
      SmallVector<Interval> writes;
      for (PlaceAttr place : places) {
        auto at = place.getKind() == arena() ? intervalOf(place, sample) : Interval{0, 0};
        if (!at)
          return success(); // no program has these sizes: something would be negative
        if (at->end > arenaEnd)
          return op.emitError() << "a place ends at byte " << at->end << ", outside the arena" << describe(sample);
        if (llvm::any_of(writes, [&](const Interval &other) { return at->meets(other); }))
          return op.emitError() << "two of its places overlap" << describe(sample);
        writes.push_back(*at);
      }
      for (Value value : reads) {
        Value root = memoryOf(value);
        if (Operation *by = lostTo.lookup(root))
          return (op.emitError() << "reads a value that was overwritten before" << describe(sample))
                     .attachNote(by->getLoc())
                 << "by this";
        auto at = held.find(root);
        if (at != held.end() &&
            !llvm::all_of(step, [&](Operation *each) { return lasts(root, at->second, writes, each); }))
          return op.emitError() << "writes over a value that it reads" << describe(sample);
      }
      held.remove_if([&](auto &entry) {
        bool lost = llvm::any_of(writes, [&](const Interval &w) { return entry.second.meets(w); });
        if (lost)
          lostTo[entry.first] = &op;
        return lost;
      });
      for (Operation *each : step)
        for (auto [k, result] : llvm::enumerate(each->getResults()))
          if (auto where = resultPlace(each, k); where && where->getKind() == arena())
            held.insert({result, *intervalOf(*where, sample)});
    }
    return success();
  }

  /// What runs at one time: an op, or the kernels of a strip in turn.
  SmallVector<SmallVector<Operation *, 2>> steps() {
    SmallVector<SmallVector<Operation *, 2>> all;
    for (Operation &op : block)
      if (auto kernel = dyn_cast<KernelOp>(op); kernel && !kernel.getStrip() && stripOf(kernel))
        all.back().push_back(&op);
      else
        all.push_back({&op});
    return all;
  }

  /// All places that an op writes.
  static SmallVector<PlaceAttr> placesOf(Operation *op) {
    SmallVector<PlaceAttr> places;
    if (auto kernel = dyn_cast<KernelOp>(op))
      llvm::append_range(places, kernel.getPlaces()->getAsRange<PlaceAttr>());
    if (auto repeat = dyn_cast<RepeatOp>(op)) {
      llvm::append_range(places, repeat.getPlaces()->getAsRange<PlaceAttr>());
      places.push_back(*repeat.getInner());
    }
    if (auto branch = dyn_cast<BranchOp>(op)) {
      llvm::append_range(places, branch.getPlaces()->getAsRange<PlaceAttr>());
      places.push_back(*branch.getInner());
    }
    return places;
  }
  /// Where the op leaves result k.
  static std::optional<PlaceAttr> resultPlace(Operation *op, unsigned k) {
    if (auto kernel = dyn_cast<KernelOp>(op))
      return cast<PlaceAttr>((*kernel.getPlaces())[k]);
    if (auto repeat = dyn_cast<RepeatOp>(op))
      return cast<PlaceAttr>((*repeat.getPlaces())[2 * k + (repeat.getSchedule().size() - 1) % 2]);
    if (auto branch = dyn_cast<BranchOp>(op))
      return cast<PlaceAttr>((*branch.getPlaces())[k]);
    return std::nullopt;
  }
  /// What lies here is whole while the op reads it: nothing is written there, or exactly over it, point by point.
  static bool lasts(Value root, Interval at, ArrayRef<Interval> writes, Operation *op) {
    return llvm::all_of(writes, [&](const Interval &w) {
      auto kernel = dyn_cast<KernelOp>(op);
      return !at.meets(w) || (kernel && at.begin == w.begin && at.end == w.end &&
                              llvm::all_of(llvm::enumerate(op->getOperands()), [&](auto operand) {
                                return memoryOf(operand.value()) != root || mayWriteOver(kernel, operand.index());
                              }));
    });
  }

  std::optional<Interval> intervalOf(PlaceAttr place, const Sample &sample) {
    auto begin = exprOf(place.getOffset()).evaluate(lookIn(sample)),
         bytes = exprOf(place.getBytes()).evaluate(lookIn(sample));
    if (!begin || !bytes || *begin < 0 || *bytes < 0)
      return std::nullopt;
    return Interval{*begin, *begin + *bytes};
  }
  /// An attribute holds its size as text; it is read once, not once a sample.
  const SizeExpr &exprOf(SizeAttr size) {
    auto known = exprs.find(size);
    return known != exprs.end() ? known->second : exprs.try_emplace(size, size.getExpr()).first->second;
  }
  static std::string describe(const Sample &sample) {
    std::string text = " at";
    for (auto &[name, value] : sample)
      text += " " + name + " = " + std::to_string(value);
    return sample.empty() ? "" : text;
  }

  PlaceKind arena() { return isEntry ? PlaceKind::arena : PlaceKind::inner; }
  PlaceKind leaving() { return isEntry ? PlaceKind::output : PlaceKind::next; }

  Block &block;
  SizeAttr bytes;
  ArrayRef<Sample> samples;
  bool isEntry;
  llvm::DenseMap<Attribute, SizeExpr> exprs;
};

class VerifyKernels : public impl::VerifyKernelsBase<VerifyKernels> {
  void runOnOperation() override {
    for (auto entry : getOperation().getOps<EntryOp>())
      if (failed(verifyEntry(entry)))
        return signalPassFailure();
  }

  static LogicalResult verifyEntry(EntryOp entry) {
    if (!entry.getArenaBytes())
      return entry.emitError("does not say how large its arena is");
    return RegionCheck(entry.getBody().front(), *entry.getArenaBytes(), sampleSizes(entry)).run();
  }
};

} // namespace
} // namespace heed
