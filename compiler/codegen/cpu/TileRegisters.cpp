#include "compiler/codegen/cpu/TileRegisters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {

static Type registerType(Builder &b) { return LLVM::LLVMX86AMXType::get(b.getContext()); }

Value TileRegisters::intrinsic(StringRef name, Type result, ValueRange operands) {
  auto full = b.getStringAttr("llvm.x86." + name + ".internal");
  if (result)
    return LLVM::CallIntrinsicOp::create(b, result, full, operands).getResult(0);
  LLVM::CallIntrinsicOp::create(b, full, operands);
  return {};
}

Value TileRegisters::word(int64_t value) { return arith::ConstantIntOp::create(b, value, 16); }

Value TileRegisters::row(Value address, Value stride, Value number) {
  Value by = arith::MulIOp::create(b, stride, number);
  return LLVM::GEPOp::create(b, address.getType(), b.getI8Type(), address, ArrayRef<LLVM::GEPArg>{by});
}

TileRegisters::Sum TileRegisters::zero() {
  auto type = VectorType::get(columns, b.getF32Type());
  if (emulated)
    return Sum(rows, arith::ConstantOp::create(b, b.getZeroAttr(type)));
  return {intrinsic("tilezero", registerType(b), {word(rows), word(columns * 4)})};
}

TileRegisters::Sum TileRegisters::load(Value address, Value stride) {
  if (!emulated)
    return {intrinsic("tileloadd64", registerType(b), {word(rows), word(columns * 4), address, stride})};
  Sum sum;
  for (int64_t r = 0; r != rows; ++r)
    sum.push_back(LLVM::LoadOp::create(b, VectorType::get(columns, b.getF32Type()),
                                       row(address, stride, arith::ConstantIntOp::create(b, r, 64)), 4));
  return sum;
}

void TileRegisters::store(ArrayRef<Value> sum, Value address, Value stride) {
  if (!emulated) {
    intrinsic("tilestored64", {}, {word(rows), word(columns * 4), address, stride, sum[0]});
    return;
  }
  for (auto [r, vector] : llvm::enumerate(sum))
    LLVM::StoreOp::create(b, vector, row(address, stride, arith::ConstantIntOp::create(b, r, 64)), 4);
}

TileRegisters::Factor TileRegisters::loadFactor(Value address, Value stride) {
  if (emulated)
    return {{}, address, stride};
  return {intrinsic("tileloadd64", registerType(b), {word(rows), word(depth * 2), address, stride}), address, stride};
}

TileRegisters::Sum TileRegisters::multiply(ArrayRef<Value> sum, const Factor &a, const Factor &factorB) {
  if (!emulated)
    return {intrinsic("tdpbf16ps", registerType(b),
                      {word(rows), word(columns * 4), word(depth * 2), sum[0], a.tile, factorB.tile})};
  Type i32 = b.getI32Type(), f32 = b.getF32Type();
  auto words = VectorType::get(columns, i32), floats = VectorType::get(columns, f32);
  // bf16 is the upper half of an f32: those of a pair as two floats.
  auto halves = [&](Value pair, Type whole, Type real) -> std::array<Value, 2> {
    auto constant = [&](int32_t value) -> Value {
      Attribute element = b.getI32IntegerAttr(value);
      auto vector = dyn_cast<VectorType>(whole);
      return arith::ConstantOp::create(b, vector ? cast<TypedAttr>(DenseElementsAttr::get(vector, element))
                                                 : cast<TypedAttr>(element));
    };
    Value low = arith::ShLIOp::create(b, pair, constant(16)), high = arith::AndIOp::create(b, pair, constant(-65536));
    return {arith::BitcastOp::create(b, real, low), arith::BitcastOp::create(b, real, high)};
  };
  auto number = [&](int64_t n) -> Value { return arith::ConstantIntOp::create(b, n, 64); };
  auto made = scf::ForOp::create(
      b, number(0), number(depth / 2), number(1), sum, [&](OpBuilder &, Location, Value pair, ValueRange before) {
        Value pairs = LLVM::LoadOp::create(b, words, row(factorB.address, factorB.stride, pair), 4);
        std::array<Value, 2> columnsOfB = halves(pairs, words, floats);
        Sum after;
        for (int64_t r = 0; r != rows; ++r) {
          Value place = row(row(a.address, a.stride, number(r)), number(4), pair);
          std::array<Value, 2> elements = halves(LLVM::LoadOp::create(b, i32, place, 4), i32, f32);
          Value added = before[r];
          for (auto [element, columns] : llvm::zip(elements, columnsOfB))
            added = vector::FMAOp::create(b, vector::BroadcastOp::create(b, floats, element), columns, added);
          after.push_back(added);
        }
        scf::YieldOp::create(b, after);
      });
  return Sum(made.getResults());
}

} // namespace heed
