// Lanes of a vector: memory, indices, terms. Values that come from outside of a region may be scalars; they are
// broadcast where they are used.
#include "compiler/codegen/cpu/VectorRegion.h"

#include "compiler/codegen/cpu/Copies.h"
#include "compiler/codegen/cpu/VectorMath.h"
#include "compiler/codegen/cpu/VectorPoint.h"
#include "compiler/codegen/plain/IndexLoops.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace heed {

// ---- values ----

VectorType VectorRegion::vectorOf(Type scalar) const { return VectorType::get({strategy.lanes}, scalar); }

Value VectorRegion::uniform(Value scalar) {
  if (isa<VectorType>(scalar.getType()))
    return scalar;
  return vector::BroadcastOp::create(b, vectorOf(scalar.getType()), scalar);
}

Value VectorRegion::zero(Type scalar) {
  VectorType type = vectorOf(scalar);
  return arith::ConstantOp::create(b, type, b.getZeroAttr(type));
}

Value VectorRegion::ramp(Type integer, int64_t stride) {
  VectorType type = vectorOf(integer);
  SmallVector<Attribute> steps;
  for (int64_t l = 0; l != strategy.lanes; ++l)
    steps.push_back(b.getIntegerAttr(integer, l * stride));
  return arith::ConstantOp::create(b, type, DenseElementsAttr::get(type, steps));
}

Value VectorRegion::at(At at) {
  Value base = uniform(arith::IndexCastOp::create(b, b.getI64Type(), at.base));
  return at.stride == 0 ? base : arith::AddIOp::create(b, base, ramp(b.getI64Type(), at.stride)).getResult();
}

Value VectorRegion::size(Value index) { return uniform(arith::IndexCastOp::create(b, b.getI64Type(), index)); }

Value VectorRegion::math(Operation *op, ValueRange operands) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    VectorType type = vectorOf(constant.getType());
    return arith::ConstantOp::create(b, type, DenseElementsAttr::get(type, ArrayRef<Attribute>(constant.getValue())));
  }
  auto vectors = llvm::map_to_vector(operands, [&](Value v) { return uniform(v); });
  return VectorMath(b, strategy).emit(op, vectors);
}

SmallVector<Value> VectorRegion::emitVectors(Region &region, ValueRange elements, ArrayRef<At> indices, Value mask) {
  return llvm::map_to_vector(emit(region, elements, indices, mask), [&](Value v) { return uniform(v); });
}

// ---- lanes one by one ----

Value VectorRegion::eachLane(Type scalar, Value mask, function_ref<Value(Value)> body) {
  Value none = zero(scalar), last = arith::ConstantIndexOp::create(b, strategy.lanes);
  return loop(b, "lane", frame.sizes.constant(0), last, none, [&](Value lane, ValueRange made) -> SmallVector<Value> {
    auto insert = [&]() -> SmallVector<Value> {
      return {vector::InsertOp::create(b, body(lane), made[0], OpFoldResult(lane))};
    };
    if (!mask)
      return insert();
    return when(b, vector::ExtractOp::create(b, mask, OpFoldResult(lane)), made, insert);
  })[0];
}

Value VectorRegion::fromLanes(Type scalar, function_ref<Value(Value)> body) {
  SmallVector<Value> elements;
  for (int64_t l = 0; l != strategy.lanes; ++l)
    elements.push_back(body(arith::ConstantIndexOp::create(b, l)));
  return vector::FromElementsOp::create(b, vectorOf(scalar), elements);
}

Value VectorRegion::lane(At at, Value lane) {
  if (at.stride == 0)
    return at.base;
  Value way = arith::MulIOp::create(b, lane, arith::ConstantIndexOp::create(b, at.stride));
  return arith::AddIOp::create(b, at.base, way);
}

// ---- conditions ----

Value VectorRegion::any(Value mask) {
  return isa<VectorType>(mask.getType()) ? vector::ReductionOp::create(b, vector::CombiningKind::OR, mask).getResult()
                                         : mask;
}

