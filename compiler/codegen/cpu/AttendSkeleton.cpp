// Rows are the choices of all indices but queries (batch, heads), panels the blocks of queries.
#include "compiler/codegen/cpu/AttendSkeleton.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/cpu/AttendNest.h"
#include "compiler/codegen/plain/ScalarRegion.h"

using namespace mlir;

namespace heed {
namespace {

class AttendSkeleton : public Skeleton {
public:
  AttendSkeleton(const AttendMatch &match, const CpuStrategy &strategy) : match(match), strategy(strategy) {}

  Work work() override {
    AttendShape shape(match, strategy);
    SizeExpr rows = 1;
    SmallVector<SizeExpr> extents = AttendOp(match.op).getBoundExprs();
    for (unsigned d : match.outer)
      rows = rows * extents[d];
    return {rows, shape.blocks(), grain(shape)};
  }

  LogicalResult emit(Frame &frame, const Range &range) override {
    AttendOp op = match.op;
    ScalarRegion region(frame);
    for (Operation &inner : op->getBlock()->without_terminator())
      if (&inner != op.getOperation())
        emitBesideIndexOps(frame, region, inner, {});
    frame.b.setLoc(unnamed(op.getLoc()));
    AttendNest(frame, strategy, match).emit(range);
    return success();
  }

private:
  /// Rows that are too small to be worth handing to another thread are grouped; run-time sizes count as 64.
  static int64_t grain(const AttendShape &shape) {
    auto typical = [](std::string_view) { return std::optional<int64_t>(64); };
    auto worth = [&](const SizeExpr &expr) { return double(expr.evaluate(typical).value_or(64)); };
    double work = worth(shape.queryCount) * worth(shape.keyCount) * (worth(shape.depth) + worth(shape.features));
    constexpr double worthAThread = 1 << 18;
    return std::max<int64_t>(1, int64_t(worthAThread / std::max(work, 1.0)));
  }

  AttendMatch match;
  CpuStrategy strategy;
};

} // namespace

std::unique_ptr<Skeleton> attendSkeleton(KernelOp kernel, const CpuStrategy &strategy, std::string &reason) {
  Block &body = kernel.getBody().front();
  auto attends = llvm::to_vector(body.getOps<AttendOp>());
  if (attends.empty())
    reason = "nothing attends";
  else if (attends.size() > 1)
    reason = "the kernel holds more than one attention";
  else if (!body.getOps<IndexOp>().empty())
    reason = "the kernel holds more than an attention";
  else if (strategy.lanes == 0)
    reason = "the target has no vectors that are worth it";
  if (!reason.empty())
    return nullptr;
  std::optional<AttendMatch> match = matchAttend(attends.front(), reason);
  return match ? std::make_unique<AttendSkeleton>(*match, strategy) : nullptr;
}

} // namespace heed
