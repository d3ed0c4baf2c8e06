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

/// Rows that are too small to be worth handing to another thread are grouped; run-time sizes count as 64.
int64_t grainOf(KernelOp kernel, unsigned outer) {
  auto typical = [](std::string_view) { return std::optional<int64_t>(64); };
  double work = 0;
  kernel.getBody().walk([&](Operation *op) {
    double points = 1;
    auto times = [&](ArrayRef<SizeExpr> bounds) {
      for (const SizeExpr &bound : bounds)
        points *= double(bound.evaluate(typical).value_or(64));
    };
    if (auto attend = dyn_cast<AttendOp>(op))
      times(ArrayRef(attend.getBoundExprs()).drop_front(outer));
    else if (auto index = dyn_cast<IndexOp>(op))
      times(ArrayRef(index.getBoundExprs())
                .drop_front(index.getEnclosingIndices() ? 0 : std::min<size_t>(outer, index.getNumIndices())));
    work += points;
  });
  constexpr double worthAThread = 16384;
  return std::max<int64_t>(1, int64_t(worthAThread / std::max(work, 1.0)));
}

class PlainSkeleton : public Skeleton {
public:
  explicit PlainSkeleton(KernelOp kernel) : kernel(kernel), outer(outerIndices(computingOps(kernel))) {}

  Work work() override {
    SizeExpr product = 1;
    SmallVector<SizeExpr> extents = bounds();
    for (unsigned d = 0; d != outer; ++d)
      product = product * extents[d];
    return {product, 1, grainOf(kernel, outer)};
  }

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
      SmallVector<Place> results;
      for (Value result : op.getResults())
        results.push_back(placeWithin(frame, result));
      if (index)
        IndexLoops(frame, index).store(indices, results);
      else
        AttendLoops(frame, attend).store(indices, results[0]);
      for (auto [result, within] : llvm::zip(op.getResults(), results))
        if (auto stored = rounded.find(result); stored != rounded.end())
          copyRow(frame.b, within, stored->second, indices, frame);
    }
  }

  /// Where a value lies for the ops of this row: in scratch memory, in scalar precision; a result of the kernel that
  /// loses nothing when it is stored, or that no op here reads, where it is stored.
  Place placeWithin(Frame &frame, Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    Type scalar = scalarOf(type.getElementType());
    auto known = frame.places.find(value);
    bool isResult = known != frame.places.end();
    bool isRead = llvm::any_of(value.getUsers(), [](Operation *user) { return !isa<YieldOp>(user); });
    if (isResult && (!isRead || scalar == type.getElementType()))
      return known->second;
    Place within = frame.rowPlace(tensorOf(axesOf(type), scalar), "row", outer);
    if (isResult)
      rounded[value] = known->second;
    return frame.places[value] = within;
  }

  /// for the other indices { to[…] = from[…], rounded }
  void copyRow(ImplicitLocOpBuilder &b, const Place &from, const Place &to, ArrayRef<Value> indices, Frame &frame) {
    if (indices.size() == from.extents.size())
      return storeElement(b, to, linearIndex(b, to, indices), loadElement(b, from, linearIndex(b, from, indices)));
    loop(b, "i", frame.sizes.constant(0), from.extents[indices.size()], {}, [&](Value index, ValueRange) {
      SmallVector<Value> longer(indices);
      longer.push_back(index);
      copyRow(b, from, to, longer, frame);
      return SmallVector<Value>();
    });
  }

  KernelOp kernel;
  unsigned outer;
  llvm::DenseMap<Value, Place> rounded; // results that ops of the kernel read too: where they are stored
};

} // namespace

std::unique_ptr<Skeleton> plainSkeleton(KernelOp kernel) {
  if (auto sorts = sortSkeleton(kernel))
    return sorts;
  return std::make_unique<PlainSkeleton>(kernel);
}

} // namespace heed
