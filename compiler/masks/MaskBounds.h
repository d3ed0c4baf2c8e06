// Which blocks of keys a block of rows sees. In: the condition of an attention, the bounds of its indices, how rows and
// keys are cut into blocks. Out: intervals of key blocks, affine in the row block, the other indices and the sizes.
// Never: code, memory, or a bound that is too tight; what can't be told exactly is a superset.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/AffineMap.h"

namespace heed {

/// One index, cut into blocks: block x holds the values x * block up to (x + 1) * block, as far as the index goes.
struct BlockAxis {
  unsigned dim;
  int64_t block;
};

/// The key blocks from the greatest of `lower` to the least of `upper`, both included, where every result of `guard` is
/// >= 0; none otherwise. The maps' dims are the indices of the attention, with the number of the row block in place of
/// the row's index; that of keys and the `inner` ones are not used. Their symbols are `Bounds::symbols`.
struct Interval {
  mlir::AffineMap guard, lower, upper;
  bool operator==(const Interval &) const = default;
};

/// A key block is *visited* where one of `visited` has it: all others hold no visible pair of row and key. It is
/// *broken*, and must test pair by pair, where one of `broken` has it too: in all others every pair that exists is
/// visible. Intervals may overlap, and `broken` may have blocks that are not visited.
struct Bounds {
  llvm::SmallVector<Interval> visited, broken;
  llvm::SmallVector<SizeExpr> symbols;

  /// Whatever the sizes, every visited block is broken, or none.
  bool alwaysBroken() const { return visited == broken; }
  bool neverBroken() const { return broken.empty(); }
};

struct MaskQuestion {
  ConditionAttr where;                    // dims are the indices; symbols past `symbols` are data, of any value
  llvm::SmallVector<SizeExpr> extents;    // per index
  llvm::SmallVector<SizeExpr> symbols;    // what the symbols of `where` are
  BlockAxis rows, keys;                   // swap the two to ask which row blocks see a key block
  llvm::SmallVector<unsigned> inner = {}; // further indices that run over all of their values within one block
  bool padded = false;                    // keys past the extent count as hidden: breaks the last block, if not full
};

/// Rational projection of each conjunction of the mask (visited) and of its negation (broken). Sound always: what is
/// not affine, reads data, or has numbers of 2^31 and more counts as true in both. Exact where the conditions compare
/// differences of row and key, or one of them, with sizes and constants. A mask or a negation of more than 16
/// conjunctions, or an interval list longer than 8, becomes the interval of all key blocks. Row blocks must exist: 0 <=
/// block number, first row < extent.
Bounds maskBounds(const MaskQuestion &);

/// The question that an attention asks. Where a region decides on visibility too, every visited block is broken.
Bounds maskBounds(AttendOp, BlockAxis rows, BlockAxis keys, llvm::ArrayRef<unsigned> inner = {}, bool padded = false);

} // namespace heed
