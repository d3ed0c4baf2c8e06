#include "compiler/kernels/KernelRows.h"

#include "compiler/kernels/ContractMatch.h"
#include "compiler/normalise/Normalise.h"

using namespace mlir;

namespace heed {

// ---- one op ---------------------------------------------------------------------------------------------------------

unsigned outerRowIndices(AttendOp op) {
  SmallVector<bool> ofRow = indicesOfRow(op);
  unsigned rank = op.getRank();
  return std::find(ofRow.begin(), ofRow.begin() + rank, false) - ofRow.begin();
}

SmallVector<SizeExpr> resultBounds(Operation *op) {
  SmallVector<SizeExpr> bounds;
  if (auto index = dyn_cast<IndexOp>(op)) {
    bounds = index.getBoundExprs();
    bounds.resize(index.getRank());
  } else if (auto attend = dyn_cast<AttendOp>(op)) {
    bounds = attend.getBoundExprs();
    bounds.resize(attend.getRank());
  }
  return bounds;
}

// ---- several --------------------------------------------------------------------------------------------------------

SmallVector<Operation *> computingOps(KernelOp kernel) {
  SmallVector<Operation *> ops;
  for (Operation &op : kernel.getBody().front())
    if (isa<IndexOp, AttendOp>(op))
      ops.push_back(&op);
  return ops;
}

/// The row that an op would like best: large enough for a loop over its last index, small enough that there are many.
static unsigned wishedOuter(Operation *op, bool alone) {
  unsigned rank = resultBounds(op).size();
  if (auto attend = dyn_cast<AttendOp>(op))
    return outerRowIndices(attend);
  auto index = cast<IndexOp>(op);
  if (auto axis = runningAxis(index)) // running values are made in one go
    return axis->dim;
  std::string why;
  if (index.getForm() == Form::contraction)
    if (auto contraction = matchContraction(index, why))
      return contraction->outer();
  bool within = index.getReduction() == Reduction::none || index.getForm() == Form::contraction ||
                (alone && index.getForm() != Form::row);
  return within && rank > 1 ? rank - 1 : rank;
}

unsigned outerIndices(ArrayRef<Operation *> ops) {
  SmallVector<SizeExpr> common = resultBounds(ops.front());
  unsigned outer = common.size(), wished = 0;
  for (Operation *op : ops) {
    SmallVector<SizeExpr> bounds = resultBounds(op);
    outer = std::min<unsigned>(outer, std::mismatch(common.begin(), common.end(), bounds.begin(), bounds.end()).first -
                                          common.begin());
    unsigned own = wishedOuter(op, ops.size() == 1);
    wished = std::max(wished, own);
    auto index = dyn_cast<IndexOp>(op);
    if (!index || runningAxis(index) || index.getForm() == Form::contraction)
      outer = std::min(outer, own);
  }
  outer = std::min(outer, wished);
  // Rows that one op makes for another must be read by that same row alone.
  for (Operation *op : ops)
    op->walk([&](IndexOp reader) {
      for (AccessAttr access : reader.getAccessList()) {
        Operation *made = reader.getSources()[access.getOperand()].getDefiningOp();
        if (!made || !llvm::is_contained(ops, made))
          continue;
        for (unsigned d = 0; d < outer; ++d)
          if (access.getMap().getResult(d) != getAffineDimExpr(d, op->getContext()))
            outer = d;
      }
    });
  return outer;
}

} // namespace heed
