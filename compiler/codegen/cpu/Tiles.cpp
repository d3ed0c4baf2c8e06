// Outer products: for each step of the depth a row of B in registers, times one broadcast element per row of A.
#include "compiler/codegen/cpu/Tiles.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace heed {
namespace {

/// The arguments of every tile function, in order. Strides are in elements, the one ahead in bytes. The last one is of
/// functions for any number of rows, or of those that widen.
enum Argument { A, StrideA, B, StrideB, C, StrideC, Depth, Ahead, StrideAhead, Rows, Wide = Rows };

Type pointer(Builder &b) { return LLVM::LLVMPointerType::get(b.getContext()); }

Value advance(ImplicitLocOpBuilder &b, Value address, Type element, Value by) {
  return LLVM::GEPOp::create(b, pointer(b), element, address, ArrayRef<LLVM::GEPArg>{by});
}
Value advance(ImplicitLocOpBuilder &b, Value address, Type element, int64_t by) {
  return by ? LLVM::GEPOp::create(b, pointer(b), element, address, ArrayRef<LLVM::GEPArg>{int32_t(by)}).getResult()
            : address;
}

/// The body of a function with a fixed number of rows.
class Body {
public:
  Body(ImplicitLocOpBuilder &b, ValueRange arguments, int64_t rows, int64_t columns, int64_t lanes, bool bf16)
      : b(b), arguments(arguments), rows(rows), lanes(lanes), vectors(columns / lanes), bf16(bf16), f32(b.getF32Type()),
        elementB(bf16 ? Type(b.getI16Type()) : f32), vector(VectorType::get(lanes, f32)) {}

  void emit(bool accumulate, bool widens) {
    SmallVector<Value> rowsOfA = rowsFrom(A, StrideA), rowsOfC = rowsFrom(C, StrideC);
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(vector));
    SmallVector<Value> carries;
    for (Value row : rowsOfC)
      for (int64_t v = 0; v != vectors; ++v)
        carries.push_back(accumulate ? load(vector, advance(b, row, f32, v * lanes), 4) : zero);
    carries.append({arguments[B], arguments[Ahead]});
    if (widens)
      carries.push_back(arguments[Wide]);

    Value from = arith::ConstantIntOp::create(b, 0, 64), step = arith::ConstantIntOp::create(b, 1, 64);
    auto made = scf::ForOp::create(
        b, from, arguments[Depth], step, carries,
        [&](OpBuilder &, Location, Value k, ValueRange inner) { scf::YieldOp::create(b, addStep(rowsOfA, k, inner)); });
    for (auto [i, sum] : llvm::enumerate(made.getResults().take_front(rows * vectors)))
      LLVM::StoreOp::create(b, sum, advance(b, rowsOfC[i / vectors], f32, i % vectors * lanes), 4);
  }

private:
  Value load(Type type, Value address, unsigned alignment) { return LLVM::LoadOp::create(b, type, address, alignment); }

  SmallVector<Value> rowsFrom(Argument first, Argument stride) {
    SmallVector<Value> addresses{arguments[first]};
    while (int64_t(addresses.size()) < rows)
      addresses.push_back(advance(b, addresses.back(), f32, arguments[stride]));
    return addresses;
  }

  /// bf16 is the upper half of an f32.
  Value loadB(Value address) {
    if (!bf16)
      return load(vector, address, 4);
    auto wide = VectorType::get(lanes, b.getI32Type());
    Value bits = load(VectorType::get(lanes, elementB), address, 2);
    Value shift = arith::ConstantOp::create(b, DenseElementsAttr::get(wide, b.getI32IntegerAttr(16)));
    Value shifted = arith::ShLIOp::create(b, arith::ExtUIOp::create(b, wide, bits), shift);
    return arith::BitcastOp::create(b, vector, shifted);
  }

  SmallVector<Value> addStep(ArrayRef<Value> rowsOfA, Value k, ValueRange carries) {
    SmallVector<Value> next(carries.take_front(rows * vectors)), rowOfB;
    ValueRange addresses = carries.drop_front(next.size());
    Value addressB = addresses[0], ahead = addresses[1], wide = addresses.size() > 2 ? addresses[2] : Value();
    LLVM::Prefetch::create(b, ahead, /*rw=*/0, /*hint=*/2, /*cache=*/1);
    for (int64_t v = 0; v != vectors; ++v)
      rowOfB.push_back(loadB(advance(b, addressB, elementB, v * lanes)));
    for (int64_t v = 0; wide && v != vectors; ++v)
      LLVM::StoreOp::create(b, rowOfB[v], advance(b, wide, f32, v * lanes), 4);
    for (auto [r, address] : llvm::enumerate(rowsOfA)) {
      Value element = vector::BroadcastOp::create(b, vector, load(f32, advance(b, address, f32, k), 4));
      for (int64_t v = 0; v != vectors; ++v)
        next[r * vectors + v] = vector::FMAOp::create(b, element, rowOfB[v], next[r * vectors + v]);
    }
    next.push_back(advance(b, addressB, elementB, arguments[StrideB]));
    next.push_back(advance(b, ahead, b.getI8Type(), arguments[StrideAhead]));
    if (wide)
      next.push_back(advance(b, wide, f32, vectors * lanes));
    return next;
  }

  ImplicitLocOpBuilder &b;
  ValueRange arguments;
  int64_t rows, lanes, vectors;
  bool bf16;
  Type f32, elementB;
  VectorType vector;
};

} // namespace

