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
    if (bf16 && rows <= 3) // few rows wait for memory alone: no line is left out, though a step is longer than one
      LLVM::Prefetch::create(b, advance(b, ahead, elementB, vectors * lanes / 2), /*rw=*/0, /*hint=*/2, /*cache=*/1);
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

/// The body of a function for tile registers: as many accumulators as leave one register for a tile of A and one for a
/// tile of B, 2 x 3.
class RegisterBody {
public:
  RegisterBody(ImplicitLocOpBuilder &b, ValueRange arguments, int64_t rows, int64_t columns, bool emulated)
      : b(b), arguments(arguments), registers(b, emulated), down(rows / TileRegisters::rows),
        across(columns / TileRegisters::columns), strideA(bytes(StrideA, 2)), strideB(bytes(StrideB, 4)),
        strideC(bytes(StrideC, 4)) {}

  void emit(bool accumulate) {
    SmallVector<Value> carries;
    for (int64_t i = 0; i != down * across; ++i)
      carries.append(accumulate ? registers.load(addressOfC(i), strideC) : registers.zero());
    carries.append({arguments[B], arguments[Ahead]});
    auto number = [&](int64_t n) -> Value { return arith::ConstantIntOp::create(b, n, 64); };
    auto made = scf::ForOp::create(
        b, number(0), arguments[Depth], number(TileRegisters::depth), carries,
        [&](OpBuilder &, Location, Value k, ValueRange inner) { scf::YieldOp::create(b, addStep(k, inner)); });
    for (int64_t i = 0; i != down * across; ++i)
      registers.store(sumOf(made.getResults(), i), addressOfC(i), strideC);
  }

private:
  Value bytes(Argument stride, int64_t each) {
    return arith::MulIOp::create(b, arguments[stride], arith::ConstantIntOp::create(b, each, 64));
  }
  /// Of tile (i / across, i % across).
  Value addressOfC(int64_t i) {
    Value row = below(arguments[C], strideC, i / across);
    return advance(b, row, b.getF32Type(), i % across * TileRegisters::columns);
  }
  Value below(Value address, Value stride, int64_t tiles) {
    Value rows = arith::ConstantIntOp::create(b, tiles * TileRegisters::rows, 64);
    return advance(b, address, b.getI8Type(), arith::MulIOp::create(b, stride, rows).getResult());
  }
  SmallVector<Value> sumOf(ValueRange values, int64_t i) {
    return SmallVector<Value>(values.slice(i * registers.valuesOfSum(), registers.valuesOfSum()));
  }

  SmallVector<Value> addStep(Value k, ValueRange carries) {
    Type i16 = b.getI16Type();
    Value addressB = carries[carries.size() - 2], ahead = carries.back();
    for (int64_t i = 0; i != TileRegisters::depth; ++i) {
      LLVM::Prefetch::create(b, ahead, /*rw=*/0, /*hint=*/2, /*cache=*/1);
      ahead = advance(b, ahead, b.getI8Type(), arguments[StrideAhead]);
    }
    Value stepOfA = advance(b, arguments[A], i16, k);
    SmallVector<Value> next;
    for (int64_t r = 0; r != down; ++r) {
      TileRegisters::Factor a = registers.loadFactor(below(stepOfA, strideA, r), strideA);
      for (int64_t v = 0; v != across; ++v) {
        Value tileOfB = advance(b, addressB, i16, v * 2 * TileRegisters::columns);
        next.append(registers.multiply(sumOf(carries, r * across + v), a, registers.loadFactor(tileOfB, strideB)));
      }
    }
    Value pairs = arith::ConstantIntOp::create(b, TileRegisters::depth / 2, 64);
    next.push_back(advance(b, addressB, b.getI8Type(), arith::MulIOp::create(b, strideB, pairs).getResult()));
    next.push_back(ahead);
    return next;
  }

  ImplicitLocOpBuilder &b;
  ValueRange arguments;
  TileRegisters registers;
  int64_t down, across;
  Value strideA, strideB, strideC; // in bytes; of B, between pairs
};

} // namespace

/// Numbers of rows that one function is for, from the greatest. Tile registers take rows that are not there along.
SmallVector<int64_t> Tiles::Kind::sizes(const CpuStrategy &strategy) const {
  if (registers)
    return {rowsOfRegisters, TileRegisters::rows};
  int64_t most = rows(strategy, columns);
  SmallVector<int64_t> all{most, 2 * most / 3, most / 3, 1};
  llvm::erase(all, 0);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

int64_t Tiles::rows(const CpuStrategy &strategy, int64_t columns) {
  int64_t vectors = columns / strategy.lanes, registers = strategy.masks ? 32 : 16;
  constexpr int64_t addresses = 12; // more rows than that would need more address registers than there are
  return std::clamp<int64_t>((registers - vectors - 1) / vectors, 1, addresses);
}

std::string Tiles::nameOf(Kind kind) {
  return std::to_string(kind.columns) +
         (kind.registers ? ".registers"
          : kind.bf16    ? ".bf16"
                         : ".f32") +
         (kind.widens ? ".widen" : "") + (kind.accumulate ? ".add" : "");
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
    if (kind.registers)
      RegisterBody(b, arguments, rows, kind.columns, strategy.emulated).emit(kind.accumulate);
    else
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

/// A full tile, or the rows that are left in tiles of two thirds, a third, one; of tile registers, of a half.
func::FuncOp Tiles::anyRows(Kind kind) {
  Type f32 = b.getF32Type(), elementA = kind.registers ? Type(b.getI16Type()) : f32;
  auto body = [&](ImplicitLocOpBuilder &b, ValueRange arguments) {
    Value row = arith::ConstantIntOp::create(b, 0, 64);
    SmallVector<int64_t> sizes = kind.sizes(strategy);
    for (int64_t size : sizes) {
      func::FuncOp tile = exactly(size, kind);
      Value step = arith::ConstantIntOp::create(b, size, 64);
      Value left = arith::SubIOp::create(b, arguments[Rows], row);
      bool beyond = kind.registers && size == sizes.back();
      Value tiles = beyond ? arith::CeilDivUIOp::create(b, left, step).getResult()
                           : arith::DivUIOp::create(b, left, step).getResult();
      Value whole = arith::MulIOp::create(b, tiles, step);
      Value end = arith::AddIOp::create(b, row, whole);
      scf::ForOp::create(b, row, end, step, ValueRange(), [&](OpBuilder &, Location, Value r, ValueRange) {
        SmallVector<Value> operands(arguments.drop_back());
        operands[A] = advance(b, operands[A], elementA, arith::MulIOp::create(b, r, operands[StrideA]).getResult());
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
  bool registers = cast<MemRefType>(product.a.memref.getType()).getElementType().isInteger(16);
  Kind kind{product.columns, bf16, product.accumulate, product.wide.has_value(), registers};
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
