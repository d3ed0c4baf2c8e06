#include "compiler/codegen/plain/RowIndices.h"

#include "compiler/kernels/KernelRows.h"

using namespace mlir;

namespace heed {

SmallVector<Value> rowIndices(Frame &frame, ArrayRef<SizeExpr> bounds, Value row) {
  SmallVector<Value> indices(bounds.size());
  Value rest = row;
  for (unsigned d = bounds.size(); d-- > 0;) {
    Value extent = frame.sizes.value(bounds[d]);
    indices[d] = d == 0 ? rest : arith::RemUIOp::create(frame.b, rest, extent).getResult();
    if (d > 0)
      rest = arith::DivUIOp::create(frame.b, rest, extent);
  }
  return indices;
}

/// Run-time sizes count as 64.
static int64_t grainOf(KernelOp kernel, unsigned outer, double speed) {
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
  return std::max<int64_t>(1, int64_t(speed * worthAThread / std::max(work, 1.0)));
}

Work rowsOf(KernelOp kernel, unsigned outer, double speed) {
  SizeExpr rows = 1;
  SmallVector<SizeExpr> bounds = resultBounds(computingOps(kernel).front());
  for (const SizeExpr &bound : ArrayRef(bounds).take_front(outer))
    rows = rows * bound;
  return {rows, 1, grainOf(kernel, outer, speed)};
}

SmallVector<Place> placesOfResults(Frame &frame, Operation &op, unsigned outer) {
  SmallVector<Place> first, second;
  bool two = false;
  for (Value result : op.getResults()) {
    auto type = cast<RankedTensorType>(result.getType());
    Type scalar = scalarOf(type.getElementType());
    auto within = [&] { return frame.rowPlace(tensorOf(axesOf(type), scalar), "row", outer); };
    auto known = frame.places.find(result);
    first.push_back(known != frame.places.end() ? known->second : within());
    bool isRead = llvm::any_of(result.getUsers(), [](Operation *user) { return !isa<YieldOp>(user); });
    bool loses = isRead && isa<FloatType>(scalar) && first.back().type.getElementType() != scalar;
    two |= loses;
    second.push_back(loses ? within() : first.back());
    frame.places[result] = second.back();
  }
  if (two)
    first.append(second);
  return first;
}

} // namespace heed
