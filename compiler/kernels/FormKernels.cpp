// In: entries whose index ops have forms. Out: the same values, everything that computes within kernels. So far a
// kernel is one op; merging siblings, prologues and epilogues will be patterns between `formKernels` and
// `copyPassedOn`, each leaving its reason in `declined`.
#include "compiler/kernels/KernelNames.h"
#include "compiler/pipelines/Passes.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_FORMKERNELS
#include "compiler/pipelines/Passes.h.inc"

namespace {

KernelKind kindOf(Operation *op) {
  if (isa<AttendOp>(op))
    return KernelKind::attend;
  if (isa<SortOp>(op))
    return KernelKind::group;
  switch (cast<IndexOp>(op).getForm().value_or(Form::general)) {
  case Form::contraction:
    return KernelKind::contract;
  case Form::scatter:
    return KernelKind::group;
  default:
    return KernelKind::rows;
  }
}

/// Scalars that need nothing from outside can be made again within a kernel.
bool isRemade(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->getNumOperands() == 0 && isPure(op) && !isa<RankedTensorType>(value.getType());
}

class FormKernels : public impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    KernelNames taken(getOperation());
    names = &taken;
    for (auto entry : getOperation().getOps<EntryOp>())
      if (failed(formKernels(entry.getBody())))
        return signalPassFailure();
  }

  /// Every op that computes becomes a kernel; ops that hold others are entered.
  LogicalResult formKernels(Region &region) {
    for (Operation &op : llvm::make_early_inc_range(region.front())) {
      if (isa<IndexOp, AttendOp, SortOp>(op)) {
        wrap(&op, kindOf(&op));
      } else if (auto repeat = dyn_cast<RepeatOp>(op)) {
        for (Region &body : repeat.getBodies())
          if (failed(formKernels(body)))
            return failure();
      } else if (!isa<KernelOp, ReshapeOp, CheckOp, ReturnOp, YieldOp>(op) && !op.hasTrait<OpTrait::ConstantLike>()) {
        return op.emitError() << "`" << op.getName() << "` is not compiled to a kernel yet";
      }
    }
    copyPassedOn(region);
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(region.front())))
      if (isOpTriviallyDead(&op))
        op.erase();
    return success();
  }

  /// A kernel that holds `op` alone; what op used from outside becomes an operand.
  KernelOp wrap(Operation *op, KernelKind kind) {
    llvm::SetVector<Value> used(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), used);
    SmallVector<Value> operands, remade;
    for (Value value : used)
      (isRemade(value) ? remade : operands).push_back(value);

    OpBuilder builder(op);
    auto kernel = KernelOp::create(builder, op->getLoc(), op->getResultTypes(),
                                   names->fresh(op->getLoc(), stringifyKernelKind(kind)), kind, operands,
                                   /*places=*/nullptr, /*declined=*/nullptr, /*layouts=*/nullptr);
    op->replaceAllUsesWith(kernel);
    Block *body = builder.createBlock(&kernel.getBody());
    IRMapping within;
    for (Value value : operands)
      within.map(value, body->addArgument(value.getType(), value.getLoc()));
    for (Value value : remade)
      builder.clone(*value.getDefiningOp(), within);
    builder.insert(op->clone(within));
    YieldOp::create(builder, op->getLoc(), body->back().getResults());
    op->erase();
    return kernel;
  }

  /// A value that leaves the region, yet was not made by a kernel here to leave by this very operand, is copied: a
  /// region argument, a value from outside, the result of a repeat, a reshape, a constant, and what leaves twice.
  void copyPassedOn(Region &region) {
    Operation *terminator = region.front().getTerminator();
    llvm::SmallPtrSet<Value, 4> leaving;
    for (OpOperand &operand : terminator->getOpOperands()) {
      auto kernel = operand.get().getDefiningOp<KernelOp>();
      bool own = kernel && kernel->getBlock() == terminator->getBlock() && leaving.insert(operand.get()).second;
      if (!own)
        operand.set(copyBefore(terminator, operand.get()));
    }
  }

  Value copyBefore(Operation *terminator, Value value) {
    OpBuilder builder(terminator);
    MLIRContext *context = builder.getContext();
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<Attribute> indices, bounds;
    for (auto [axis, size] : llvm::enumerate(axesOf(type))) {
      indices.push_back(builder.getStringAttr("i" + Twine(axis)));
      bounds.push_back(SizeAttr::get(context, size));
    }
    auto identity = AffineMap::get(type.getRank(), /*symbolCount=*/1,
                                   AffineMap::getMultiDimIdentityMap(type.getRank(), context).getResults(), context);
    auto access = AccessAttr::get(context, 0, identity, /*guard=*/nullptr);
    auto copy =
        IndexOp::create(builder, value.getLoc(), type, value, Reduction::none, builder.getArrayAttr(indices),
                        builder.getArrayAttr(bounds), type.getRank(), /*symbols=*/builder.getArrayAttr({}),
                        builder.getArrayAttr(access), /*where=*/nullptr, FormAttr::get(context, Form::pointwise));
    Block *body = builder.createBlock(&copy.getBody());
    YieldOp::create(builder, value.getLoc(), body->addArgument(scalarOf(type.getElementType()), value.getLoc()));
    return wrap(copy, KernelKind::rows).getResult(0);
  }

  KernelNames *names = nullptr;
};

} // namespace
} // namespace heed
