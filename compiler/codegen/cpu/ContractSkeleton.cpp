// for batch { for block of rows { rows of A; for panel { columns of B; for tile { C = A * B; for row { epilogue } } } } }
//
// Blocked as in Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008), but for the depth,
// which is not cut: a block of A stays in the L2 cache while panels of B go by, a panel while the tiles of a block do.
#include "compiler/codegen/cpu/ContractSkeleton.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/cpu/Epilogue.h"
#include "compiler/codegen/cpu/Factors.h"
#include "compiler/codegen/plain/IndexLoops.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace heed {
namespace {

constexpr int64_t blockBytes = 768 << 10; // of A: less than half of the L2 cache
constexpr int64_t mostTiles = 24;         // of a block
constexpr int64_t leastTiles = 8;         // that are worth reading a panel for, where there is a choice
constexpr double worthAThread = 1 << 15;  // products

class ContractSkeleton : public Skeleton {
public:
  ContractSkeleton(ContractMatch match, std::vector<ContractGroup> groups, const CpuStrategy &strategy)
      : match(std::move(match)), groups(std::move(groups)), strategy(strategy) {}

  Work work() override {
    SizeExpr units = SizeExpr::ceilDiv(rows(), tileRows()) * extentOf(first().op, first().batch);
    return {units, SizeExpr::ceilDiv(panelsBefore(groups.size()), panelsAThread()), tilesAThread()};
  }

  LogicalResult emit(Frame &frame, const Range &range) override;

private:
  // ---- sizes ----

  Contraction &first() { return match.contractions.front(); }
  SizeExpr rows() { return extentOf(first().op, first().rows); }
  SizeExpr depth() { return extentOf(first().op, first().reduced); }
  SizeExpr columns(ContractGroup &group) { return extentOf(group.products[0].op, group.products[0].columns); }
  int64_t tileRows() { return Tiles::rows(strategy, strategy.tileColumns); }
  SizeExpr panelsBefore(unsigned group) {
    SizeExpr sum = 0;
    for (ContractGroup &each : MutableArrayRef(groups).take_front(group))
      sum = sum + SizeExpr::ceilDiv(columns(each), strategy.tileColumns);
    return sum;
  }
  /// Sizes that only run time knows count as 64.
  double typical(const SizeExpr &size) {
    return double(size.evaluate([](std::string_view) { return std::optional<int64_t>(64); }).value_or(64));
  }
  int64_t panelsAThread() {
    double products = std::max(1.0, typical(depth())) * strategy.tileColumns;
    return std::max<int64_t>(1, int64_t(std::ceil(worthAThread / products)));
  }
  int64_t tilesAThread() {
    double columns = strategy.tileColumns * std::max(1.0, typical(panelsBefore(groups.size())));
    double products = tileRows() * std::max(1.0, typical(depth())) * columns;
    return std::max(leastTiles, int64_t(std::ceil(worthAThread / products)));
  }
  /// Tiles of a block.
  SizeExpr blockTiles() {
    SizeExpr fitting = SizeExpr::floorDiv(blockBytes / 4 / tileRows(), SizeExpr::max(1, depth()));
    return SizeExpr::min(mostTiles, SizeExpr::max(1, fitting));
  }

  ContractMatch match;
  std::vector<ContractGroup> groups;
  const CpuStrategy &strategy;

  friend class ContractLoops;
};

/// The loops, in one function.
class ContractLoops {
public:
  ContractLoops(ContractSkeleton &plan, Frame &frame, const Range &range)
      : plan(plan), frame(frame), b(frame.b), range(range), tiles(frame, plan.strategy),
        tileRows(frame.sizes.constant(plan.tileRows())), rows(frame.sizes.value(plan.rows())),
        depth(frame.sizes.value(plan.depth())),
        rowsOfA(frame, plan.strategy, plan.first(), plan.blockTiles() * plan.tileRows(), !plan.match.prologue.empty()) {
    for (ContractGroup &group : plan.groups) {
      epilogues.push_back(std::make_unique<Epilogue>(frame, plan.strategy, group, plan.tileRows()));
      for (Contraction &product : group.products)
        panels[product.op] = std::make_unique<PanelsOfB>(frame, plan.strategy, product);
    }
  }

