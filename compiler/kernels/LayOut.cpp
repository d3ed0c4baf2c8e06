// In: entries of kernels, tensors row-major. Out: parameters that a contraction multiplies with lie as its inner loop
// reads them, in panels of columns, and every kernel that reads one says so. One copy of each parameter is stored:
// where contractions disagree, the larger product has its way, and all other readers go through the map.
#include "compiler/kernels/PairedPanels.h"
#include "compiler/kernels/SampleSizes.h"
#include "compiler/pipelines/Passes.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace heed {

#define GEN_PASS_DEF_LAYOUT
#include "compiler/pipelines/Passes.h.inc"

namespace {

/// What one contraction reads as its second factor, a parameter, and how it would like it stored; or why not at all.
struct Wish {
  KernelOp kernel;
  ParameterSlice read;
  LayoutAttr layout;  // of the whole parameter
  std::string reason; // where there is none
  double work = 0;    // products at typical sizes
};

/// How a contraction reads its parameter, taken apart.
class Factor {
public:
  Factor(KernelOp kernel, IndexOp op, int64_t width, bool pairs) : kernel(kernel), op(op), width(width), pairs(pairs) {}

  /// Nothing where neither factor is a parameter.
  std::optional<Wish> wish() {
    const Sample typical = typicalSizes(kernel->getParentOfType<EntryOp>());
    SmallVector<AccessAttr> accesses = op.getAccessList();
    auto first = readBy(accesses[0]), second = readBy(accesses[1]);
    if (!first && !second)
      return std::nullopt;
    // Of two parameters, that one has the columns which the last index of the result runs along.
    bool isSecond = second && (!first || op.getRank() == 0 || !accesses[0].getMap().isFunctionOfDim(op.getRank() - 1));
    Wish wish{kernel, isSecond ? *second : *first, {}, "", 1};
    wish.reason = layOut(accesses[isSecond], accesses[!isSecond], wish);
    for (const SizeExpr &bound : op.getBoundExprs())
      wish.work *= double(bound.evaluate(lookIn(typical)).value_or(1));
    return wish;
  }

private:
  std::optional<ParameterSlice> readBy(AccessAttr access) {
    auto argument = dyn_cast<BlockArgument>(op.getSources()[access.getOperand()]);
    if (!argument || argument.getOwner()->getParentOp() != kernel)
      return std::nullopt;
    return parameterOf(kernel->getOperand(argument.getArgNumber()));
  }

  /// Fills in the layout, or gives the reason why there is none.
  std::string layOut(AccessAttr access, AccessAttr other, Wish &wish) {
    unsigned fixed = wish.read.fixed, rank = op.getRank(), count = op.getNumIndices();
    auto type = cast<RankedTensorType>(wish.read.param.getType());
    if (!type.getElementType().isF32() && !type.getElementType().isF16() && !type.getElementType().isBF16())
      return "elements of " + stringOf(type.getElementType()) + " have no panels";
    if (access.getGuard())
      return "it is read under a guard";
    SmallVector<int> axisOf(count, -1); // of the parameter, for each index
    for (auto [axis, expr] : llvm::enumerate(access.getMap().getResults())) {
      auto index = dyn_cast<AffineDimExpr>(expr);
      if (!index || axisOf[index.getPosition()] >= 0)
        return "not every axis of it is read by an index of its own";
      axisOf[index.getPosition()] = fixed + axis;
    }

    SmallVector<unsigned> columns, reduced;
    for (unsigned index = 0; index != count; ++index) {
      if (axisOf[index] < 0 && (index >= rank || !columns.empty()))
        return index >= rank ? "it does not have all reduced indices"
                             : "its columns are not the product's last indices";
      if (axisOf[index] < 0)
        continue;
      if (index < rank && other.getMap().isFunctionOfDim(index))
        return "an index runs along rows and columns";
      (index < rank ? columns : reduced).push_back(axisOf[index]);
    }
    if (columns.empty())
      return "it has no columns";
    SmallVector<SizeExpr> bounds = op.getBoundExprs();
    for (unsigned index = 0; index != count; ++index)
      if (axisOf[index] >= 0 && (index >= rank || (index + 1 == rank && columns.size() > 1)) &&
          !(bounds[index] == SizeExpr(type.getDimSize(axisOf[index]))))
        return "it is read in part";
    bool both = type.getElementType().isBF16() && getElementTypeOrSelf(op.getSources()[other.getOperand()]).isBF16();
    LayoutAttr paired =
        pairs && both ? pairedPanels(op.getContext(), type.getShape(), columns, reduced, width) : nullptr;
    LayoutAttr layout = paired ? paired : LayoutAttr::panels(op.getContext(), type.getShape(), columns, reduced, width);
    // Along a single axis the padding is less than a panel; where there are more, each turn of theirs has it.
    if (columns.size() > 1 && 2 * layout.getStoredCount() > 3 * type.getNumElements())
      return "its last axis fills panels of " + std::to_string(width) + " by less than two thirds";
    wish.layout = layout;
    return "";
  }

