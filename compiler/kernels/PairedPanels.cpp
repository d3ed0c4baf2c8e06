#include "compiler/kernels/PairedPanels.h"

using namespace mlir;

namespace heed {

LayoutAttr pairedPanels(MLIRContext *context, ArrayRef<int64_t> shape, ArrayRef<unsigned> columns,
                        ArrayRef<unsigned> reduced, int64_t width) {
  unsigned axis = reduced.back();
  if (reduced.size() > 1 && shape[axis] % pairedDepth != 0)
    return {};
  SmallVector<Digit> digits(LayoutAttr::panels(context, shape, columns, reduced, width).getDigits());
  for (Digit &digit : digits)
    if (digit.axis == axis)
      digit = {axis, 2, int64_t(llvm::divideCeil(shape[axis], pairedDepth)) * (pairedDepth / 2)};
  digits.push_back({axis, 1, 2});
  return LayoutAttr::get(context, digits);
}

} // namespace heed
