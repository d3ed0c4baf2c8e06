// Rows of a kernel are the combinations of its outer result indices: a loop over rows, and within it the loops of the
// kernel's ops for one row; what one op hands to the next within a row lies in scratch memory.
#include "compiler/codegen/plain/PlainSkeleton.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/plain/AttendLoops.h"
#include "compiler/codegen/plain/RowIndices.h"
#include "compiler/codegen/plain/SortSkeleton.h"

using namespace mlir;

namespace heed {
namespace {

/// The bounds of an op's result indices.
SmallVector<SizeExpr> resultBounds(Operation &op) {
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

/// How many leading result indices of all ops are the same ones, so that a row can be computed without any other row.
unsigned outerIndices(KernelOp kernel) {
  SmallVector<Operation *> ops;
  for (Operation &op : kernel.getBody().front())
    if (isa<IndexOp, AttendOp>(op))
      ops.push_back(&op);
  SmallVector<SizeExpr> common = resultBounds(*ops.front());
  unsigned outer = common.size();
  for (Operation *op : ops) {
    SmallVector<SizeExpr> bounds = resultBounds(*op);
    outer = std::min<unsigned>(outer, std::mismatch(common.begin(), common.end(), bounds.begin(), bounds.end()).first -
                                          common.begin());
    if (auto attend = dyn_cast<AttendOp>(op))
      outer = std::min(outer, outerRowIndices(attend));
    // A last axis stays within the row where that makes a loop worth its name: always in a lone op, else where nothing
    // is reduced.
    auto index = dyn_cast<IndexOp>(op);
    if (auto axis = index ? prefixAxis(index) : std::nullopt) // running values are made in one go
      outer = std::min(outer, axis->dim);
    if (index && bounds.size() > 1 && (ops.size() == 1 || index.getReduction() == Reduction::none))
      outer = std::min<unsigned>(outer, bounds.size() - 1);
  }
  // Rows that one op makes for another must be read by that same row alone.
  kernel.getBody().walk([&](IndexOp reader) {
    for (AccessAttr access : reader.getAccessList()) {
      Operation *made = reader.getSources()[access.getOperand()].getDefiningOp();
      if (!made || !llvm::is_contained(ops, made))
        continue;
      for (unsigned d = 0; d < outer; ++d)
        if (access.getMap().getResult(d) != getAffineDimExpr(d, kernel.getContext()))
          outer = d;
    }
  });
  return outer;
}

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
  explicit PlainSkeleton(KernelOp kernel) : kernel(kernel), outer(outerIndices(kernel)) {}

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
  SmallVector<SizeExpr> bounds() {
    for (Operation &op : kernel.getBody().front())
      if (isa<IndexOp, AttendOp>(op))
        return resultBounds(op);
    return {};
  }

  void emitRow(Frame &frame, ArrayRef<Value> indices) {
    ScalarRegion region(frame);
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      auto index = dyn_cast<IndexOp>(op);
      auto attend = dyn_cast<AttendOp>(op);
      if (!index && !attend) {
        emitBesideIndexOps(frame, region, op, {});
        continue;
      }
      SmallVector<Place> results;
      for (Value result : op.getResults()) {
        auto [place, isNew] = frame.places.try_emplace(result);
        if (isNew)
          place->second = frame.rowPlace(cast<RankedTensorType>(result.getType()), "row", outer);
        results.push_back(place->second);
      }
      frame.b.setLoc(unnamed(op.getLoc()));
      if (index)
        IndexLoops(frame, index).store(indices, results);
      else
        AttendLoops(frame, attend).store(indices, results[0]);
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
