// for batch { for block of rows { rows of A; for panel { columns of B; for tile { C = A * B; for row { epilogue } } } }
// }
//
// Blocked as in Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): a block of A stays
// in the L2 cache while panels of B go by, a panel (or a piece of it, where the depth is large) while the tiles of a
// block do.
#include "compiler/codegen/cpu/ContractSkeleton.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/cpu/Copies.h"
#include "compiler/codegen/cpu/Epilogue.h"
#include "compiler/codegen/cpu/Factors.h"
#include "compiler/codegen/cpu/RowEmitter.h"
#include "compiler/codegen/plain/ScalarRegion.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace heed {
namespace {

constexpr int64_t blockBytes = 1152 << 10; // of A: some more than half of the L2 cache
constexpr int64_t mostTiles = 24;          // of a block
constexpr int64_t leastTiles = 8;          // that are worth reading a panel for, where there is a choice
constexpr int64_t mostDepth = 1024;        // of a piece of a panel
constexpr double worthAThread = 1 << 15;   // products

class ContractSkeleton : public Skeleton {
public:
  /// `paired`: with tile registers.
  ContractSkeleton(ContractMatch match, std::vector<ContractGroup> groups, const CpuStrategy &strategy, bool paired)
      : match(std::move(match)), groups(std::move(groups)), strategy(strategy), paired(paired) {}

  Work work() override {
    SizeExpr units = SizeExpr::ceilDiv(rows(), tileRows()) * extentOf(first().op, first().batch);
    return {units, SizeExpr::ceilDiv(panelsBefore(groups.size()), panelsAThread()), tilesAThread(), tileRows()};
  }

  LogicalResult emit(Frame &frame, const Range &range) override;

private:
  // ---- sizes ----

  Contraction &first() { return match.contractions.front(); }
  SizeExpr rows() { return extentOf(first().op, first().rows); }
  SizeExpr depth() { return depthOf(first(), paired); }
  /// Panels for one choice of all but the last column index.
  SizeExpr panelsOfLast(ContractGroup &group) {
    Contraction &product = group.products.front();
    return SizeExpr::ceilDiv(extentOf(product.op, product.columns.back()), strategy.tileColumns);
  }
  int64_t tileRows() { return paired ? Tiles::rowsOfRegisters : Tiles::rows(strategy, strategy.tileColumns); }
  SizeExpr panelsBefore(unsigned group) {
    SizeExpr sum = 0;
    for (ContractGroup &each : MutableArrayRef(groups).take_front(group))
      sum = sum + panelsOfLast(each) * extentOf(each.products[0].op, ArrayRef(each.products[0].columns).drop_back());
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
    SizeExpr fitting = SizeExpr::floorDiv(blockBytes / (paired ? 2 : 4) / tileRows(), SizeExpr::max(1, depth()));
    return SizeExpr::min(mostTiles, SizeExpr::max(leastTiles, fitting));
  }
  /// Panels come in pieces, and what a block's rows have added up lies in memory between them.
  bool cutsDepth() {
    std::optional<int64_t> known = depth().constant();
    return !known || *known > mostDepth;
  }
  SizeExpr pieceDepth() { return cutsDepth() ? SizeExpr(mostDepth) : depth(); }
  /// What one buffer of products holds.
  SizeExpr bufferRows() { return cutsDepth() ? blockTiles() * tileRows() : SizeExpr(tileRows()); }

  ContractMatch match;
  std::vector<ContractGroup> groups;
  const CpuStrategy &strategy;
  bool paired;

  friend class ContractLoops;
};

/// The loops, in one function.
class ContractLoops {
public:
  ContractLoops(ContractSkeleton &plan, Frame &frame, const Range &range)
      : plan(plan), frame(frame), b(frame.b), range(range), tiles(frame, plan.strategy),
        tileRows(frame.sizes.constant(plan.tileRows())), rows(frame.sizes.value(plan.rows())),
        depth(frame.sizes.value(plan.depth())),
        rowsOfA(frame, plan.strategy, plan.first(), plan.blockTiles() * plan.tileRows(), !plan.match.prologue.empty(),
                plan.paired) {
    for (ContractGroup &group : plan.groups) {
      epilogues.push_back(std::make_unique<Epilogue>(frame, plan.strategy, group, plan.bufferRows()));
      for (Contraction &product : group.products)
        panels[product.op] = std::make_unique<PanelsOfB>(frame, plan.strategy, product, plan.pieceDepth(), plan.paired);
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
    Value from = arith::DivUIOp::create(
        b, range.r0, frame.sizes.value(SizeExpr::max(1, SizeExpr::ceilDiv(plan.rows(), plan.tileRows()))));
    Value last =
        arith::DivUIOp::create(b, arith::SubIOp::create(b, range.r1, one),
                               frame.sizes.value(SizeExpr::max(1, SizeExpr::ceilDiv(plan.rows(), plan.tileRows()))));
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
        makeRow(op.getResult(0), outer, row);
      return SmallVector<Value>();
    });
  }
  /// One op's part of a row, in scalar precision: in A's block, or in memory that the next row uses again.
  void makeRow(Value result, ArrayRef<Value> outer, Value row) {
    auto type = cast<RankedTensorType>(result.getType());
    Type scalar = scalarOf(type.getElementType());
    bool isA = result == plan.first().sourceA();
    Place place = isA ? rowsOfA.placeFor(type.clone(scalar), plan.match.outer, row)
                      : frame.rowPlace(type.clone(scalar), "row", plan.match.outer);
    frame.places[result] = place;
    RowEmitter(frame, plan.strategy, plan.match.outer).emit(*result.getDefiningOp(), outer);
    if (isA)
      rowsOfA.keep(place, row);
  }

