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
/// The depth of a contraction; `paired`: with the zeros that fill up the last step of tile registers.
SizeExpr depthOf(Contraction &, bool paired);

/// Rows of A, a block of them at a time.
class RowsOfA {
public:
  /// Of `most` rows at most. `made`: an op of the kernel writes them, row by row, to `placeFor`. `paired`: for tile
  /// registers, in bf16 and filled up with zeros.
  RowsOfA(Frame &, const CpuStrategy &, Contraction &, const SizeExpr &most, bool made, bool paired);

  /// The block that begins at row `from`; `dims` holds the batch indices.
  void begin(mlir::Value from, const Dims &dims);
  /// Copies rows [from, to), unless they are in place or made.
  void fill(mlir::Value to, const Dims &dims);
  /// The rows from `row` on, of the block begun last, from depth `k` on.
  Matrix at(mlir::Value row, mlir::Value k);

  /// Where an op writes a row, a tensor of this type in f32; once it has, the row is `keep`t.
  Place placeFor(mlir::RankedTensorType, unsigned fixed, mlir::Value row);
  void keep(const Place &, mlir::Value row);

private:
  bool areInPlace();
  void copyRow(mlir::Value row, Dims dims);
  void fillUp(mlir::Value row);
  mlir::Value rowOffset(mlir::Value row);

  Frame &frame;
  const CpuStrategy &strategy;
  Contraction &contraction;
  mlir::ImplicitLocOpBuilder &b;
  AccessAttr access;
  bool made, paired;
  mlir::Value depth, width;  // width: with what it is filled up
  mlir::Value block;         // scratch, (most, width); null: in place
  mlir::Value first, origin; // the block's first row; in place, where its element (0, 0) of all rows lies
};

/// Panels of B.
class PanelsOfB {
public:
  /// Panels come in pieces of `most` rows. `paired`: for tile registers, as they are stored.
  PanelsOfB(Frame &, const CpuStrategy &, Contraction &, const SizeExpr &most, bool paired);

  struct Panel {
    mlir::Value from, to;         // columns
    mlir::Value k, depth;         // of this piece
    std::optional<Matrix> stored; // as it lies in memory, if it has the shape of a panel there
    std::optional<Matrix> packed; // as it lies in scratch memory
    mlir::Value isStored;         // i1: which of them is to be read; null: `stored`
    mlir::Value isWidened;        // i1: by the block's first tile, which reads it as stored; null: never
  };
  /// Where a panel lies, and which columns it has.
  struct Columns {
    mlir::Value number, from, to;
  };
  /// Makes `depth` rows from `k` on ready for tiles; `few`: for one tile only. `dims` holds the batch indices.
  Panel prepare(const Columns &, mlir::Value k, mlir::Value depth, mlir::Value few, const Dims &dims);
  /// The product with the panel as B; `first`: i1, by the first tile of a block.
  void multiply(Tiles &, TileProduct, const Panel &, mlir::Value first);
  /// What is stored behind this piece, where panels follow each other in memory.
  std::optional<Matrix> behind(const Panel &);

  /// The layout that stores panels as tiles read them, each with columns of one choice of all but the last column
  /// index; or in pairs, as tile registers do. Null where there is none.
  static LayoutAttr layoutFor(const CpuStrategy &, Contraction &, bool paired);

private:
  void widen(const Panel &);
  void packStored(const Panel &, mlir::Value full);
  void packElements(const Panel &, Dims dims);

  Frame &frame;
  const CpuStrategy &strategy;
  Contraction &contraction;
  mlir::ImplicitLocOpBuilder &b;
  AccessAttr access;
  Place place;
  bool isF32, isBf16, paired;
  bool isPacked;      // stored as panels
  mlir::Value stride; // between rows of B, if its rows are stored whole; else null
  mlir::Value depth, width;
  mlir::Value memory; // scratch, for a piece; null: never needed
};

} // namespace heed
