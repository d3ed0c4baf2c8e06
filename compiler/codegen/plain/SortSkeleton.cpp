// A loop over the rows of a sort.
#include "compiler/codegen/plain/SortSkeleton.h"

#include "compiler/codegen/plain/Sorter.h"

#include "compiler/codegen/plain/RowIndices.h"

using namespace mlir;

namespace heed {
namespace {

class SortSkeleton : public Skeleton {
public:
  explicit SortSkeleton(SortOp op) : op(op), axes(axesOf(cast<RankedTensorType>(op.getSource().getType()))) {}

  Work work() override {
    SizeExpr rows = 1;
    for (const SizeExpr &axis : ArrayRef(axes).drop_back())
      rows = rows * axis;
    return {rows, 1, /*grain=*/16};
  }

  LogicalResult emit(Frame &frame, const Range &range) override {
    Sorter sorter(frame, op, frame.places.at(op.getSource()).extents.back());
    loop(frame.b, "r", range.r0, range.r1, {}, [&](Value number, ValueRange) {
      sorter.sort(rowIndices(frame, ArrayRef(axes).drop_back(), number));
      return SmallVector<Value>();
    });
    return success();
  }

private:
  SortOp op;
  SmallVector<SizeExpr> axes;
};

} // namespace

std::unique_ptr<Skeleton> sortSkeleton(KernelOp kernel) {
  auto op = dyn_cast<SortOp>(kernel.getBody().front().front());
  return op ? std::make_unique<SortSkeleton>(op) : nullptr;
}

} // namespace heed
