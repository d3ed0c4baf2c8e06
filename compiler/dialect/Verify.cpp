// Checks that several ops share.
#include "compiler/dialect/Verify.h"

using namespace mlir;

namespace heed {

LogicalResult verifyIndices(Operation *op, StringRef label, ArrayAttr names, ArrayAttr bounds, int64_t rank) {
  if (names.size() != bounds.size())
    return op->emitOpError() << label << ": " << names.size() << " indices, but " << bounds.size() << " bounds";
  if (rank < 0 || rank > int64_t(names.size()))
    return op->emitOpError() << label << ": rank " << rank << " of " << names.size() << " indices";
  for (auto name = names.begin(); name != names.end(); ++name)
    if (std::find(names.begin(), name, *name) != name)
      return op->emitOpError() << label << ": two indices are called " << *name;
  return success();
}

LogicalResult verifySizesKnown(Operation *op, StringRef label, ArrayAttr sizes) {
  auto entry = op->getParentOfType<EntryOp>();
  if (!entry)
    return success();
  for (auto size : sizes.getAsRange<SizeAttr>())
    for (const std::string &name : size.getExpr().symbols())
      if (!llvm::is_contained(entry.getSizes(), StringAttr::get(op->getContext(), name)))
        return op->emitOpError() << label << ": size `" << name << "` is none of the entry's";
  return success();
}

LogicalResult verifyAxes(Operation *op, StringRef label, StringRef what, RankedTensorType type,
                         ArrayRef<SizeExpr> axes) {
  RankedTensorType expected = tensorOf(axes, type.getElementType());
  if (type == expected)
    return success();
  return op->emitOpError() << label << ": " << what << " has type " << type << ", its axes make it " << expected;
}

LogicalResult verifyTypes(Operation *op, StringRef label, StringRef what, TypeRange found, StringRef as,
                          TypeRange expected) {
  if (found.size() != expected.size())
    return op->emitOpError() << label << ": " << found.size() << " " << what << ", but " << expected.size() << " "
                             << as;
  for (auto [n, a, b] : llvm::enumerate(found, expected))
    if (a != b)
      return op->emitOpError() << label << ": number " << n << " of the " << what << " has type " << a << ", of the "
                               << as << " " << b;
  return success();
}

TypeRange yieldedTypes(Region &region) {
  auto yield = region.empty() || region.front().empty() ? YieldOp() : dyn_cast<YieldOp>(region.front().back());
  return yield ? TypeRange(yield.getValues().getTypes()) : TypeRange();
}

} // namespace heed
