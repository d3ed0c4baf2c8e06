// The two factors of a contraction as tiles want them: rows of A in f32, panels of B. In: tensors as they are stored.
// Out: matrices in place where that will do, else in the thread's scratch memory. Never multiplies.
#pragma once

#include "compiler/codegen/cpu/ContractGroups.h"
#include "compiler/codegen/cpu/Tiles.h"

namespace heed {

/// The values of a contraction's leading indices; null where not chosen.
using Dims = llvm::SmallVector<mlir::Value>;

/// Splits a flattened index over these dims into their values, the last one running fastest.
void unflatten(Frame &, IndexOp, llvm::ArrayRef<unsigned> dims, mlir::Value flat, Dims &into);
/// A loop in steps.
void steps(mlir::ImplicitLocOpBuilder &, llvm::StringRef name, mlir::Value from, mlir::Value to, mlir::Value step,
           llvm::function_ref<void(mlir::Value)> body);
/// min(a, b) of indices.
mlir::Value least(mlir::ImplicitLocOpBuilder &, mlir::Value a, mlir::Value b);
/// Holds in the first `count` lanes; in all or none where that is more or less than there are.
mlir::Value firstLanes(mlir::ImplicitLocOpBuilder &, int64_t lanes, mlir::Value count);

/// Rows of A, a block of them at a time.
class RowsOfA {
public:
  /// Of `most` rows at most. `made`: an op of the kernel writes them, row by row, at `rowOffset`.
  RowsOfA(Frame &, const CpuStrategy &, Contraction &, const SizeExpr &most, bool made);

  /// Whether rows can be read where they are stored.
  static bool areInPlace(Contraction &);

  /// The block that begins at row `from`; `dims` holds the batch indices.
  void begin(mlir::Value from, const Dims &dims);
  /// Copies rows [from, to), unless they are in place or made.
  void fill(mlir::Value to, const Dims &dims);
  /// The rows from `row` on, of the block begun last.
  Matrix at(mlir::Value row);

  mlir::Value memory() const { return block; }
  mlir::Value rowOffset(mlir::Value row);

private:
  void copyRow(mlir::Value row, Dims dims);

  Frame &frame;
  const CpuStrategy &strategy;
  Contraction &contraction;
  mlir::ImplicitLocOpBuilder &b;
  AccessAttr access;
  bool made;
  mlir::Value depth;
  mlir::Value block;         // scratch, (most, depth); null: in place
  mlir::Value first, origin; // the block's first row; in place, where its element (0, 0) of all rows lies
};

/// Panels of B.
class PanelsOfB {
public:
  PanelsOfB(Frame &, const CpuStrategy &, Contraction &);

  struct Panel {
    mlir::Value from, to;         // columns
    mlir::Value few;              // i1: for one tile only
    std::optional<Matrix> stored; // as it lies in memory, if it has the shape of a panel there
    std::optional<Matrix> packed; // as it lies in scratch memory
    mlir::Value isStored;         // i1: which of them is to be read; null: `stored`
  };
  /// Makes the panel ready for tiles; `dims` holds the batch indices.
  Panel prepare(mlir::Value from, mlir::Value to, mlir::Value few, const Dims &dims);
  /// The product with the panel as B.
  void multiply(Tiles &, TileProduct, const Panel &);
  /// The panel behind this one, where panels follow each other in memory.
  std::optional<Matrix> behind(const Panel &);

private:
  void pack(const Panel &, const Dims &dims);
  void packStored(const Panel &, const Matrix &stored, mlir::Value full);
  void packElements(const Panel &, Dims dims);

  Frame &frame;
  const CpuStrategy &strategy;
  Contraction &contraction;
  mlir::ImplicitLocOpBuilder &b;
  AccessAttr access;
  Place place;
  bool isF32, isBf16;
  bool isPacked;      // stored as panels of our width
  mlir::Value stride; // between rows of B, if its rows are stored whole; else null
  mlir::Value depth, width;
  mlir::Value memory; // scratch, (depth, width); null: never needed
};

} // namespace heed