  /// Units of rows are tiles; those of each batch are counted apart.
  void emit() {
    IndexOp op = plan.first().op;
    Dims dims(plan.match.outer); // batch indices and rows, the leading ones of every product
    if (plan.first().batch.empty())
      return overBlocks(range.r0, range.r1, dims);
    Value units = frame.sizes.value(SizeExpr::ceilDiv(plan.rows(), plan.tileRows()));
    Value one = frame.sizes.constant(1);
    Value from = arith::DivUIOp::create(b, range.r0, frame.sizes.value(SizeExpr::max(1, SizeExpr::ceilDiv(plan.rows(), plan.tileRows()))));
    Value last = arith::DivUIOp::create(b, arith::SubIOp::create(b, range.r1, one), frame.sizes.value(SizeExpr::max(1, SizeExpr::ceilDiv(plan.rows(), plan.tileRows()))));
    Value to = arith::AddIOp::create(b, last, one);
    loop(b, "batch", from, to, {}, [&](Value batch, ValueRange) {
      Dims inner = dims;
      unflatten(frame, op, plan.first().batch, batch, inner);
      Value start = arith::MulIOp::create(b, batch, units);
      Value begin = arith::MaxSIOp::create(b, arith::SubIOp::create(b, range.r0, start), frame.sizes.constant(0));
      overBlocks(begin, least(b, arith::SubIOp::create(b, range.r1, start), units), inner);
      return SmallVector<Value>();
    });
  }

private:
  void overBlocks(Value from, Value to, const Dims &dims) {
    Value block = frame.sizes.value(plan.blockTiles());
    steps(b, "block", from, to, block, [&](Value tile) {
      Value end = least(b, arith::AddIOp::create(b, tile, block), to);
      Value m0 = arith::MulIOp::create(b, tile, tileRows);
      Value m1 = least(b, arith::MulIOp::create(b, end, tileRows), rows);
      Value count = arith::SubIOp::create(b, end, tile);
      rowsOfA.begin(m0, dims);
      rowsOfA.fill(m1, dims);
      makeRows(m0, m1, dims);
      for (auto [g, group] : llvm::enumerate(plan.groups))
        overPanels(g, m0, m1, count, dims);
    });
  }

  /// The prologue, for each row of the block.
  void makeRows(Value m0, Value m1, const Dims &dims) {
    if (plan.match.prologue.empty())
      return;
    Contraction &product = plan.first();
    loop(b, "m", m0, m1, {}, [&](Value row, ValueRange) {
      Dims outer = dims;
      unflatten(frame, product.op, product.rows, row, outer);
      for (IndexOp op : plan.match.prologue)
        makeRow(op, outer, row);
      return SmallVector<Value>();
    });
  }
  void makeRow(IndexOp op, ArrayRef<Value> outer, Value row) {
    bool isA = op == plan.first().sourceA().getDefiningOp();
    SmallVector<Place> results;
    for (Value result : op.getResults()) {
      auto type = cast<RankedTensorType>(result.getType());
      if (isA) {
        Place place = frame.placeOf(type.clone(b.getF32Type()), rowsOfA.memory(), plan.match.outer);
        place.offset = rowsOfA.rowOffset(row);
        frame.places[result] = place;
      } else if (!frame.places.contains(result)) {
        frame.places[result] = frame.rowPlace(type.clone(scalarOf(type.getElementType())), "row", plan.match.outer);
      }
      results.push_back(frame.places.at(result));
    }
    IndexLoops(frame, op).store(outer, results);
  }

  /// The panels of one group within the range.
  void overPanels(unsigned g, Value m0, Value m1, Value count, const Dims &dims) {
    ContractGroup &group = plan.groups[g];
    Value scale = frame.sizes.constant(plan.panelsAThread());
    Value before = frame.sizes.value(plan.panelsBefore(g)), after = frame.sizes.value(plan.panelsBefore(g + 1));
    Value from = arith::MaxSIOp::create(b, arith::MulIOp::create(b, range.p0, scale), before);
    Value to = least(b, arith::MulIOp::create(b, range.p1, scale), after);
    Value width = frame.sizes.constant(plan.strategy.tileColumns);
    Value few = arith::CmpIOp::create(b, arith::CmpIPredicate::ule, count, frame.sizes.constant(1));
    loop(b, "panel", from, to, {}, [&](Value panel, ValueRange) {
      Value n0 = arith::MulIOp::create(b, arith::SubIOp::create(b, panel, before), width);
      Value n1 = least(b, arith::AddIOp::create(b, n0, width), frame.sizes.value(plan.columns(group)));
      SmallVector<PanelsOfB::Panel> ready;
      for (Contraction &product : group.products)
        ready.push_back(panels.at(product.op)->prepare(n0, n1, few, dims));
      steps(b, "m", m0, m1, tileRows, [&](Value m) {
        overTile(g, ready, m, least(b, arith::AddIOp::create(b, m, tileRows), m1), m0, count, dims);
      });
      return SmallVector<Value>();
    });
  }

