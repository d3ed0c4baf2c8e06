#include "compiler/dialect/AttendRow.h"

using namespace mlir;

namespace heed {

SmallVector<bool> indicesOfRow(AttendOp op) {
  SmallVector<bool> used(op.getNumIndices());
  auto mark = [&](auto isUsed) {
    for (unsigned d = 0; d != used.size(); ++d)
      used[d] = used[d] || isUsed(d);
  };
  auto markCondition = [&](ConditionAttr condition) {
    if (condition)
      for (IntegerSet set : condition.getSets())
        for (AffineExpr constraint : set.getConstraints())
          mark([&](unsigned d) { return constraint.isFunctionOfDim(d); });
  };
  markCondition(op.getWhereAttr());
  for (Region *region : {&op.getVisible(), &op.getScore(), &op.getWeights()})
    region->walk([&](Operation *inner) {
      if (auto at = dyn_cast<AtOp>(inner))
        mark([&](unsigned d) { return at.getDim() == d; });
      auto index = dyn_cast<IndexOp>(inner);
      if (!index)
        return;
      markCondition(index.getWhereAttr());
      for (AccessAttr access : index.getAccessList()) {
        mark([&](unsigned d) { return d < access.getMap().getNumDims() && access.getMap().isFunctionOfDim(d); });
        markCondition(access.getGuard());
      }
    });
  // Within weights and terms, dims past the enclosing ones are the inner op's own; they can only mark a result index
  // too many.
  return used;
}

} // namespace heed
