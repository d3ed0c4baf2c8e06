// Places of tensors, elements in memory, loops: what every emitter of range functions needs.
#include "compiler/codegen/Frame.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace heed {

// ---- places ----

static constexpr int64_t alignment = 64;

Type storedType(Type element) {
  if (element.isBF16())
    return IntegerType::get(element.getContext(), 16);
  return element.isInteger(1) || element.isInteger(8) ? IntegerType::get(element.getContext(), 8) : element;
}

MemRefType bufferOf(Type element) { return MemRefType::get({ShapedType::kDynamic}, storedType(element)); }

Value Scratch::take(const SizeExpr &count, Type element, StringRef name) {
  MemRefType type = bufferOf(element);
  unsigned width = type.getElementType().isIndex() ? 8 : type.getElementTypeBitWidth() / 8;
  OpBuilder b(anchor);
  Value offset = sizes.value(used), extent = sizes.value(count);
  used = used + SizeExpr::alignedUp(count * width, alignment);
  Location named = NameLoc::get(b.getStringAttr(name), anchor->getLoc());
  return memref::ViewOp::create(b, named, type, memory, offset, ValueRange{extent});
}

Place Frame::placeOf(RankedTensorType type, Value memref, unsigned fixed) {
  Place place{memref, type, {}, fixed};
  for (const SizeExpr &axis : axesOf(type))
    place.extents.push_back(sizes.value(axis));
  return place;
}

Place Frame::rowPlace(RankedTensorType type, StringRef name, unsigned fixed) {
  SizeExpr count = 1;
  SmallVector<SizeExpr> axes = axesOf(type);
  for (const SizeExpr &axis : llvm::drop_begin(axes, fixed))
    count = count * axis;
  return placeOf(type, scratch.take(count, type.getElementType(), name), fixed);
}

// ---- elements ----

/// The type of `value` with another element.
static Type withElement(Value value, Type element) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? VectorType::get(vector.getShape(), element) : element;
}

Value fromStored(ImplicitLocOpBuilder &b, Value stored, Type element) {
  Type scalar = withElement(stored, scalarOf(element));
  if (stored.getType() == scalar)
    return stored;
  if (element.isBF16())
    stored = arith::BitcastOp::create(b, withElement(stored, element), stored);
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(b, scalar, stored);
  if (element.isInteger(1)) {
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(stored.getType()));
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, stored, zero);
  }
  if (element.isInteger(8)) // bytes are unsigned in the ABI
    return arith::ExtUIOp::create(b, scalar, stored);
  return arith::ExtSIOp::create(b, scalar, stored);
}

/// The upper half of a finite f32, to the nearest, ties to even.
static Value upperHalf(ImplicitLocOpBuilder &b, Value single) {
  Type words = withElement(single, b.getI32Type());
  auto constant = [&](int32_t value) -> Value {
    TypedAttr scalar = b.getI32IntegerAttr(value);
    if (auto vector = dyn_cast<VectorType>(words))
      return arith::ConstantOp::create(b, DenseElementsAttr::get(vector, ArrayRef<Attribute>(scalar)));
    return arith::ConstantOp::create(b, scalar);
  };
  Value bits = arith::BitcastOp::create(b, words, single), half = constant(16);
  Value odd = arith::AndIOp::create(b, arith::ShRUIOp::create(b, bits, half), constant(1));
  Value up = arith::AddIOp::create(b, arith::AddIOp::create(b, bits, constant(0x7fff)), odd);
  return arith::TruncIOp::create(b, withElement(single, b.getI16Type()), arith::ShRUIOp::create(b, up, half));
}

Value toStored(ImplicitLocOpBuilder &b, Value scalar, Type element) {
  Type stored = withElement(scalar, storedType(element));
  if (scalar.getType() == stored)
    return scalar;
  // A rounded integer would be made a conversion from integers to bf16, which only libraries know.
  if (Operation *made = scalar.getDefiningOp();
      element.isBF16() && isa_and_nonnull<arith::SIToFPOp, arith::UIToFPOp>(made))
    return upperHalf(b, scalar);
  if (isa<FloatType>(element)) {
    Value rounded = arith::TruncFOp::create(b, withElement(scalar, element), scalar);
    return element.isBF16() ? arith::BitcastOp::create(b, stored, rounded).getResult() : rounded;
  }
  if (element.isInteger(1))
    return arith::ExtUIOp::create(b, stored, scalar);
  return arith::TruncIOp::create(b, stored, scalar);
}