  void overTile(unsigned g, ArrayRef<PanelsOfB::Panel> ready, Value from, Value to, Value m0, Value count,
                const Dims &dims) {
    ContractGroup &group = plan.groups[g];
    Value tileCount = arith::SubIOp::create(b, to, from);
    for (auto [i, product] : llvm::enumerate(group.products)) {
      TileProduct tile{rowsOfA.at(from), {}, epilogues[g]->buffer(i), tileCount, depth, plan.strategy.tileColumns};
      PanelsOfB &source = *panels.at(product.op);
      if (std::optional<Matrix> behind = source.behind(ready[i]))
        tile.ahead = share(*behind, from, m0, count);
      source.multiply(tiles, tile, ready[i]);
    }
    epilogues[g]->emit(from, to, ready.front().from, ready.front().to, dims);
  }

  /// What this tile is to fetch of the next panel: all tiles of the block together fetch all of it.
  Matrix share(const Matrix &next, Value from, Value m0, Value count) {
    Value width = frame.sizes.constant(plan.strategy.tileColumns);
    Value stride = arith::CeilDivUIOp::create(b, width, count);
    Value tile = arith::DivUIOp::create(b, arith::SubIOp::create(b, from, m0), tileRows);
    Value begin = arith::MulIOp::create(b, arith::MulIOp::create(b, tile, stride), depth);
    return {next.memref, arith::AddIOp::create(b, next.offset, begin), stride};
  }

  ContractSkeleton &plan;
  Frame &frame;
  ImplicitLocOpBuilder &b;
  Range range;
  Tiles tiles;
  Value tileRows, rows, depth;
  RowsOfA rowsOfA;
  SmallVector<std::unique_ptr<Epilogue>> epilogues; // of each group
  llvm::DenseMap<Operation *, std::unique_ptr<PanelsOfB>> panels;
};

LogicalResult ContractSkeleton::emit(Frame &frame, const Range &range) {
  ScalarRegion region(frame);
  for (Operation &op : first().op->getBlock()->without_terminator())
    if (!isa<IndexOp>(op))
      emitBesideIndexOps(frame, region, op, {});
  frame.b.setLoc(unnamed(first().op.getLoc()));
  ContractLoops(*this, frame, range).emit();
  return success();
}

/// The reduced indices of A are the last axes of what the prologue makes, whole and in order.
bool prologueMakesRows(ContractMatch &match) {
  Contraction &product = match.contractions.front();
  auto made = product.sourceA().getDefiningOp<IndexOp>();
  if (!made)
    return match.prologue.empty();
  AffineMap map = product.op.getAccessList()[product.a].getMap();
  if (map.getNumResults() != match.outer + product.reduced.size())
    return false;
  for (auto [axis, dim] : llvm::enumerate(product.reduced))
    if (map.getResult(match.outer + axis) != getAffineDimExpr(dim, map.getContext()))
      return false;
  return true;
}

} // namespace

std::unique_ptr<Skeleton> contractSkeleton(KernelOp kernel, const CpuStrategy &strategy) {
  std::string why;
  std::optional<ContractMatch> match = matchContract(kernel, why);
  if (!match || !prologueMakesRows(*match))
    return nullptr;
  for (Contraction &product : match->contractions)
    if (!llvm::all_of(product.op.getBody().getArgumentTypes(), [](Type type) { return type.isF32(); }))
      return nullptr;
  auto groups = groupsOf(*match);
  if (!groups)
    return nullptr;
  return std::make_unique<ContractSkeleton>(std::move(*match), std::move(*groups), strategy);
}

} // namespace heed
