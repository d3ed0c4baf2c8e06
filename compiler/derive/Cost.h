// What an entry costs. In: an entry at stage `heed`. Out: floating-point operations as formulas in the sizes, by block.
//
// An operation is an addition, a multiplication, a division, a maximum or a function of a number, of floats, counted
// once where the interpreter executes it once: a contraction has two at each point. Casts, comparisons, choices, and
// all of integers count nothing.
#pragma once

#include "compiler/derive/Points.h"

namespace heed {

class Cost {
public:
  explicit Cost(EntryOp);

  struct Row {
    std::string block;             // "layers.*.attn"; empty: of the model itself
    SizeExpr turns;                // how often it runs: as many as the loops around it have turns
    SizeExpr operations, products; // of one turn; products: of contractions and attentions, among the operations
    bool atMost = false;           // what data hides is counted
    SizeExpr total() const { return turns * operations; }
  };
  /// In the order in which blocks come first.
  std::vector<Row> rows;
  /// Index ops that no fast form fits.
  llvm::SmallVector<IndexOp> general;
  /// Ops that are not counted.
  llvm::SmallVector<mlir::Operation *> unknown;

  // ---- for the ops' rules ----
  void count(mlir::Operation *);
  void index(IndexOp);
  void attend(AttendOp);
  /// The ops of a region that runs `times` a turn of what is around it.
  void region(mlir::Region &, const SizeExpr &times);

private:
  void add(mlir::Operation *, const SizeExpr &operations, bool isProduct, bool atMost);

  SizeExpr turns = 1;
};

/// Operations of a region's scalars at one point; terms within are not counted.
int64_t operationsIn(mlir::Region &);
/// Whether an arith or math op counts.
bool isOperation(mlir::Operation *);
/// How many operations it takes to fold one more element in.
int64_t operationsOf(Reduction, mlir::Type element);

} // namespace heed
