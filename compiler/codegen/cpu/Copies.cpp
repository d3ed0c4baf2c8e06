#include "compiler/codegen/cpu/Copies.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {

// ---- loops ----

void steps(ImplicitLocOpBuilder &b, StringRef name, Value from, Value to, Value step, function_ref<void(Value)> body) {
  scf::ForOp::create(b, from, to, step, ValueRange(), [&](OpBuilder &, Location, Value index, ValueRange) {
    index.setLoc(NameLoc::get(b.getStringAttr(name), b.getLoc()));
    body(index);
    scf::YieldOp::create(b);
  });
}

Value least(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::MinSIOp::create(b, x, y); }

// ---- vectors ----

Value firstLanes(ImplicitLocOpBuilder &b, int64_t lanes, Value count) {
  SmallVector<int64_t> numbers = llvm::to_vector(llvm::seq<int64_t>(lanes));
  auto type = VectorType::get(lanes, b.getI64Type());
  Value lane = arith::ConstantOp::create(b, DenseElementsAttr::get(type, ArrayRef(numbers)));
  Value all = vector::BroadcastOp::create(b, type, arith::IndexCastOp::create(b, b.getI64Type(), count).getResult());
  return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, lane, all);
}

Value zeros(ImplicitLocOpBuilder &b, VectorType type) { return arith::ConstantOp::create(b, b.getZeroAttr(type)); }

/// As an op of LLVM: the rounding of arith is written out before LLVM sees it.
Value toStored(ImplicitLocOpBuilder &b, const CpuStrategy &strategy, Value scalars, Type element) {
  auto type = cast<VectorType>(scalars.getType());
  if (!strategy.rounds || !element.isBF16() || !type.getElementType().isF32())
    return toStored(b, scalars, element);
  Value rounded = LLVM::FPTruncOp::create(b, type.clone(element), scalars);
  return arith::BitcastOp::create(b, type.clone(storedType(element)), rounded);
}

Value converted(ImplicitLocOpBuilder &b, const CpuStrategy &strategy, Value elements, Type to) {
  auto from = cast<VectorType>(elements.getType()).getElementType();
  if (from == to)
    return elements;
  auto named = [&](Type stored) { return stored.isInteger(16) ? b.getBF16Type() : stored; }; // no other is stored so
  return toStored(b, strategy, fromStored(b, elements, named(from)), named(to));
}

// ---- memory ----

void copyNeighbours(ImplicitLocOpBuilder &b, const CpuStrategy &strategy, Value from, Value fromOffset, Value to,
                    Value toOffset, Value count) {
  int64_t lanes = strategy.lanes;
  auto type = VectorType::get(lanes, cast<MemRefType>(from.getType()).getElementType());
  Type target = cast<MemRefType>(to.getType()).getElementType();
  Value step = arith::ConstantIndexOp::create(b, lanes), zero = arith::ConstantIndexOp::create(b, 0);
  Value whole = arith::MulIOp::create(b, arith::DivUIOp::create(b, count, step), step);
  auto at = [&](Value offset, Value i) { return arith::AddIOp::create(b, offset, i).getResult(); };
  auto move = [&](Value i) {
    Value elements = vector::LoadOp::create(b, type, from, at(fromOffset, i));
    vector::StoreOp::create(b, converted(b, strategy, elements, target), to, at(toOffset, i));
  };
  constexpr int64_t together = 4; // vectors: moving costs less than counting
  Value many = arith::ConstantIndexOp::create(b, together * lanes);
  Value most = arith::MulIOp::create(b, arith::DivUIOp::create(b, count, many), many);
  steps(b, "i", zero, most, many, [&](Value i) {
    for (int64_t v = 0; v != together; ++v)
      move(at(i, arith::ConstantIndexOp::create(b, v * lanes)));
  });
  steps(b, "i", most, whole, step, move);
  Value some = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, whole, count);
  when(b, some, {}, [&] {
    Value left = arith::SubIOp::create(b, count, whole);
    Value mask = firstLanes(b, lanes, left);
    Value elements = vector::MaskedLoadOp::create(b, type, from, at(fromOffset, whole), mask, zeros(b, type));
    vector::MaskedStoreOp::create(b, to, at(toOffset, whole), mask, converted(b, strategy, elements, target));
    return SmallVector<Value>();
  });
}

} // namespace heed