Value VectorRegion::compareWithZero(At at, bool equal) {
  auto predicate = equal ? arith::CmpIPredicate::eq : arith::CmpIPredicate::sge;
  if (at.stride == 0)
    return arith::CmpIOp::create(b, predicate, at.base, arith::ConstantIndexOp::create(b, 0));
  // Far from zero, the distance does not matter: 32 bits are enough.
  Value far = arith::ConstantIndexOp::create(b, 1 << 30), farBelow = arith::ConstantIndexOp::create(b, -(1 << 30));
  Value base = arith::MaxSIOp::create(b, arith::MinSIOp::create(b, at.base, far), farBelow);
  Value near = uniform(arith::IndexCastOp::create(b, b.getI32Type(), base));
  return arith::CmpIOp::create(b, predicate, arith::AddIOp::create(b, near, ramp(b.getI32Type(), at.stride)),
                               zero(b.getI32Type()));
}

// ---- memory ----

namespace {

/// How the stored index changes from one lane to the next.
struct Walk {
  bool even = true; // by the same step everywhere
  Value step;       // null: not at all
};

} // namespace

/// In a layout, an axis counts evenly if it is one digit as a whole.
static Walk walkOfLayout(ImplicitLocOpBuilder &b, LayoutAttr layout, ArrayRef<RegionEmitter::At> indices) {
  Walk walk;
  int64_t step = 0;
  SmallVector<int64_t> padded = layout.getPaddedShape();
  for (auto [digit, stride] : llvm::zip(layout.getDigits(), layout.getStrides())) {
    int64_t lanes = indices[digit.axis].stride;
    walk.even &= lanes == 0 || (digit.divisor == 1 && digit.extent == padded[digit.axis]);
    step += lanes * stride;
  }
  if (step)
    walk.step = arith::ConstantIndexOp::create(b, step);
  return walk;
}

/// Row-major: each index counts for the product of the extents behind its axis.
static Walk walkOf(ImplicitLocOpBuilder &b, const Place &place, ArrayRef<RegionEmitter::At> indices) {
  if (place.layout)
    return walkOfLayout(b, place.layout, indices);
  Walk walk;
  Value stored = arith::ConstantIndexOp::create(b, 1);
  for (size_t axis = indices.size(); axis-- > place.fixed;) {
    if (int64_t stride = indices[axis].stride) {
      Value step = b.createOrFold<arith::MulIOp>(stored, arith::ConstantIndexOp::create(b, stride));
      walk.step = walk.step ? b.createOrFold<arith::AddIOp>(walk.step, step) : step;
    }
    if (axis > place.fixed)
      stored = b.createOrFold<arith::MulIOp>(stored, place.extents[axis]);
  }
  return walk;
}

static Value storedIndex(ImplicitLocOpBuilder &b, const Place &place, ArrayRef<RegionEmitter::At> indices) {
  return linearIndex(b, place, llvm::map_to_vector(indices, [](RegionEmitter::At at) { return at.base; }));
}

Value VectorRegion::readUniform(const Place &place, ArrayRef<At> indices, Value mask) {
  Type scalar = scalarOf(place.type.getElementType());
  auto load = [&]() -> Value { return loadElement(b, place, storedIndex(b, place, indices)); };
  if (!mask)
    return uniform(load());
  Value none = arith::ConstantOp::create(b, scalar, b.getZeroAttr(scalar));
  Value loaded = when(b, any(mask), none, [&] { return SmallVector<Value>{load()}; })[0];
  return arith::SelectOp::create(b, uniform(mask), uniform(loaded), zero(scalar));
}

/// Processors gather whole words only.
Value VectorRegion::gather(const Place &place, ArrayRef<At> indices, Value step, Value mask) {
  Type element = place.type.getElementType(), i64 = b.getI64Type();
  VectorType type = vectorOf(storedType(element));
  Value steps = uniform(arith::IndexCastOp::create(b, i64, step));
  Value offsets = arith::MulIOp::create(b, steps, ramp(i64, 1));
  if (auto known = getConstantIntValue(step); known && std::abs(*known) < 1 << 24)
    offsets = ramp(b.getI32Type(), *known);
  Type flags = vectorOf(b.getI1Type());
  mask =
      mask ? uniform(mask) : arith::ConstantOp::create(b, flags, DenseElementsAttr::get(cast<ShapedType>(flags), true));
  return vector::GatherOp::create(b, type, place.memref, storedIndex(b, place, indices), offsets, mask, zero(element));
}

