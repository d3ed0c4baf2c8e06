// Rows of a kernel are the combinations of its outer result indices: a loop over rows, and within it the loops of the
// kernel's ops for one row; what one op hands to the next within a row lies in scratch memory.
#include "compiler/codegen/plain/PlainSkeleton.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/plain/AttendLoops.h"
#include "compiler/codegen/plain/RowIndices.h"
#include "compiler/codegen/plain/SortSkeleton.h"
#include "compiler/kernels/KernelRows.h"

using namespace mlir;

namespace heed {
namespace {

class PlainSkeleton : public Skeleton {
public:
  explicit PlainSkeleton(KernelOp kernel) : kernel(kernel), outer(outerIndices(computingOps(kernel))) {}

  Work work() override { return rowsOf(kernel, outer); }

  LogicalResult emit(Frame &frame, const Range &range) override {
    SmallVector<SizeExpr> extents = bounds();
    loop(frame.b, "r", range.r0, range.r1, {}, [&](Value row, ValueRange) {
      emitRow(frame, rowIndices(frame, ArrayRef(extents).take_front(outer), row));
      return SmallVector<Value>();
    });
    return success();
  }

private:
  SmallVector<SizeExpr> bounds() { return resultBounds(computingOps(kernel).front()); }

  void emitRow(Frame &frame, ArrayRef<Value> indices) {
    ScalarRegion region(frame);
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      auto index = dyn_cast<IndexOp>(op);
      auto attend = dyn_cast<AttendOp>(op);
      if (!index && !attend) {
        emitBesideIndexOps(frame, region, op, {});
        continue;
      }
      frame.b.setLoc(unnamed(op.getLoc()));
      SmallVector<Place> results = placesOfResults(frame, op, outer);
      if (index)
        IndexLoops(frame, index).store(indices, results);
      else
        AttendLoops(frame, attend).store(indices, results);
    }
  }

  KernelOp kernel;
  unsigned outer;
};

} // namespace

std::unique_ptr<Skeleton> plainSkeleton(KernelOp kernel) {
  if (auto sorts = sortSkeleton(kernel))
    return sorts;
  return std::make_unique<PlainSkeleton>(kernel);
}

} // namespace heed
