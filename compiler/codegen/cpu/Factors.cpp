// In vectors where elements lie next to each other, else element by element.
#include "compiler/codegen/cpu/Factors.h"

#include "compiler/codegen/cpu/Copies.h"
#include "compiler/kernels/PairedPanels.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {

// ---- indices ----

void unflatten(Frame &frame, IndexOp op, ArrayRef<unsigned> dims, Value flat, Dims &into) {
  SmallVector<SizeExpr> bounds = op.getBoundExprs();
  for (unsigned n = dims.size(); n-- > 0;) {
    Value bound = frame.sizes.value(bounds[dims[n]]);
    into[dims[n]] = n == 0 ? flat : arith::RemUIOp::create(frame.b, flat, bound).getResult();
    if (n > 0)
      flat = arith::DivUIOp::create(frame.b, flat, bound);
  }
}

SizeExpr depthOf(Contraction &contraction, bool paired) {
  SizeExpr depth = extentOf(contraction.op, contraction.reduced);
  return paired ? SizeExpr::ceilDiv(depth, pairedDepth) * pairedDepth : depth;
}

/// Where in its memref the access reads; indices that are not chosen are 0.
static Value positionOf(Frame &frame, IndexOp op, AccessAttr access, Dims dims) {
  dims.resize(op.getNumIndices());
  for (Value &dim : dims)
    dim = dim ? dim : frame.sizes.constant(0);
  SmallVector<Value> symbols;
  for (const SizeExpr &size : op.getSymbolExprs())
    symbols.push_back(frame.sizes.value(size));
  symbols.resize(access.getMap().getNumSymbols());
  auto indices = llvm::map_to_vector(access.getMap().getResults(), [&](AffineExpr axis) {
    return affine::expandAffineExpr(frame.b, frame.b.getLoc(), axis, dims, symbols);
  });
  return linearIndex(frame.b, frame.places.at(op.getSources()[access.getOperand()]), indices);
}

// ---- rows of A ----

RowsOfA::RowsOfA(Frame &frame, const CpuStrategy &strategy, Contraction &contraction, const SizeExpr &most, bool made,
                 bool paired)
    : frame(frame), strategy(strategy), contraction(contraction), b(frame.b),
      access(contraction.op.getAccessList()[contraction.a]), made(made), paired(paired),
      depth(frame.sizes.value(depthOf(contraction, false))), width(frame.sizes.value(depthOf(contraction, paired))) {
  if (made || paired || !areInPlace())
    block = frame.scratch.take(most * depthOf(contraction, paired),
                               paired ? Type(b.getBF16Type()) : Type(b.getF32Type()), "rows");
}

/// They can be read where they are stored.
bool RowsOfA::areInPlace() {
  IndexOp op = contraction.op;
  const Place &place = frame.places.at(contraction.sourceA());
  return !place.layout && place.type.getElementType().isF32() &&
         flatStride(op, access, contraction.reduced) == SizeExpr(1) && flatStride(op, access, contraction.rows);
}

void RowsOfA::begin(Value from, const Dims &dims) {
  first = from;
  if (!block)
    origin = positionOf(frame, contraction.op, access, dims);
}

void RowsOfA::fill(Value to, const Dims &dims) {
  if (!block || made)
    return;
  loop(b, "m", first, to, {}, [&](Value row, ValueRange) {
    copyRow(row, dims);
    return SmallVector<Value>();
  });
}

void RowsOfA::copyRow(Value row, Dims dims) {
  dims.resize(contraction.op.getNumIndices());
  unflatten(frame, contraction.op, contraction.rows, row, dims);
  const Place &place = frame.places.at(contraction.sourceA());
  Value target = rowOffset(row);
  if (!place.layout && flatStride(contraction.op, access, contraction.reduced) == SizeExpr(1)) {
    Value source = positionOf(frame, contraction.op, access, dims);
    copyNeighbours(b, strategy, place.memref, source, block, target, depth);
    return fillUp(row);
  }
  loop(b, "k", frame.sizes.constant(0), depth, {}, [&](Value k, ValueRange) {
    unflatten(frame, contraction.op, contraction.reduced, k, dims);
    Value element = loadElement(b, place, positionOf(frame, contraction.op, access, dims));
    Value stored = toStored(b, element, paired ? Type(b.getBF16Type()) : Type(b.getF32Type()));
    memref::StoreOp::create(b, stored, block, arith::AddIOp::create(b, target, k).getResult());
    return SmallVector<Value>();
  });
  fillUp(row);
}