  static std::string stringOf(Type type) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return text;
  }

  KernelOp kernel;
  IndexOp op;
  int64_t width;
  bool pairs;
};

class LayOut : public impl::LayOutBase<LayOut> {
public:
  using LayOutBase::LayOutBase;

private:
  struct Parameter {
    SmallVector<Wish> wishes;
    unsigned deepest = 0; // axes that repeats fix, at most
    std::string pinned;   // why it must be row-major, if so
  };

  void runOnOperation() override {
    if (panel == 0)
      return;
    parameters.clear();
    for (auto entry : getOperation().getOps<EntryOp>()) {
      for (BlockArgument argument : entry.getArguments())
        if (auto whole = parameterOf(argument))
          follow(argument, *whole);
      entry.walk([&](KernelOp kernel) { collectWishes(kernel); });
    }
    for (auto &[param, parameter] : parameters)
      choose(param, parameter);
    getOperation().walk([](KernelOp kernel) { tell(kernel); });
  }

  /// Where else a parameter goes, besides into kernels: whoever takes its memory as it is wants it row-major, and
  /// repeats take pieces.
  void follow(Value value, ParameterSlice slice) {
    Parameter &parameter = parameters[slice.param];
    parameter.deepest = std::max(parameter.deepest, slice.fixed);
    for (OpOperand &use : value.getUses()) {
      if (isa<KernelOp>(use.getOwner()))
        continue;
      auto repeat = dyn_cast<RepeatOp>(use.getOwner());
      if (!repeat || use.getOperandNumber() < repeat.getCarries().size())
        parameter.pinned = repeat ? "it is also carried by a repeat" : "it is also reshaped";
    }
    for (Operation *user : value.getUsers())
      if (auto repeat = dyn_cast<RepeatOp>(user))
        for (Region &body : repeat.getBodies())
          for (BlockArgument argument : body.getArguments())
            if (auto inner = parameterOf(argument); inner && inner->param == slice.param)
              follow(argument, *inner);
  }

  void collectWishes(KernelOp kernel) {
    if (kernel.getKind() != KernelKind::contract)
      return;
    for (auto op : kernel.getBody().getOps<IndexOp>())
      if (op.getForm() == Form::contraction)
        if (auto wish = Factor(kernel, op, panel, pairs).wish())
          parameters[wish->read.param].wishes.push_back(std::move(*wish));
  }

  static void choose(ParamOp param, Parameter &parameter) {
    Wish *best = nullptr;
    for (Wish &wish : parameter.wishes) {
      if (wish.layout && !parameter.pinned.empty())
        wish.reason = parameter.pinned;
      else if (wish.layout && !wish.layout.isSlicedBy(parameter.deepest))
        wish.reason = "a repeat takes it layer by layer";
      if (wish.reason.empty() && (!best || wish.work > best->work))
        best = &wish;
    }
    if (best)
      param.setLayoutAttr(best->layout);
    for (Wish &wish : parameter.wishes) {
      if (!wish.reason.empty())
        decline(wish, "`" + param.getSymName().str() + "` does not lie in panels: " + wish.reason);
      else if (wish.layout != best->layout)
        decline(wish,
                "`" + param.getSymName().str() + "` lies in the panels of `" + best->kernel.getName().str() + "`");
    }
  }

  /// Once for each reason, however often the pass runs.
  static void decline(Wish &wish, const std::string &reason) {
    SmallVector<Attribute> reasons;
    if (ArrayAttr before = wish.kernel.getDeclinedAttr())
      llvm::append_range(reasons, before);
    auto text = StringAttr::get(wish.kernel.getContext(), reason);
    if (llvm::is_contained(reasons, text))
      return;
    reasons.push_back(text);
    wish.kernel.setDeclinedAttr(ArrayAttr::get(wish.kernel.getContext(), reasons));
  }

  /// A kernel says how its operands lie.
  static void tell(KernelOp kernel) {
    SmallVector<Attribute> layouts;
    bool any = false;
    for (Value operand : kernel.getOperands()) {
      LayoutAttr layout = layoutOf(operand);
      any |= bool(layout);
      layouts.push_back(layout ? Attribute(layout) : UnitAttr::get(kernel.getContext()));
    }
    if (any)
      kernel.setLayoutsAttr(ArrayAttr::get(kernel.getContext(), layouts));
  }

  llvm::MapVector<ParamOp, Parameter> parameters;
};

} // namespace
} // namespace heed
