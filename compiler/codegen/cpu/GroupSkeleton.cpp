// Rows are the combinations of result indices before the scattered one, panels the elements along it.
#include "compiler/codegen/cpu/GroupSkeleton.h"

#include "compiler/codegen/plain/IndexLoops.h"
#include "compiler/codegen/plain/RowIndices.h"

using namespace mlir;

namespace heed {
namespace {

class GroupSkeleton : public Skeleton {
public:
  GroupSkeleton(IndexOp op, unsigned axis) : op(op), axis(axis), bounds(op.getBoundExprs()) {}

  Work work() override {
    SizeExpr rows = 1, behind = 1;
    for (unsigned d = 0; d != axis; ++d)
      rows = rows * bounds[d];
    for (unsigned d = axis + 1; d != op.getRank(); ++d)
      behind = behind * bounds[d];
    // Looking at a point costs as much as adding some elements: where there are fewer, one thread does it all.
    constexpr int64_t worthLooking = 16;
    bool wide = behind.dominates(worthLooking);
    return {rows, wide ? bounds[axis] : SizeExpr(1), 1};
  }

  LogicalResult emit(Frame &frame, const Range &range) override {
    Value to = work().panels == SizeExpr(1) ? frame.sizes.value(bounds[axis]) : range.p1;
    loop(frame.b, "r", range.r0, range.r1, {}, [&](Value row, ValueRange) {
      IndexLoops(frame, op).storeScattered(rowIndices(frame, ArrayRef(bounds).take_front(axis), row), range.p0, to,
                                           frame.places.at(op.getResult(0)));
      return SmallVector<Value>();
    });
    return success();
  }

private:
  IndexOp op;
  unsigned axis;
  SmallVector<SizeExpr> bounds;
};

} // namespace

std::unique_ptr<Skeleton> groupSkeleton(KernelOp kernel) {
  Block &body = kernel.getBody().front();
  auto op = dyn_cast<IndexOp>(body.front());
  if (!op || op->getNextNode() != body.getTerminator())
    return nullptr;
  auto axis = scatterAxis(op);
  return axis ? std::make_unique<GroupSkeleton>(op, *axis) : nullptr;
}

} // namespace heed