void RowsOfA::fillUp(Value row) {
  if (!paired)
    return;
  Value none = arith::ConstantIntOp::create(b, 0, 16), target = rowOffset(row);
  loop(b, "k", depth, width, {}, [&](Value k, ValueRange) {
    memref::StoreOp::create(b, none, block, arith::AddIOp::create(b, target, k).getResult());
    return SmallVector<Value>();
  });
}

Place RowsOfA::placeFor(RankedTensorType type, unsigned fixed, Value row) {
  if (paired)
    return frame.rowPlace(type, "row", fixed);
  Place place = frame.placeOf(type, block, fixed);
  place.offset = rowOffset(row);
  return place;
}

void RowsOfA::keep(const Place &place, Value row) {
  if (!paired)
    return;
  copyNeighbours(b, strategy, place.memref, frame.sizes.constant(0), block, rowOffset(row), depth);
  fillUp(row);
}

Value RowsOfA::rowOffset(Value row) { return arith::MulIOp::create(b, arith::SubIOp::create(b, row, first), width); }

Matrix RowsOfA::at(Value row, Value k) {
  if (block)
    return {block, arith::AddIOp::create(b, rowOffset(row), k), width};
  Value stride = frame.sizes.value(*flatStride(contraction.op, access, contraction.rows));
  Value offset = arith::AddIOp::create(b, origin, arith::MulIOp::create(b, row, stride));
  return {frame.places.at(contraction.sourceA()).memref, arith::AddIOp::create(b, offset, k), stride};
}

// ---- panels of B ----

PanelsOfB::PanelsOfB(Frame &frame, const CpuStrategy &strategy, Contraction &contraction, const SizeExpr &most,
                     bool paired)
    : frame(frame), strategy(strategy), contraction(contraction), b(frame.b),
      access(contraction.op.getAccessList()[contraction.b]), place(frame.places.at(contraction.sourceB())),
      isF32(place.type.getElementType().isF32()), isBf16(place.type.getElementType().isBF16()), paired(paired),
      isPacked(place.layout && place.layout == layoutFor(strategy, contraction, paired)) {
  depth = frame.sizes.value(depthOf(contraction, paired));
  width = frame.sizes.constant(strategy.tileColumns);
  std::optional<SizeExpr> down = flatStride(contraction.op, access, contraction.reduced);
  if (!place.layout && down && flatStride(contraction.op, access, contraction.columns) == SizeExpr(1))
    stride = frame.sizes.value(*down);
  if (!paired && (!isPacked || !isF32))
    memory = frame.scratch.take(most * strategy.tileColumns, b.getF32Type(), "panel");
}

LayoutAttr PanelsOfB::layoutFor(const CpuStrategy &strategy, Contraction &contraction, bool paired) {
  auto type = cast<RankedTensorType>(contraction.sourceB().getType());
  AffineMap map = contraction.op.getAccessList()[contraction.b].getMap();
  auto axesOf = [&](ArrayRef<unsigned> dims) {
    SmallVector<unsigned> axes;
    for (unsigned dim : dims)
      for (auto [axis, expr] : llvm::enumerate(map.getResults()))
        if (expr == getAffineDimExpr(dim, map.getContext()))
          axes.push_back(axis);
    return axes;
  };
  SmallVector<unsigned> columns = axesOf(contraction.columns), reduced = axesOf(contraction.reduced);
  // Where panels lie follows from the parameter's own axes.
  SmallVector<SizeExpr> bounds = contraction.op.getBoundExprs();
  auto whole = [&](unsigned dim, unsigned axis) { return bounds[dim] == SizeExpr(type.getDimSize(axis)); };
  for (auto [dim, axis] : llvm::zip(contraction.reduced, reduced))
    if (!whole(dim, axis))
      return {};
  if (columns.size() > 1 && !whole(contraction.columns.back(), columns.back()))
    return {};
  if (columns.empty() || columns.size() != contraction.columns.size() || reduced.empty() ||
      reduced.size() != contraction.reduced.size() || !type.hasStaticShape())
    return {};
  auto made = paired ? pairedPanels : LayoutAttr::panels;
  return made(map.getContext(), type.getShape(), columns, reduced, strategy.tileColumns);
}

