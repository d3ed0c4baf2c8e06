// Copies in vectors where elements lie next to each other, else element by element.
#include "compiler/codegen/cpu/Factors.h"

#include "compiler/codegen/plain/ScalarRegion.h"

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

void steps(ImplicitLocOpBuilder &b, StringRef name, Value from, Value to, Value step, function_ref<void(Value)> body) {
  scf::ForOp::create(b, from, to, step, ValueRange(), [&](OpBuilder &, Location, Value index, ValueRange) {
    index.setLoc(NameLoc::get(b.getStringAttr(name), b.getLoc()));
    body(index);
    scf::YieldOp::create(b);
  });
}

Value least(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::MinSIOp::create(b, x, y); }

Value firstLanes(ImplicitLocOpBuilder &b, int64_t lanes, Value count) {
  SmallVector<int64_t> numbers = llvm::to_vector(llvm::seq<int64_t>(lanes));
  auto type = VectorType::get(lanes, b.getI64Type());
  Value lane = arith::ConstantOp::create(b, DenseElementsAttr::get(type, ArrayRef(numbers)));
  Value all = vector::BroadcastOp::create(b, type, arith::IndexCastOp::create(b, b.getI64Type(), count).getResult());
  return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, lane, all);
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

static Value zeros(ImplicitLocOpBuilder &b, VectorType type) {
  return arith::ConstantOp::create(b, b.getZeroAttr(type));
}

/// The elements in f32.
static Value widened(ImplicitLocOpBuilder &b, Value elements) {
  auto type = cast<VectorType>(elements.getType());
  return type.getElementType().isF32()
             ? elements
             : arith::ExtFOp::create(b, VectorType::get(type.getShape(), b.getF32Type()), elements).getResult();
}

/// Copies `count` neighbours into f32 memory, a vector at a time.
static void copyNeighbours(ImplicitLocOpBuilder &b, int64_t lanes, Value from, Value fromOffset, Value to,
                           Value toOffset, Value count) {
  auto type = VectorType::get(lanes, cast<MemRefType>(from.getType()).getElementType());
  Value step = arith::ConstantIndexOp::create(b, lanes), zero = arith::ConstantIndexOp::create(b, 0);
  Value whole = arith::MulIOp::create(b, arith::DivUIOp::create(b, count, step), step);
  auto at = [&](Value offset, Value i) { return arith::AddIOp::create(b, offset, i).getResult(); };
  steps(b, "i", zero, whole, step, [&](Value i) {
    Value elements = vector::LoadOp::create(b, type, from, at(fromOffset, i));
    vector::StoreOp::create(b, widened(b, elements), to, at(toOffset, i));
  });
  Value some = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, whole, count);
  when(b, some, {}, [&] {
    Value left = arith::SubIOp::create(b, count, whole);
    Value mask = firstLanes(b, lanes, left);
    Value elements = vector::MaskedLoadOp::create(b, type, from, at(fromOffset, whole), mask, zeros(b, type));
    vector::MaskedStoreOp::create(b, to, at(toOffset, whole), mask, widened(b, elements));
    return SmallVector<Value>();
  });
}

// ---- rows of A ----

RowsOfA::RowsOfA(Frame &frame, const CpuStrategy &strategy, Contraction &contraction, const SizeExpr &most, bool made)
    : frame(frame), strategy(strategy), contraction(contraction), b(frame.b),
      access(contraction.op.getAccessList()[contraction.a]), made(made) {
  SizeExpr k = extentOf(contraction.op, contraction.reduced);
  depth = frame.sizes.value(k);
  if (made || !areInPlace(contraction))
    block = frame.scratch.take(most * k, b.getF32Type(), "rows");
}

bool RowsOfA::areInPlace(Contraction &c) {
  AccessAttr access = c.op.getAccessList()[c.a];
  std::optional<SizeExpr> along = flatStride(c.op, access, c.reduced);
  return cast<RankedTensorType>(c.sourceA().getType()).getElementType().isF32() && along && *along == SizeExpr(1) &&
         flatStride(c.op, access, c.rows);
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
  std::optional<SizeExpr> along = flatStride(contraction.op, access, contraction.reduced);
  if (along && *along == SizeExpr(1)) {
    Value source = positionOf(frame, contraction.op, access, dims);
    return copyNeighbours(b, strategy.lanes, place.memref, source, block, target, depth);
  }
  loop(b, "k", frame.sizes.constant(0), depth, {}, [&](Value k, ValueRange) {
    unflatten(frame, contraction.op, contraction.reduced, k, dims);
    Value element = loadElement(b, place, positionOf(frame, contraction.op, access, dims));
    memref::StoreOp::create(b, element, block, arith::AddIOp::create(b, target, k).getResult());
    return SmallVector<Value>();
  });
}

Value RowsOfA::rowOffset(Value row) {
  return arith::MulIOp::create(b, arith::SubIOp::create(b, row, first), depth);
}

