// AMX: registers that hold a tile of a matrix, 16 rows of 64 bytes, and multiply such tiles of bf16 into one of f32
// (Intel SDM, volume 1, chapter 18). In: addresses. Out: ops on registers or, for tests on processors without them, the
// same sums in loops. Every step of the depth adds two products, the lower element of the pair first.
#pragma once

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace heed {

class TileRegisters {
public:
  static constexpr int64_t rows = 16, columns = 16; // of f32
  static constexpr int64_t depth = 32;              // of bf16

  TileRegisters(mlir::ImplicitLocOpBuilder &b, bool emulated) : b(b), emulated(emulated) {}

  using Value = mlir::Value;
  /// A tile of f32: its register or, emulated, its rows as vectors.
  using Sum = llvm::SmallVector<Value>;
  /// A tile of bf16: its register or, emulated, where it lies.
  struct Factor {
    Value tile, address, stride;
  };

  int64_t valuesOfSum() const { return emulated ? rows : 1; }
  Sum zero();
  /// Rows lie `stride` bytes apart.
  Sum load(Value address, Value stride);
  void store(llvm::ArrayRef<Value> sum, Value address, Value stride);
  /// Of A: rows of 32 neighbours along the depth. Of B: rows of 16 pairs of neighbours along the depth.
  Factor loadFactor(Value address, Value stride);
  Sum multiply(llvm::ArrayRef<Value> sum, const Factor &a, const Factor &b);

private:
  Value intrinsic(llvm::StringRef name, mlir::Type result, mlir::ValueRange operands);
  Value word(int64_t);
  Value row(Value address, Value stride, Value number);

  mlir::ImplicitLocOpBuilder &b;
  bool emulated;
};

} // namespace heed