  /// The panels of one group within the range.
  void overPanels(unsigned g, Value m0, Value m1, Value count, const Dims &dims) {
    ContractGroup &group = plan.groups[g];
    Value scale = frame.sizes.constant(plan.panelsAThread());
    Value before = frame.sizes.value(plan.panelsBefore(g)), after = frame.sizes.value(plan.panelsBefore(g + 1));
    Value from = arith::MaxSIOp::create(b, arith::MulIOp::create(b, range.p0, scale), before);
    Value to = least(b, arith::MulIOp::create(b, range.p1, scale), after);
    Value few = arith::CmpIOp::create(b, arith::CmpIPredicate::ule, count, frame.sizes.constant(1));
    loop(b, "panel", from, to, {}, [&](Value panel, ValueRange) {
      Block block{m0, m1, count, few, dims};
      PanelsOfB::Columns columns = columnsOf(group, arith::SubIOp::create(b, panel, before));
      if (plan.cutsDepth())
        overPieces(g, columns, block);
      else
        overTiles(g, columns, block);
      return SmallVector<Value>();
    });
  }

  /// Rows [m0, m1), `count` tiles; one alone is `few`.
  struct Block {
    Value m0, m1, count, few;
    const Dims &dims;
  };
  void eachTile(const Block &block, function_ref<void(Value from, Value to)> body) {
    steps(b, "m", block.m0, block.m1, tileRows,
          [&](Value m) { body(m, least(b, arith::AddIOp::create(b, m, tileRows), block.m1)); });
  }

  void overTiles(unsigned g, const PanelsOfB::Columns &columns, const Block &block) {
    Value zero = frame.sizes.constant(0);
    SmallVector<PanelsOfB::Panel> ready = prepare(g, columns, zero, depth, block);
    eachTile(block, [&](Value from, Value to) {
      multiply(g, ready, from, to, zero, block);
      epilogues[g]->emit(from, to, from, columns.from, columns.to, block.dims);
    });
  }

  void overPieces(unsigned g, const PanelsOfB::Columns &columns, const Block &block) {
    Value most = frame.sizes.value(plan.pieceDepth());
    epilogues[g]->clear(arith::SubIOp::create(b, block.m1, block.m0));
    steps(b, "k", frame.sizes.constant(0), depth, most, [&](Value k) {
      Value left = arith::SubIOp::create(b, depth, k);
      SmallVector<PanelsOfB::Panel> ready = prepare(g, columns, k, least(b, left, most), block);
      eachTile(block, [&](Value from, Value to) {
        multiply(g, ready, from, to, arith::SubIOp::create(b, from, block.m0), block);
      });
    });
    epilogues[g]->emit(block.m0, block.m1, block.m0, columns.from, columns.to, block.dims);
  }

  SmallVector<PanelsOfB::Panel> prepare(unsigned g, const PanelsOfB::Columns &columns, Value k, Value pieceDepth,
                                        const Block &block) {
    SmallVector<PanelsOfB::Panel> ready;
    for (Contraction &product : plan.groups[g].products)
      ready.push_back(panels.at(product.op)->prepare(columns, k, pieceDepth, block.few, block.dims));
    return ready;
  }

  /// Panels end where the last column index does.
  PanelsOfB::Columns columnsOf(ContractGroup &group, Value number) {
    Contraction &product = group.products.front();
    Value width = frame.sizes.constant(plan.strategy.tileColumns);
    Value extent = frame.sizes.value(extentOf(product.op, product.columns.back()));
    Value start = frame.sizes.constant(0), panel = number;
    if (product.columns.size() > 1) {
      Value each = frame.sizes.value(SizeExpr::max(1, plan.panelsOfLast(group)));
      start = arith::MulIOp::create(b, arith::DivUIOp::create(b, panel, each), extent);
      panel = arith::RemUIOp::create(b, panel, each);
    }
    Value n = arith::MulIOp::create(b, panel, width);
    Value end = least(b, arith::AddIOp::create(b, n, width), extent);
    return {number, arith::AddIOp::create(b, start, n), arith::AddIOp::create(b, start, end)};
  }