/// Each lane with a place of its own.
Value VectorRegion::readLanes(const Place &place, ArrayRef<At> indices, Value mask) {
  auto load = [&](Value l) {
    auto own = llvm::map_to_vector(indices, [&](At at) { return lane(at, l); });
    return loadElement(b, place, linearIndex(b, place, own));
  };
  Type scalar = scalarOf(place.type.getElementType());
  if (mask)
    return eachLane(scalar, uniform(mask), load);
  return fromLanes(scalar, load);
}

/// AVX2 has masks for whole words only.
bool VectorRegion::canMask(Type element) const {
  return strategy.masks || storedType(element).getIntOrFloatBitWidth() >= 32;
}

Value VectorRegion::read(const Place &place, ArrayRef<At> indices, Value mask) {
  Type element = place.type.getElementType();
  Walk walk = walkOf(b, place, indices);
  if (!walk.even || (walk.step && mask && !canMask(element)))
    return readLanes(place, indices, mask);
  if (!walk.step)
    return readUniform(place, indices, mask);
  if (!isConstantIntValue(walk.step, 1)) {
    bool words = strategy.masks && (element.isF32() || element.isInteger(32));
    return words ? fromStored(b, gather(place, indices, walk.step, mask), element) : readLanes(place, indices, mask);
  }
  VectorType type = vectorOf(storedType(element));
  Value index = storedIndex(b, place, indices);
  Value stored =
      mask ? vector::MaskedLoadOp::create(b, type, place.memref, index, uniform(mask), zero(type.getElementType()))
                 .getResult()
           : vector::LoadOp::create(b, type, place.memref, index).getResult();
  return fromStored(b, stored, element);
}

void VectorRegion::write(const Place &place, ArrayRef<At> indices, Value value, Value mask) {
  Walk walk = walkOf(b, place, indices);
  value = uniform(value);
  bool inOrder = walk.even && walk.step && isConstantIntValue(walk.step, 1);
  if (inOrder && (!mask || canMask(place.type.getElementType()))) {
    Value stored = toStored(b, strategy, value, place.type.getElementType()), index = storedIndex(b, place, indices);
    if (mask)
      vector::MaskedStoreOp::create(b, place.memref, index, uniform(mask), stored);
    else
      vector::StoreOp::create(b, stored, place.memref, index);
    return;
  }
  for (int64_t l = 0; l != strategy.lanes; ++l) {
    auto store = [&]() -> SmallVector<Value> {
      Value constant = arith::ConstantIndexOp::create(b, l);
      auto own = llvm::map_to_vector(indices, [&](At at) { return lane(at, constant); });
      storeElement(b, place, linearIndex(b, place, own), vector::ExtractOp::create(b, value, l));
      return {};
    };
    if (mask)
      when(b, vector::ExtractOp::create(b, uniform(mask), l), {}, store);
    else
      store();
  }
}

// ---- terms ----

Value VectorRegion::term(IndexOp op, ArrayRef<At> indices, Value mask) {
  if (std::optional<Value> value = termInVectors(*this, frame, op, indices, mask))
    return *value;
  // What the term uses of the region around it is a vector, and a scalar in each lane.
  llvm::SetVector<Value> outside;
  getUsedValuesDefinedAbove(op->getRegions(), outside);
  Type scalar = scalarOf(getElementTypeOrSelf(op.getResult(0)));
  return eachLane(scalar, mask ? uniform(mask) : mask, [&](Value l) {
    SmallVector<std::pair<Value, Value>> vectors;
    for (Value used : outside)
      if (Value value = frame.scalars.lookup(used); value && isa<VectorType>(value.getType())) {
        vectors.push_back({used, value});
        frame.scalars[used] = vector::ExtractOp::create(b, value, OpFoldResult(l));
      }
    auto dims = llvm::map_to_vector(indices, [&](At at) { return lane(at, l); });
    Value made = IndexLoops(frame, op).value(dims)[0];
    for (auto [used, value] : vectors)
      frame.scalars[used] = value;
    return made;
  });
}

} // namespace heed