Matrix RowsOfA::at(Value row) {
  if (block)
    return {block, rowOffset(row), depth};
  Value stride = frame.sizes.value(*flatStride(contraction.op, access, contraction.rows));
  Value offset = arith::AddIOp::create(b, origin, arith::MulIOp::create(b, row, stride));
  return {frame.places.at(contraction.sourceA()).memref, offset, stride};
}

// ---- panels of B ----

PanelsOfB::PanelsOfB(Frame &frame, const CpuStrategy &strategy, Contraction &contraction)
    : frame(frame), strategy(strategy), contraction(contraction), b(frame.b),
      access(contraction.op.getAccessList()[contraction.b]), place(frame.places.at(contraction.sourceB())),
      isF32(place.type.getElementType().isF32()), isBf16(place.type.getElementType().isBF16()), isPacked(false) {
  SizeExpr k = extentOf(contraction.op, contraction.reduced);
  depth = frame.sizes.value(k);
  width = frame.sizes.constant(strategy.tileColumns);
  std::optional<SizeExpr> along = flatStride(contraction.op, access, contraction.columns);
  std::optional<SizeExpr> down = flatStride(contraction.op, access, contraction.reduced);
  if (along && *along == SizeExpr(1) && down)
    stride = frame.sizes.value(*down);
  if (!isPacked || !isF32)
    memory = frame.scratch.take(k * strategy.tileColumns, b.getF32Type(), "panel");
}

PanelsOfB::Panel PanelsOfB::prepare(Value from, Value to, Value few, const Dims &dims) {
  Panel panel{from, to, few, {}, {}, {}};
  if (memory)
    panel.packed = Matrix{memory, frame.sizes.constant(0), width};
  if (!stride) {
    packElements(panel, dims);
    return panel;
  }
  Value start = arith::AddIOp::create(b, positionOf(frame, contraction.op, access, dims), from);
  panel.stored = Matrix{place.memref, start, stride};
  Value columns = arith::SubIOp::create(b, to, from);
  Value full = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, columns, width);
  if (isF32 || isBf16)
    panel.isStored = arith::AndIOp::create(b, full, few);
  else
    panel.isStored = arith::ConstantIntOp::create(b, 0, 1);
  Value yes = arith::ConstantIntOp::create(b, 1, 1);
  when(b, arith::XOrIOp::create(b, panel.isStored, yes), {}, [&] {
    packStored(panel, *panel.stored, full);
    return SmallVector<Value>();
  });
  return panel;
}

/// Rows of B lie in memory as they are; of the last panel there are fewer columns, and the others become zeros.
void PanelsOfB::packStored(const Panel &panel, const Matrix &stored, Value full) {
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
    loop(b, "k", frame.sizes.constant(0), depth, {}, [&](Value k, ValueRange) {
      Value source = arith::AddIOp::create(b, stored.offset, arith::MulIOp::create(b, k, stored.stride));
      Value target = arith::MulIOp::create(b, k, width);
      for (auto [v, place] : llvm::enumerate(places)) {
        Value at = arith::AddIOp::create(b, source, place);
        Value elements =
            whole ? vector::LoadOp::create(b, type, stored.memref, at).getResult()
                  : vector::MaskedLoadOp::create(b, type, stored.memref, at, masks[v], zeros(b, type)).getResult();
        vector::StoreOp::create(b, widened(b, elements), memory, arith::AddIOp::create(b, target, place).getResult());
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
    Value none = zeros(b, type), all = arith::MulIOp::create(b, depth, width);
    steps(b, "i", zero, all, frame.sizes.constant(strategy.lanes),
          [&](Value i) { vector::StoreOp::create(b, none, memory, i); });
    return SmallVector<Value>();
  });
  auto copy = [&](Value n, Value k) {
    Dims at = dims;
    unflatten(frame, contraction.op, contraction.columns, n, at);
    unflatten(frame, contraction.op, contraction.reduced, k, at);
    Value element = loadElement(b, place, positionOf(frame, contraction.op, access, at));
    Value column = arith::SubIOp::create(b, n, panel.from);
    Value target = arith::AddIOp::create(b, arith::MulIOp::create(b, k, width), column);
    memref::StoreOp::create(b, element, memory, target);
    return SmallVector<Value>();
  };
  loop(b, "n", panel.from, panel.to, {}, [&](Value n, ValueRange) {
    return loop(b, "k", zero, depth, {}, [&](Value k, ValueRange) { return copy(n, k); });
  });
}

std::optional<Matrix> PanelsOfB::behind(const Panel &panel) {
  if (!isPacked)
    return std::nullopt;
  Value size = arith::MulIOp::create(b, depth, width);
  return Matrix{panel.stored->memref, arith::AddIOp::create(b, panel.stored->offset, size), width};
}

void PanelsOfB::multiply(Tiles &tiles, TileProduct product, const Panel &panel) {
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
  scf::IfOp::create(
      b, panel.isStored,
      [&](OpBuilder &, Location) {
        with(*panel.stored);
        scf::YieldOp::create(b);
      },
      [&](OpBuilder &, Location) {
        with(*panel.packed);
        scf::YieldOp::create(b);
      });
}

} // namespace heed
