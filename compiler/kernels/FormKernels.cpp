// In: entries whose index ops have forms. Out: the same values, everything that computes within kernels: the patterns
// of Fusion.h in order, then each group in one piece, where its last op stood.
#include "compiler/kernels/AttendMatch.h"
#include "compiler/kernels/ContractMatch.h"
#include "compiler/kernels/Fusion.h"
#include "compiler/kernels/InlineProducers.h"
#include "compiler/kernels/KernelNames.h"
#include "compiler/kernels/Strips.h"
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

/// Scalars that need nothing from outside can be made again within a kernel.
bool isRemade(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->getNumOperands() == 0 && isPure(op) && !isa<RankedTensorType>(value.getType());
}

/// Prologue, contractions, epilogue, each in the order of the block; ops of other kernels stay as they stand.
SmallVector<Operation *> inBodyOrder(ArrayRef<Operation *> ops, KernelKind kind) {
  SmallVector<Operation *> parts[3];
  llvm::SmallPtrSet<Operation *, 8> products;
  std::string why;
  for (Operation *op : ops) {
    bool after = llvm::any_of(op->getOperands(), [&](Value v) { return products.contains(v.getDefiningOp()); });
    bool contraction = !after && kind == KernelKind::contract && matchContraction(cast<IndexOp>(op), why);
    if (after || contraction)
      products.insert(op);
    parts[after ? 2 : contraction ? 1 : 0].push_back(op);
  }
  return llvm::to_vector(llvm::concat<Operation *>(parts[0], parts[1], parts[2]));
}

/// What backends have no loops of its own for, and why.
std::string whyNotFast(Operation *op, KernelKind kind) {
  std::string why;
  if (auto attend = dyn_cast<AttendOp>(op); attend && !matchAttend(attend, why))
    return "each row of it is computed by itself: " + why;
  auto index = dyn_cast<IndexOp>(op);
  if (index && index.getForm() == Form::contraction && kind == KernelKind::rows && !matchContraction(index, why))
    return called(index) + " is no product of matrices: " + why;
  return {};
}

class FormKernels : public impl::FormKernelsBase<FormKernels> {
public:
  using FormKernelsBase::FormKernelsBase;

private:
  void runOnOperation() override {
    KernelNames taken(getOperation());
    names = &taken;
    for (auto entry : getOperation().getOps<EntryOp>())
      if (failed(formKernels(entry.getBody().front(), typicalSizes(entry))))
        return signalPassFailure();
  }

  /// Every op that computes becomes part of a kernel; ops that hold others are entered.
  LogicalResult formKernels(Block &block, const Sample &typical) {
    for (Operation &op : block) {
      if (isa<RepeatOp, BranchOp>(op)) {
        for (Region &body : op.getRegions())
          if (failed(formKernels(body.front(), typical)))
            return failure();
      } else if (!isa<IndexOp, AttendOp, SortOp, KernelOp, ReshapeOp, CheckOp, ReturnOp, YieldOp>(op) &&
                 !op.hasTrait<OpTrait::ConstantLike>()) {
        return op.emitError() << "`" << op.getName() << "` is not compiled to a kernel yet";
      }
    }
    eraseDead(block);
    group(block, typical);
    copyPassedOn(block);
    eraseDead(block);
    if (strips)
      formStrips(block);
    return success();
  }

  /// The recipe.
  void group(Block &block, const Sample &typical) {
    struct NotInlined {
      Operation *producer, *reader;
      std::string why;
    };
    SmallVector<NotInlined> declined;
    inlineProducers(block, [&](IndexOp producer, Operation *reader, std::string why) {
      declined.push_back({producer, reader, called(producer) + " is not computed within: " + why});
    });
    Groups groups(block);
    mergeSiblings(groups);
    absorbEpilogues(groups);
    absorbPrologues(groups);
    mergeRows(groups, typical);
    for (NotInlined &each : declined) // unless another pattern took it
      if (groups.of(each.producer) != groups.of(each.reader) &&
          kindOf(groups, groups.of(each.producer)) == KernelKind::rows)
        groups.decline(groups.of(each.reader), each.why);

    Operation *end = block.getTerminator();
    for (Groups::Id id : groups.inOrder()) {
      Operation *first = groups.ops(id).front();
      if (isa<IndexOp, AttendOp, SortOp>(first)) {
        KernelKind kind = kindOf(groups, id);
        SmallVector<std::string> declined(groups.declined(id));
        for (Operation *op : groups.ops(id))
          if (std::string why = whyNotFast(op, kind); !why.empty())
            declined.push_back(std::move(why));
        wrap(inBodyOrder(groups.ops(id), kind), kind, declined, end);
      } else {
        first->moveBefore(end);
      }
    }
  }

  static void eraseDead(Block &block) {
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

  /// A kernel before `end` that holds `ops`. What they used from outside becomes an operand, what others use a result.
  KernelOp wrap(ArrayRef<Operation *> ops, KernelKind kind, ArrayRef<std::string> declined, Operation *end) {
    llvm::SmallPtrSet<Operation *, 8> within(ops.begin(), ops.end());
    llvm::SetVector<Value> used;
    SmallVector<Value> results;
    for (Operation *op : ops) {
      used.insert(op->operand_begin(), op->operand_end());
      getUsedValuesDefinedAbove(op->getRegions(), used);
      for (Value result : op->getResults())
        if (llvm::any_of(result.getUsers(), [&](Operation *user) {
              return !within.contains(op->getBlock()->findAncestorOpInBlock(*user));
            }))
          results.push_back(result);
    }
    if (results.empty()) // it will be used
      llvm::append_range(results, ops.back()->getResults());
    SmallVector<Value> operands, remade;
    for (Value value : used)
      if (!within.contains(value.getDefiningOp()))
        (isRemade(value) ? remade : operands).push_back(value);

    OpBuilder builder(end);
    Location loc = results.front().getLoc();
    auto kernel = KernelOp::create(builder, loc, TypeRange(ValueRange(results)),
                                   names->fresh(loc, stringifyKernelKind(kind)), kind, operands, /*places=*/nullptr,
                                   declined.empty() ? nullptr : builder.getStrArrayAttr(refsTo(declined)),
                                   /*layouts=*/nullptr, /*strip=*/nullptr);
    Block *body = builder.createBlock(&kernel.getBody());
    IRMapping mapping;
    for (Value value : operands)
      mapping.map(value, body->addArgument(value.getType(), value.getLoc()));
    for (Value value : remade)
      builder.clone(*value.getDefiningOp(), mapping);
    for (Operation *op : ops)
      builder.clone(*op, mapping);
    auto yielded = llvm::map_to_vector(results, [&](Value result) { return mapping.lookup(result); });
    YieldOp::create(builder, loc, yielded);
    for (auto [result, made] : llvm::zip(results, kernel.getResults()))
      result.replaceAllUsesWith(made);
    for (Operation *op : llvm::reverse(ops))
      op->erase();
    return kernel;
  }
  static SmallVector<StringRef> refsTo(ArrayRef<std::string> texts) { return {texts.begin(), texts.end()}; }

  /// A value that leaves the region, yet was not made by a kernel here to leave by this very operand, is copied: a
  /// region argument, a value from outside, the result of a repeat, a reshape, a constant, and what leaves twice.
  void copyPassedOn(Block &block) {
    Operation *terminator = block.getTerminator();
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
    return wrap(copy.getOperation(), KernelKind::rows, {}, terminator).getResult(0);
  }

  KernelNames *names = nullptr;
};

} // namespace
} // namespace heed
