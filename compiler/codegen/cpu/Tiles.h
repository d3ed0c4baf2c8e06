// The inner kernels of contractions: a few rows times one panel of columns, every accumulator in a register. In: three
// matrices in memory. Out: a call of a function of the module that multiplies them. All kernels share these functions,
// so code does not grow with their number; a tile knows nothing of what becomes of its result.
#pragma once

#include "compiler/codegen/Frame.h"
#include "compiler/codegen/cpu/CpuStrategy.h"
#include "compiler/codegen/cpu/TileRegisters.h"

namespace heed {

/// Element (i, j) lies at memref[offset + i * stride + j]; all are indices.
struct Matrix {
  mlir::Value memref, offset, stride;
};

/// C = A * B, or C += A * B. Each element of C is one chain of fused multiply-adds over the depth, in order: its bits
/// do not depend on the tile that it falls into, nor on where the depth is cut.
///
/// With A in bf16, tile registers multiply: B is stored in pairs of the depth, the depth is a multiple of theirs, A and
/// C have memory for a multiple of their rows.
struct TileProduct {
  Matrix a;                    // (rows, depth) f32; or bf16
  Matrix b;                    // (depth, columns) f32 or bf16
  Matrix c;                    // (rows, columns) f32
  mlir::Value rows, depth;     // any numbers: rows go through a tile at a time
  int64_t columns;             // a multiple of lanes
  bool accumulate = false;     // start from what C holds
  std::optional<Matrix> ahead; // fetched into the L2 cache meanwhile: one line at row k for each step k of the depth
  std::optional<Matrix> wide;  // of bf16 B: becomes B in f32 meanwhile, row after row; then A has exactly `Tiles::rows`
};

class Tiles {
public:
  Tiles(Frame &frame, const CpuStrategy &strategy) : host(frame.host), b(frame.b), strategy(strategy) {}

  /// The greatest number of rows whose accumulators fit the registers beside a row of B and an element of A.
  static int64_t rows(const CpuStrategy &, int64_t columns);
  /// The same of tile registers.
  static constexpr int64_t rowsOfRegisters = 2 * TileRegisters::rows;
  /// The product, where the builder stands.
  void emit(const TileProduct &);

private:
  struct Kind {
    int64_t columns;
    bool bf16, accumulate, widens, registers;
    llvm::SmallVector<int64_t> sizes(const CpuStrategy &) const;
  };
  static std::string nameOf(Kind);
  mlir::func::FuncOp anyRows(Kind);
  mlir::func::FuncOp exactly(int64_t rows, Kind);
  mlir::Value addressOf(const Matrix &);

  HostCalls &host;
  mlir::ImplicitLocOpBuilder &b;
  const CpuStrategy &strategy;
};

} // namespace heed