int64_t Tiles::rows(const CpuStrategy &strategy, int64_t columns) {
  int64_t vectors = columns / strategy.lanes, registers = strategy.masks ? 32 : 16;
  constexpr int64_t addresses = 12; // more rows than that would need more address registers than there are
  return std::clamp<int64_t>((registers - vectors - 1) / vectors, 1, addresses);
}

std::string Tiles::nameOf(Kind kind) {
  return std::to_string(kind.columns) + (kind.bf16 ? ".bf16" : ".f32") + (kind.widens ? ".widen" : "") +
         (kind.accumulate ? ".add" : "");
}

static SmallVector<Type> argumentTypes(Builder &b) {
  Type ptr = pointer(b), i64 = b.getI64Type();
  return {ptr, i64, ptr, i64, ptr, i64, i64, ptr, i64};
}

/// In LLVM's words: what func says of it is lost on the way to llvm.
static void keepOutOfLine(func::FuncOp function) {
  Builder b(function.getContext());
  function->setAttr("passthrough", b.getArrayAttr(b.getStringAttr("noinline")));
}

func::FuncOp Tiles::exactly(int64_t rows, Kind kind) {
  std::string name = "heed.tile." + std::to_string(rows) + "x" + nameOf(kind);
  auto body = [&](ImplicitLocOpBuilder &b, ValueRange arguments) {
    Body(b, arguments, rows, kind.columns, strategy.lanes, kind.bf16).emit(kind.accumulate, kind.widens);
    func::ReturnOp::create(b);
  };
  SmallVector<Type> types = argumentTypes(b);
  if (kind.widens)
    types.push_back(pointer(b));
  func::FuncOp made = host.function(name, types, {}, body);
  keepOutOfLine(made);
  if (kind.widens)
    made.setArgAttr(Wide, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  made.setArgAttr(C, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  return made;
}

/// A full tile, or the rows that are left in tiles of two thirds, a third, one.
func::FuncOp Tiles::anyRows(Kind kind) {
  Type f32 = b.getF32Type();
  auto body = [&](ImplicitLocOpBuilder &b, ValueRange arguments) {
    Value row = arith::ConstantIntOp::create(b, 0, 64);
    int64_t most = rows(strategy, kind.columns), before = 0;
    for (int64_t size : {most, 2 * most / 3, most / 3, int64_t(1)}) {
      if (size == before || size == 0)
        continue;
      before = size;
      func::FuncOp tile = exactly(size, kind);
      Value step = arith::ConstantIntOp::create(b, size, 64);
      Value left = arith::SubIOp::create(b, arguments[Rows], row);
      Value whole = arith::MulIOp::create(b, arith::DivUIOp::create(b, left, step), step);
      Value end = arith::AddIOp::create(b, row, whole);
      scf::ForOp::create(b, row, end, step, ValueRange(), [&](OpBuilder &, Location, Value r, ValueRange) {
        SmallVector<Value> operands(arguments.drop_back());
        operands[A] = advance(b, operands[A], f32, arith::MulIOp::create(b, r, operands[StrideA]).getResult());
        operands[C] = advance(b, operands[C], f32, arith::MulIOp::create(b, r, operands[StrideC]).getResult());
        func::CallOp::create(b, tile, operands);
        scf::YieldOp::create(b);
      });
      row = end;
    }
    func::ReturnOp::create(b);
  };
  SmallVector<Type> types = argumentTypes(b);
  types.push_back(b.getI64Type());
  func::FuncOp made = host.function("heed.tile." + nameOf(kind), types, {}, body);
  keepOutOfLine(made);
  return made;
}

/// The memref's own pointer, so that what LLVM knows of it is not lost, moved by the offset.
Value Tiles::addressOf(const Matrix &matrix) {
  Type i64 = b.getI64Type(), one = LLVM::LLVMArrayType::get(i64, 1), ptr = pointer(b);
  auto descriptor = LLVM::LLVMStructType::getLiteral(b.getContext(), {ptr, ptr, i64, one, one});
  Value whole = UnrealizedConversionCastOp::create(b, descriptor, matrix.memref).getResult(0);
  Value base = LLVM::ExtractValueOp::create(b, whole, ArrayRef<int64_t>{1});
  Type element = cast<MemRefType>(matrix.memref.getType()).getElementType();
  return advance(b, base, element, arith::IndexCastOp::create(b, i64, matrix.offset).getResult());
}

void Tiles::emit(const TileProduct &product) {
  bool bf16 = cast<MemRefType>(product.b.memref.getType()).getElementType().isInteger(16);
  assert(product.columns % strategy.lanes == 0 && "a tile is made of whole vectors");
  assert((bf16 || !product.wide) && "f32 is as wide as it can be");
  Kind kind{product.columns, bf16, product.accumulate, product.wide.has_value()};
  func::FuncOp tile = product.wide ? exactly(rows(strategy, product.columns), kind) : anyRows(kind);
  auto word = [&](Value index) { return arith::IndexCastOp::create(b, b.getI64Type(), index).getResult(); };
  Value a = addressOf(product.a), strideAhead = arith::ConstantIntOp::create(b, 0, 64);
  if (product.ahead) {
    int64_t bytes = cast<MemRefType>(product.ahead->memref.getType()).getElementTypeBitWidth() / 8;
    strideAhead = arith::MulIOp::create(b, word(product.ahead->stride), arith::ConstantIntOp::create(b, bytes, 64));
  }
  func::CallOp::create(b, tile,
                       ValueRange{a, word(product.a.stride), addressOf(product.b), word(product.b.stride),
                                  addressOf(product.c), word(product.c.stride), word(product.depth),
                                  product.ahead ? addressOf(*product.ahead) : a, strideAhead,
                                  product.wide ? addressOf(*product.wide) : word(product.rows)});
}

} // namespace heed
