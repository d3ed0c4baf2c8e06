// In: entries of kernels. Out: each kernel result with its place, each repeat with the buffers of its carries and the
// arena of its turns, each branch alike, each entry with the bytes of its arena. A region is planned on its own: within
// a repeat against an arena that every turn uses afresh, which to the region around it is one more tensor, live during
// the repeat alone.
#include "compiler/kernels/InPlace.h"
#include "compiler/kernels/SampleSizes.h"
#include "compiler/kernels/Slots.h"
#include "compiler/kernels/Strips.h"
#include "compiler/pipelines/Passes.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_PLACE
#include "compiler/pipelines/Passes.h.inc"

namespace {

/// Plans one region and, before it, the regions within.
class Planner {
public:
  Planner(Block &block, const Sample &typical)
      : block(block), context(block.getTerminator()->getContext()), typical(typical),
        isEntry(isa<EntryOp>(block.getParentOp())) {}

  /// Gives the bytes of the region's arena.
  SizeExpr run() {
    for (auto [now, op] : llvm::enumerate(block)) {
      auto kernel = dyn_cast<KernelOp>(op);
      bool inTurn = kernel && !kernel.getStrip() && stripOf(kernel); // with the kernel before it
      times[&op] = inTurn ? times[op.getPrevNode()] : 2 * now;
    }
    for (Operation &op : block)
      collect(&op);
    SizeExpr bytes = assignOffsets(tenants, lookIn(typical));
    for (Operation &op : block)
      record(&op);
    return bytes;
  }

private:
  // ---- what needs a place, and for how long ----
  void collect(Operation *op) {
    if (auto kernel = dyn_cast<KernelOp>(op))
      for (Value result : kernel.getResults())
        if (unsigned begin = beginOf(kernel); !leavesBy(result))
          tenants.push_back({begin, std::max(begin, lastUse(result)), bytesHeld(cast<OpResult>(result))});
    if (auto repeat = dyn_cast<RepeatOp>(op)) {
      for (auto [k, result] : llvm::enumerate(repeat.getResults())) {
        SizeExpr bytes = bytesOf(cast<RankedTensorType>(result.getType()));
        unsigned last = (repeat.getSchedule().size() - 1) % 2; // the buffer in which the result lies
        for (unsigned buffer : {0, 1})
          tenants.push_back({times[op], buffer == last ? lastUse(result) : times[op], bytes});
      }
      SizeExpr inner = 0;
      for (Region &body : repeat.getBodies())
        inner = SizeExpr::max(inner, Planner(body.front(), typical).run());
      tenants.push_back({times[op], times[op], inner});
    }
    if (auto branch = dyn_cast<BranchOp>(op))
      collect(branch);
  }

  void collect(BranchOp branch) {
    for (Value result : branch.getResults())
      tenants.push_back({times[branch], lastUse(result), bytesOf(cast<RankedTensorType>(result.getType()))});
    SizeExpr inner = 0;
    for (Region *body : branch.getRegions())
      inner = SizeExpr::max(inner, Planner(body->front(), typical).run());
    tenants.push_back({times[branch], times[branch], inner});
  }

  /// The last op of this block that reads the value, itself, as a reshape of it, or somewhere within.
  unsigned lastUse(Value value) {
    unsigned last = times[value.getDefiningOp()];
    for (Operation *user : value.getUsers()) {
      last = std::max(last, times[block.findAncestorOpInBlock(*user)]);
      if (auto view = dyn_cast<ReshapeOp>(user); view && view->getBlock() == &block)
        last = std::max(last, lastUse(view.getResult()));
    }
    return last;
  }

  /// A result begins with its kernel; behind the operands that end there, where it may lie over each of them.
  unsigned beginOf(KernelOp kernel) {
    unsigned now = times[kernel];
    for (auto [i, operand] : llvm::enumerate(kernel->getOperands())) {
      Value memory = memoryOf(operand);
      Operation *made = memory.getDefiningOp();
      bool ends =
          made && made->getBlock() == &block && !made->hasTrait<OpTrait::ConstantLike>() && lastUse(memory) == now;
      if (ends && !(isa<KernelOp>(made) && mayWriteOver(kernel, i)))
        return now;
    }
    return now + 1;
  }

  /// The operand of the terminator by which a value leaves the region.
  std::optional<unsigned> leavesBy(Value value) {
    for (OpOperand &operand : block.getTerminator()->getOpOperands())
      if (operand.get() == value)
        return operand.getOperandNumber();
    return std::nullopt;
  }

  // ---- where it lies: the same walk again ----
  void record(Operation *op) {
    if (auto kernel = dyn_cast<KernelOp>(op)) {
      SmallVector<Attribute> places;
      for (Value result : kernel.getResults()) {
        auto leaving = leavesBy(result);
        places.push_back(leaving ? leavingPlace(result, *leaving) : nextPlace());
      }
      kernel.setPlacesAttr(ArrayAttr::get(context, places));
    }
    if (auto repeat = dyn_cast<RepeatOp>(op)) {
      SmallVector<Attribute> buffers;
      for (unsigned k = 0; k < 2 * repeat.getNumResults(); ++k)
        buffers.push_back(nextPlace());
      repeat.setPlacesAttr(ArrayAttr::get(context, buffers));
      repeat.setInnerAttr(nextPlace());
    }
    if (auto branch = dyn_cast<BranchOp>(op)) {
      auto buffers = llvm::map_to_vector(branch.getResults(), [&](Value) -> Attribute { return nextPlace(); });
      branch.setPlacesAttr(ArrayAttr::get(context, buffers));
      branch.setInnerAttr(nextPlace());
    }
  }

  PlaceAttr nextPlace() {
    const Tenant &tenant = tenants[placed++];
    return PlaceAttr::get(context, isEntry ? PlaceKind::arena : PlaceKind::inner, 0,
                          SizeAttr::get(context, tenant.offset), SizeAttr::get(context, tenant.bytes));
  }
  PlaceAttr leavingPlace(Value result, unsigned operand) {
    return PlaceAttr::get(context, isEntry ? PlaceKind::output : PlaceKind::next, operand,
                          SizeAttr::get(context, SizeExpr(0)),
                          SizeAttr::get(context, bytesOf(cast<RankedTensorType>(result.getType()))));
  }

  Block &block;
  MLIRContext *context;
  const Sample &typical;
  bool isEntry;
  llvm::DenseMap<Operation *, unsigned> times; // twice the position in the block: odd is behind an op's operands; one
                                               // time for the kernels of a strip
  std::vector<Tenant> tenants;                 // in the order of the walk
  unsigned placed = 0;
};

class Place : public impl::PlaceBase<Place> {
  void runOnOperation() override {
    for (auto entry : getOperation().getOps<EntryOp>()) {
      SizeExpr bytes = Planner(entry.getBody().front(), typicalSizes(entry)).run();
      entry.setArenaBytesAttr(SizeAttr::get(&getContext(), bytes));
    }
  }
};

} // namespace
} // namespace heed