  /// The products of rows [from, to), into the buffers from row `into` on.
  void multiply(unsigned g, ArrayRef<PanelsOfB::Panel> ready, Value from, Value to, Value into, const Block &block) {
    for (auto [i, product] : llvm::enumerate(plan.groups[g].products)) {
      TileProduct tile;
      tile.a = rowsOfA.at(from, ready[i].k);
      tile.c = epilogues[g]->buffer(i, into);
      tile.rows = arith::SubIOp::create(b, to, from);
      tile.depth = ready[i].depth;
      tile.columns = plan.strategy.tileColumns;
      tile.accumulate = plan.cutsDepth();
      PanelsOfB &source = *panels.at(product.op);
      if (std::optional<Matrix> behind = source.behind(ready[i]))
        tile.ahead = aheadOf(ready[i], share(*behind, from, ready[i].depth, block), block);
      Value first = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, from, block.m0);
      source.multiply(tiles, tile, ready[i], first);
    }
  }

  /// What this tile is to fetch of what comes next: all tiles of the block together fetch as much as they read.
  Matrix share(const Matrix &next, Value from, Value pieceDepth, const Block &block) {
    Value width = frame.sizes.constant(plan.strategy.tileColumns);
    Value stride = arith::CeilDivUIOp::create(b, width, block.count);
    Value tile = arith::DivUIOp::create(b, arith::SubIOp::create(b, from, block.m0), tileRows);
    Value begin = arith::MulIOp::create(b, arith::MulIOp::create(b, tile, stride), pieceDepth);
    return {next.memref, arith::AddIOp::create(b, next.offset, begin), stride};
  }

  /// One tile alone goes through B as one stream. The processor sees that coming, but half as far as it should where
  /// elements are narrow.
  Matrix aheadOf(const PanelsOfB::Panel &panel, const Matrix &shared, const Block &block) {
    constexpr int64_t lead = 160; // rows of a panel
    bool narrow = cast<MemRefType>(panel.stored->memref.getType()).getElementTypeBitWidth() < 32;
    Value width = frame.sizes.constant(plan.strategy.tileColumns), stride = narrow ? width : frame.sizes.constant(0);
    Value near = arith::AddIOp::create(b, panel.stored->offset,
                                       frame.sizes.constant(narrow ? lead * plan.strategy.tileColumns : 0));
    return {shared.memref, arith::SelectOp::create(b, block.few, near, shared.offset),
            arith::SelectOp::create(b, block.few, stride, shared.stride)};
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

/// The reduced indices of A are the last axes of what the prologue makes, whole and in order; nobody else reads that.
bool prologueMakesRows(ContractMatch &match) {
  for (IndexOp op : match.prologue)
    if (llvm::any_of(op->getUsers(), [](Operation *user) { return isa<YieldOp>(user); }))
      return false;
  Contraction &product = match.contractions.front();
  auto made = product.sourceA().getDefiningOp<IndexOp>();
  if (!made)
    return match.prologue.empty();
  AffineMap map = product.op.getAccessList()[product.a].getMap();
  if (map.getNumResults() != match.outer + product.reduced.size())
    return false;
  SmallVector<SizeExpr> axes = axesOf(cast<RankedTensorType>(product.sourceA().getType())),
                        bounds = product.op.getBoundExprs();
  for (auto [axis, dim] : llvm::enumerate(product.reduced))
    if (map.getResult(match.outer + axis) != getAffineDimExpr(dim, map.getContext()) ||
        !(bounds[dim] == axes[match.outer + axis]))
      return false;
  return true;
}

/// Both factors are bf16, and every second one is stored in pairs.
bool fitsRegisters(KernelOp kernel, ContractMatch &match, const CpuStrategy &strategy) {
  ArrayAttr layouts = kernel.getLayoutsAttr();
  if (!strategy.tiles || !layouts)
    return false;
  return llvm::all_of(match.contractions, [&](Contraction &product) {
    auto stored = dyn_cast<BlockArgument>(product.sourceB());
    Attribute layout =
        stored && stored.getOwner() == &kernel.getBody().front() ? layouts[stored.getArgNumber()] : nullptr;
    return isa_and_present<LayoutAttr>(layout) && layout == PanelsOfB::layoutFor(strategy, product, /*paired=*/true) &&
           getElementTypeOrSelf(product.sourceA()).isBF16() && getElementTypeOrSelf(product.sourceB()).isBF16();
  });
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
  bool paired = fitsRegisters(kernel, *match, strategy);
  return std::make_unique<ContractSkeleton>(std::move(*match), std::move(*groups), strategy, paired);
}

} // namespace heed