PanelsOfB::Panel PanelsOfB::prepare(const Columns &columns, Value k, Value pieceDepth, Value few, const Dims &dims) {
  auto [number, from, to] = columns;
  Panel panel{from, to, k, pieceDepth, {}, {}, {}, {}};
  if (memory)
    panel.packed = Matrix{memory, frame.sizes.constant(0), width};
  if (!isPacked && !stride) {
    packElements(panel, dims);
    return panel;
  }
  Value start = positionOf(frame, contraction.op, access, dims), rows = isPacked ? width : stride;
  start = arith::AddIOp::create(b, start, arith::MulIOp::create(b, k, rows));
  if (isPacked) {
    Value offset = arith::MulIOp::create(b, number, arith::MulIOp::create(b, depth, width));
    panel.stored = Matrix{place.memref, arith::AddIOp::create(b, start, offset), width};
    if (isF32 || paired)
      return panel;
    if (isBf16) {
      panel.isStored = few;
      panel.isWidened = arith::ConstantIntOp::create(b, 1, 1);
      return panel;
    }
    panel.isStored = arith::ConstantIntOp::create(b, 0, 1);
    widen(panel);
    return panel;
  }
  panel.stored = Matrix{place.memref, arith::AddIOp::create(b, start, from), stride};
  Value full = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, arith::SubIOp::create(b, to, from), width);
  panel.isStored = isF32 || isBf16 ? arith::AndIOp::create(b, full, few).getResult()
                                   : arith::ConstantIntOp::create(b, 0, 1).getResult();
  Value asItIs = panel.isStored;
  if (isBf16)
    asItIs = panel.isWidened = full;
  Value yes = arith::ConstantIntOp::create(b, 1, 1);
  when(b, arith::XOrIOp::create(b, asItIs, yes), {}, [&] {
    packStored(panel, full);
    return SmallVector<Value>();
  });
  return panel;
}

/// A stored panel, in f32.
void PanelsOfB::widen(const Panel &panel) {
  copyNeighbours(b, strategy, place.memref, panel.stored->offset, memory, frame.sizes.constant(0),
                 arith::MulIOp::create(b, panel.depth, width));
}

/// Rows of B lie in memory as they are; of the last panel there are fewer columns, and the others become zeros.
void PanelsOfB::packStored(const Panel &panel, Value full) {
  const Matrix &stored = *panel.stored;
  int64_t lanes = strategy.lanes;
  auto type = VectorType::get(lanes, cast<MemRefType>(stored.memref.getType()).getElementType());
  Value columns = arith::SubIOp::create(b, panel.to, panel.from);
  auto rows = [&](bool whole) {
    SmallVector<Value> masks, places;
    for (int64_t n = 0; n != strategy.tileColumns; n += lanes) {
      places.push_back(frame.sizes.constant(n));
      if (!whole)
        masks.push_back(firstLanes(b, lanes, arith::SubIOp::create(b, columns, places.back())));
    }
    loop(b, "k", frame.sizes.constant(0), panel.depth, {}, [&](Value k, ValueRange) {
      Value source = arith::AddIOp::create(b, stored.offset, arith::MulIOp::create(b, k, stored.stride));
      Value target = arith::MulIOp::create(b, k, width);
      for (auto [v, place] : llvm::enumerate(places)) {
        Value at = arith::AddIOp::create(b, source, place);
        Value elements =
            whole ? vector::LoadOp::create(b, type, stored.memref, at).getResult()
                  : vector::MaskedLoadOp::create(b, type, stored.memref, at, masks[v], zeros(b, type)).getResult();
        vector::StoreOp::create(b, converted(b, strategy, elements, b.getF32Type()), memory,
                                arith::AddIOp::create(b, target, place).getResult());
      }
      return SmallVector<Value>();
    });
  };
  scf::IfOp::create(
      b, full,
      [&](OpBuilder &, Location) {
        rows(true);
        scf::YieldOp::create(b);
      },
      [&](OpBuilder &, Location) {
        rows(false);
        scf::YieldOp::create(b);
      });
}

