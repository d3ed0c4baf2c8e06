// A loop over rows, and within it the kernel's ops for one row; where a lone op makes one axis only, its elements are
// the rows, and lanes run along them.
#include "compiler/codegen/cpu/RowsSkeleton.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/Parts.h"
#include "compiler/codegen/cpu/RowEmitter.h"
#include "compiler/codegen/plain/RowIndices.h"
#include "compiler/codegen/plain/ScalarRegion.h"
#include "compiler/kernels/KernelRows.h"

using namespace mlir;

namespace heed {
namespace {

class RowsSkeleton : public Skeleton {
public:
  RowsSkeleton(KernelOp kernel, const CpuStrategy &strategy)
      : kernel(kernel), strategy(strategy), ops(computingOps(kernel)), outer(outerIndices(ops)) {}

  Work work() override { return rowsOf(kernel, outer, /*speed=*/4); }

  LogicalResult emit(Frame &frame, const Range &range) override {
    ImplicitLocOpBuilder &b = frame.b;
    auto fits = [&](Operation *op) {
      auto index = dyn_cast<IndexOp>(op);
      return index && VectorLoops(frame, strategy, index).fits(outer);
    };
    if (llvm::all_of(ops, fits)) // what is left in scalars is for LLVM's vectorizers
      b.getBlock()->getParentOp()->setAttr(fastName, b.getUnitAttr());
    if (auto lone = dyn_cast<IndexOp>(ops.front()); lone && ops.size() == 1 && outer == 1 && lone.getRank() == 1)
      if (VectorLoops vectors(frame, strategy, lone); vectors.fitsParts(0)) {
        emitBeside(frame);
        vectors.storePart({}, range.r0, range.r1, placesOfResults(frame, *lone, outer));
        return success();
      }
    RowEmitter rows(frame, strategy, outer);
    SmallVector<SizeExpr> bounds = resultBounds(ops.front());
    loop(b, "r", range.r0, range.r1, {}, [&](Value number, ValueRange) {
      SmallVector<Value> row = rowIndices(frame, ArrayRef(bounds).take_front(outer), number);
      for (Operation &op : kernel.getBody().front().without_terminator())
        rows.emit(op, row);
      return SmallVector<Value>();
    });
    return success();
  }

private:
  /// Constants of the kernel.
  void emitBeside(Frame &frame) {
    ScalarRegion region(frame);
    for (Operation &op : kernel.getBody().front().without_terminator())
      if (!llvm::is_contained(ops, &op))
        emitBesideIndexOps(frame, region, op, {});
  }

  KernelOp kernel;
  const CpuStrategy &strategy;
  SmallVector<Operation *> ops;
  unsigned outer;
};

} // namespace

std::unique_ptr<Skeleton> rowsSkeleton(KernelOp kernel, const CpuStrategy &strategy) {
  return std::make_unique<RowsSkeleton>(kernel, strategy);
}

} // namespace heed
