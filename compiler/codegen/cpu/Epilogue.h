// What becomes of a tile: each row of it goes through the ops behind the products, and to memory. In: products in
// buffers. Out: results stored, rounded to their types only there.
#pragma once

#include "compiler/codegen/cpu/Factors.h"

namespace heed {

class Epilogue {
public:
  /// Buffers hold `rows` rows of a panel.
  Epilogue(Frame &, const CpuStrategy &, ContractGroup &, const SizeExpr &rows);

  /// Where a product goes, from the buffer's row `row` on.
  Matrix buffer(unsigned product, mlir::Value row);
  /// Zeros in the first rows of all buffers.
  void clear(mlir::Value rows);
  /// Finishes rows [from, to) of columns [n0, n1); row `first` is the first one in the buffers. `dims` holds the batch
  /// indices.
  void emit(mlir::Value from, mlir::Value to, mlir::Value first, mlir::Value n0, mlir::Value n1, const Dims &dims);

private:
  /// A result of the products or of an op, between them and the memory where it belongs.
  struct Interim {
    mlir::Value value, memory;  // scratch: f32, as wide as a panel
    std::optional<Place> place; // if the kernel yields it
  };
  void emitOp(IndexOp, const Dims &dims, mlir::Value n0, mlir::Value n1);
  void store(const Interim &, mlir::Value offset, mlir::Value n0, mlir::Value n1, const Dims &dims);

  Frame &frame;
  const CpuStrategy &strategy;
  ContractGroup &group;
  mlir::ImplicitLocOpBuilder &b;
  Contraction &contraction;
  llvm::SmallVector<Interim> products, interim; // of the ops: those that are read again
};

} // namespace heed
