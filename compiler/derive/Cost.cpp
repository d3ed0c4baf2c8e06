// Counting over an entry. Loops multiply what is within.
#include "compiler/derive/Cost.h"

#include "compiler/kernels/KernelRows.h"

using namespace mlir;

namespace heed {

Cost::Cost(EntryOp entry) { region(entry.getBody(), 1); }

void Cost::region(Region &region, const SizeExpr &times) {
  SizeExpr outer = turns;
  turns = turns * times;
  for (Operation &op : region.front().without_terminator())
    count(&op);
  turns = outer;
}

void Cost::count(Operation *op) {
  if (auto known = dyn_cast<CostInterface>(op))
    return known.cost(*this);
  for (Region &branch : op->getRegions()) // any of them may run
    if (!branch.empty())
      region(branch, 1);
}

void Cost::add(Operation *op, const SizeExpr &operations, bool isProduct, bool atMost) {
  if (operations == SizeExpr(0))
    return;
  std::string block = blockIn(op->getLoc()).str();
  auto same = [&](const Row &row) { return row.block == block && row.turns == turns; };
  auto row = llvm::find_if(rows, same);
  if (row == rows.end())
    row = rows.insert(rows.end(), Row{block, turns, 0, 0});
  row->operations = row->operations + operations;
  row->products = row->products + (isProduct ? operations : SizeExpr(0));
  row->atMost |= atMost;
}

// ---- scalars --------------------------------------------------------------------------------------------------------

bool isOperation(Operation *op) {
  if (op->getNumResults() != 1 || !isa<FloatType>(op->getResult(0).getType()))
    return false;
  if (isa<arith::ExtFOp, arith::TruncFOp, arith::SIToFPOp, arith::UIToFPOp, arith::SelectOp, arith::ConstantOp>(op))
    return false;
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(op->getDialect());
}

int64_t operationsIn(Region &region) {
  return region.empty() ? 0 : llvm::count_if(region.getOps(), [](Operation &op) { return isOperation(&op); });
}

int64_t operationsOf(Reduction reduction, Type element) {
  if (!isa<FloatType>(element))
    return 0;
  switch (reduction) {
  case Reduction::none:
  case Reduction::any:
  case Reduction::all:
  case Reduction::argmax:
    return 0;
  case Reduction::logsumexp: // the greatest, the difference from it, its exponential, the sum
    return 4;
  default:
    return 1;
  }
}

/// Operations at one point of an index op.
static int64_t operationsAt(IndexOp op) {
  Type element = op.getBody().front().getTerminator()->getOperand(0).getType();
  return operationsIn(op.getBody()) + operationsOf(op.getReduction(), element);
}

static bool isProduct(IndexOp op) { return op.getForm() == Form::contraction; }

// ---- index ops ------------------------------------------------------------------------------------------------------

void Cost::index(IndexOp op) {
  if (op.getForm() == Form::general)
    general.push_back(op);
  PointCount points = countPoints(op.getWhereAttr(), op.getSymbolExprs(), op.getBoundExprs());
  bool decidedByData = op.getBody().front().getTerminator()->getNumOperands() > 1;
  add(op, points.of(operationsAt(op)), isProduct(op), points.atMost || decidedByData);
}

// ---- attention ------------------------------------------------------------------------------------------------------

namespace {
/// What one pair of row and key costs in one of the regions, and whether its terms are products.
struct PairCost {
  SizeExpr products = 0, others = 0;
  bool atMost = false;

  PairCost(Region &region, AttendOp attend) : others(operationsIn(region)) {
    for (auto term : region.getOps<IndexOp>()) {
      // A condition of a term that speaks of rows or keys may hold for fewer.
      SmallVector<SizeExpr> bounds = term.getBoundExprs();
      SizeExpr points = 1;
      for (const SizeExpr &bound : bounds)
        points = points * bound;
      atMost |= term.getWhere().has_value();
      SizeExpr all = points * SizeExpr(operationsAt(term));
      (isProduct(term) ? products : others) = (isProduct(term) ? products : others) + all;
    }
  }
};
} // namespace

/// Scores once for each row and visible key, values for every result index. The row program runs once a row; its
/// indices along the row are visible keys.
void Cost::attend(AttendOp op) {
  SmallVector<SizeExpr> bounds = op.getBoundExprs(), rowBounds = bounds;
  SmallVector<bool> ofRow = indicesOfRow(op);
  ofRow.truncate(op.getRank());
  SizeExpr rows = 1, perRow = 1;
  for (auto [d, used] : llvm::enumerate(ofRow)) {
    (used ? rows : perRow) = (used ? rows : perRow) * bounds[d];
    if (!used)
      rowBounds[d] = 1;
  }
  PointCount pairs = countPoints(op.getWhereAttr(), op.getSymbolExprs(), rowBounds);
  bool hidden = pairs.atMost || !op.getVisible().empty();
  if (!op.getVisible().empty()) {
    PairCost visible(op.getVisible(), op);
    add(op, pairs.of(visible.products + visible.others), false, pairs.atMost || visible.atMost);
  }
  PairCost score(op.getScore(), op), value(op.getValue(), op);
  add(op, pairs.of(score.products), true, hidden || score.atMost);
  add(op, pairs.of(score.others), false, hidden || score.atMost);
  PointCount all = pairs.times(perRow);
  add(op, all.of(value.products + SizeExpr(2)), true,
      hidden || value.atMost); // the weight times the value, and the sum
  add(op, all.of(value.others), false, hidden || value.atMost);

  add(op, rows * SizeExpr(operationsIn(op.getWeights())), false, false);
  for (auto step : op.getWeights().getOps<IndexOp>()) {
    SizeExpr rest = 1;
    unsigned alongRow = 0;
    for (const SizeExpr &bound : step.getBoundExprs())
      if (bound == op.getKeys() && alongRow++ == 0)
        continue;
      else
        rest = rest * bound;
    SizeExpr each = rest * SizeExpr(operationsAt(step));
    add(op, alongRow ? pairs.of(each) : rows * each, false, (alongRow && hidden) || alongRow > 1 || step.getWhere());
  }
}

} // namespace heed
