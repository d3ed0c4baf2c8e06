// What a kernel of contractions is made of. In: an index op, or a kernel of kind `contract`. Out: which accesses and
// indices are A's rows, B's columns and the reduced ones, and which ops come before and after; or a sentence that says
// why it is none. Changes nothing; forming asks it before it merges, and every backend before it chooses a skeleton.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// result[batch, rows, columns] = sum[reduced] A[batch, rows, reduced] * B[batch, columns, reduced]
struct Contraction {
  IndexOp op;
  unsigned a, b;                                             // the accesses
  llvm::SmallVector<unsigned> batch, rows, columns, reduced; // dims of the op

  /// Result indices that come before the columns: batch and rows.
  unsigned outer() const { return batch.size() + rows.size(); }
  mlir::Value sourceA() { return op.getSources()[op.getAccessList()[a].getOperand()]; }
  mlir::Value sourceB() { return op.getSources()[op.getAccessList()[b].getOperand()]; }
};

/// Nothing where it does not match; `why` says the reason then.
std::optional<Contraction> matchContraction(IndexOp, std::string &why);
/// Two contractions multiply the same rows: same tensor, same places in it, same reduced indices.
bool shareA(Contraction &, Contraction &);

/// The ops of a kernel in this order. The prologue makes what the contractions read as A, row by row; the epilogue is
/// pointwise on the indices of the contractions that it reads.
struct ContractMatch {
  unsigned outer; // leading result indices that all ops share
  llvm::SmallVector<IndexOp> prologue;
  std::vector<Contraction> contractions;
  llvm::SmallVector<IndexOp> epilogue;
};
std::optional<ContractMatch> matchContract(KernelOp, std::string &why);

// ---- what may stand in a prologue or an epilogue, op by op: an empty string, or why it may not ----

/// Some access takes an index from data.
bool readsThroughData(IndexOp);
/// Pointwise on all points: no `where`, no condition from data, no index from data.
std::string whyNotPlainPointwise(IndexOp);
/// As an op of the prologue of rows with these bounds.
std::string whyNotPrologue(IndexOp, llvm::ArrayRef<SizeExpr> rows);
/// As an op of an epilogue that reads `made` values of the kernel.
std::string whyNotEpilogue(IndexOp, llvm::function_ref<bool(mlir::Value)> made);

} // namespace heed