Value rounded(ImplicitLocOpBuilder &b, Value scalar, Type element) {
  Type type = scalar.getType(), single = withElement(scalar, b.getF32Type());
  if (type != single) // from f64 by way of f32, which needs no library
    scalar = arith::TruncFOp::create(b, single, scalar);
  Value left = fromStored(b, toStored(b, scalar, element), element);
  return type == single ? left : arith::ExtFOp::create(b, type, left).getResult();
}

Value loadElement(ImplicitLocOpBuilder &b, const Place &place, Value index) {
  return fromStored(b, memref::LoadOp::create(b, place.memref, index), place.type.getElementType());
}

void storeElement(ImplicitLocOpBuilder &b, const Place &place, Value index, Value scalar) {
  memref::StoreOp::create(b, toStored(b, scalar, place.type.getElementType()), place.memref, index);
}

/// The sum over digits of digit * stride. Indices are never negative.
static Value storedIndex(ImplicitLocOpBuilder &b, LayoutAttr layout, ArrayRef<Value> indices) {
  auto constant = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(b, value); };
  SmallVector<int64_t> padded = layout.getPaddedShape();
  Value sum;
  for (auto [digit, stride] : llvm::zip(layout.getDigits(), layout.getStrides())) {
    Value part = indices[digit.axis];
    if (digit.divisor != 1)
      part = arith::DivUIOp::create(b, part, constant(digit.divisor));
    if (digit.divisor * digit.extent != padded[digit.axis])
      part = arith::RemUIOp::create(b, part, constant(digit.extent));
    if (stride != 1)
      part = arith::MulIOp::create(b, part, constant(stride));
    sum = sum ? arith::AddIOp::create(b, sum, part).getResult() : part;
  }
  return sum ? sum : constant(0);
}

Value linearIndex(ImplicitLocOpBuilder &b, const Place &place, ArrayRef<Value> indices) {
  if (place.layout) {
    assert(place.fixed == 0 && !place.offset && "parameters are passed whole");
    return storedIndex(b, place.layout, indices);
  }
  Value linear;
  for (auto [index, extent] : llvm::drop_begin(llvm::zip(indices, place.extents), place.fixed)) {
    if (!linear) {
      linear = index;
      continue;
    }
    linear = arith::AddIOp::create(b, arith::MulIOp::create(b, linear, extent), index);
  }
  if (!linear)
    return place.offset ? place.offset : arith::ConstantIndexOp::create(b, 0).getResult();
  return place.offset ? arith::AddIOp::create(b, place.offset, linear).getResult() : linear;
}

Location unnamed(Location loc) {
  auto named = dyn_cast<NameLoc>(loc);
  return named ? unnamed(named.getChildLoc()) : loc;
}

// ---- control ----

SmallVector<Value> loop(ImplicitLocOpBuilder &b, StringRef name, Value from, Value to, ValueRange carries,
                        function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  Value one = arith::ConstantIndexOp::create(b, 1);
  auto made = scf::ForOp::create(b, from, to, one, carries, [&](OpBuilder &, Location, Value index, ValueRange inner) {
    index.setLoc(NameLoc::get(b.getStringAttr(name), b.getLoc()));
    scf::YieldOp::create(b, body(index, inner));
  });
  return SmallVector<Value>(made.getResults());
}

SmallVector<Value> when(ImplicitLocOpBuilder &b, Value condition, ValueRange otherwise,
                        function_ref<SmallVector<Value>()> body) {
  auto yes = [&](OpBuilder &, Location) { scf::YieldOp::create(b, body()); };
  if (otherwise.empty()) {
    scf::IfOp::create(b, condition, yes);
    return {};
  }
  auto made = scf::IfOp::create(b, condition, yes, [&](OpBuilder &, Location) { scf::YieldOp::create(b, otherwise); });
  return SmallVector<Value>(made.getResults());
}

} // namespace heed
