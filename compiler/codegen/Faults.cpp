// Enumerates run-time checks and words their messages.
#include "compiler/codegen/Faults.h"

#include "fmt/format.h"

using namespace mlir;

namespace heed {

SmallVector<DataCheck> dataChecks(IndexOp op) {
  SmallVector<DataCheck> checks;
  unsigned firstData = op.getSymbols().size();
  for (auto [k, access] : llvm::enumerate(op.getAccessList()))
    for (auto [axis, expr] : llvm::enumerate(access.getMap().getResults()))
      for (unsigned s = firstData; s < access.getMap().getNumSymbols(); ++s)
        if (expr.isFunctionOfSymbol(s)) {
          checks.push_back({op, unsigned(k), unsigned(axis)});
          break;
        }
  return checks;
}

SmallVector<DataCheck> dataChecks(KernelOp kernel) {
  SmallVector<DataCheck> checks;
  kernel->walk<WalkOrder::PreOrder>([&](IndexOp op) { checks.append(dataChecks(op)); });
  return checks;
}

unsigned faultOf(IndexOp op, unsigned access, unsigned axis) {
  SmallVector<DataCheck> checks = dataChecks(op);
  return llvm::find_if(checks, [&](const DataCheck &c) { return c.access == access && c.axis == axis; }) -
         checks.begin();
}

/// What a tensor among the region arguments of a repeat stands for: a carry its initial value, the others their stacks.
static Value sourceOf(RepeatOp repeat, BlockArgument argument) {
  if (auto stack = repeat.getStackOf(argument))
    return repeat.getStacks()[*stack];
  return repeat.getCarries()[argument.getArgNumber() - 1];
}

/// What the entry's caller calls the tensor: an input, a parameter, else the value's own name.
static std::string nameOf(Value tensor) {
  if (auto argument = dyn_cast<BlockArgument>(tensor)) {
    Operation *owner = argument.getOwner()->getParentOp();
    if (auto kernel = dyn_cast<KernelOp>(owner))
      return nameOf(kernel->getOperand(argument.getArgNumber()));
    if (auto entry = dyn_cast<EntryOp>(owner)) {
      if (auto input = entry.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "heed.input"))
        return input.str();
      if (auto param = entry.getArgAttrOfType<FlatSymbolRefAttr>(argument.getArgNumber(), "heed.param"))
        return param.getValue().str();
    }
    if (auto repeat = dyn_cast<RepeatOp>(owner))
      return nameOf(sourceOf(repeat, argument));
  }
  auto named = tensor.getLoc()->findInstanceOf<NameLoc>();
  return named ? named.getName().str() : "a tensor";
}

std::string messageOf(DataCheck check) {
  Value tensor = check.op.getSources()[check.op.getAccessList()[check.access].getOperand()];
  SizeExpr size = axesOf(cast<RankedTensorType>(tensor.getType()))[check.axis];
  return fmt::format("index {{}} is outside axis {} of `{}`, whose size is {}", check.axis, nameOf(tensor), size.str());
}

static std::string spell(FileLineColRange place) {
  return place ? fmt::format("{}:{}:{}", place.getFilename().str(), place.getStartLine(), place.getStartColumn()) : "";
}

std::string placeOf(Location location) {
  if (auto call = location->findInstanceOf<CallSiteLoc>())
    location = call.getCaller();
  return spell(location->findInstanceOf<FileLineColRange>());
}

std::string withLineInside(std::string message, Location location) {
  auto call = location->findInstanceOf<CallSiteLoc>();
  std::string inside = call ? spell(call.getCallee()->findInstanceOf<FileLineColRange>()) : "";
  return inside.empty()
             ? message
             : fmt::format("{} (in the standard library, {})", message, inside.substr(inside.rfind('/') + 1));
}

} // namespace heed