void PanelsOfB::packElements(const Panel &panel, Dims dims) {
  dims.resize(contraction.op.getNumIndices());
  Value zero = frame.sizes.constant(0);
  // Columns that do not exist are computed with the others, and never stored.
  Value columns = arith::SubIOp::create(b, panel.to, panel.from);
  Value partial = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, columns, width);
  when(b, partial, {}, [&] {
    auto type = VectorType::get(strategy.lanes, b.getF32Type());
    Value none = zeros(b, type), all = arith::MulIOp::create(b, panel.depth, width);
    steps(b, "i", zero, all, frame.sizes.constant(strategy.lanes),
          [&](Value i) { vector::StoreOp::create(b, none, memory, i); });
    return SmallVector<Value>();
  });
  auto copy = [&](Value n, Value k) {
    Dims at = dims;
    unflatten(frame, contraction.op, contraction.columns, n, at);
    unflatten(frame, contraction.op, contraction.reduced, arith::AddIOp::create(b, panel.k, k), at);
    Value element = loadElement(b, place, positionOf(frame, contraction.op, access, at));
    Value column = arith::SubIOp::create(b, n, panel.from);
    Value target = arith::AddIOp::create(b, arith::MulIOp::create(b, k, width), column);
    memref::StoreOp::create(b, element, memory, target);
    return SmallVector<Value>();
  };
  loop(b, "n", panel.from, panel.to, {}, [&](Value n, ValueRange) {
    return loop(b, "k", zero, panel.depth, {}, [&](Value k, ValueRange) { return copy(n, k); });
  });
}

std::optional<Matrix> PanelsOfB::behind(const Panel &panel) {
  if (!isPacked)
    return std::nullopt;
  Value size = arith::MulIOp::create(b, panel.depth, width);
  return Matrix{panel.stored->memref, arith::AddIOp::create(b, panel.stored->offset, size), width};
}

void PanelsOfB::multiply(Tiles &tiles, TileProduct product, const Panel &panel, Value first) {
  auto with = [&](const Matrix &matrix) {
    product.b = matrix;
    tiles.emit(product);
  };
  if (!panel.isStored)
    return with(panel.stored ? *panel.stored : *panel.packed);
  if (isF32) {
    auto either = [&](Value x, Value y) { return arith::SelectOp::create(b, panel.isStored, x, y).getResult(); };
    return with({either(panel.stored->memref, panel.packed->memref), either(panel.stored->offset, panel.packed->offset),
                 either(panel.stored->stride, panel.packed->stride)});
  }
  if (!isBf16)
    return with(*panel.packed);
  auto either = [&](Value condition, function_ref<void()> then, function_ref<void()> otherwise) {
    auto branch = [&](function_ref<void()> emit) {
      return [this, emit](OpBuilder &, Location) {
        emit();
        scf::YieldOp::create(b);
      };
    };
    scf::IfOp::create(b, condition, branch(then), branch(otherwise));
  };
  auto widening = [&] {
    product.wide = panel.packed;
    with(*panel.stored);
    product.wide.reset();
  };
  either(
      panel.isStored, [&] { with(*panel.stored); },
      [&] { either(arith::AndIOp::create(b, first, panel.isWidened), widening, [&] { with(*panel.packed); }); });
}

} // namespace heed
