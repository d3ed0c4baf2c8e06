#include "compiler/kernels/InPlace.h"

#include "compiler/kernels/Strips.h"

using namespace mlir;

namespace heed {

Value memoryOf(Value value) {
  while (auto view = value.getDefiningOp<ReshapeOp>())
    value = view.getSource();
  return value;
}

/// All that the op reads of the tensor is the element at its own point.
static bool readsOwnPoint(IndexOp op, Value tensor) {
  return llvm::all_of(op.getAccessList(), [&](AccessAttr access) {
    AffineMap map = access.getMap();
    return op.getSources()[access.getOperand()] != tensor ||
           map.getResults() == AffineMap::getMultiDimIdentityMap(map.getNumDims(), op.getContext()).getResults();
  });
}

bool mayWriteOver(KernelOp kernel, unsigned operand) {
  auto type = dyn_cast<RankedTensorType>(kernel->getOperand(operand).getType());
  bool ofKind = kernel.getKind() == KernelKind::rows || kernel.getKind() == KernelKind::contract;
  if (!ofKind || kernel.getNumResults() != 1 || kernel.getLayout(operand) || !type || stripOf(kernel))
    return false;
  auto result = cast<RankedTensorType>(kernel.getResult(0).getType());
  if (axesOf(type) != axesOf(result) || type.getElementTypeBitWidth() != result.getElementTypeBitWidth())
    return false;
  Value tensor = kernel.getBody().getArgument(operand);
  auto last = kernel.getBody().front().getTerminator()->getOperand(0).getDefiningOp<IndexOp>();
  return last && last.getForm() == Form::pointwise && readsOwnPoint(last, tensor) &&
         llvm::all_of(tensor.getUsers(), [&](Operation *user) { return user == last; });
}

} // namespace heed
