// What the skeleton of contractions asks of a match: which products are finished together, and how a factor lies in
// memory. In: a match. Out: groups, extents, strides. Emits nothing.
#pragma once

#include "compiler/kernels/ContractMatch.h"

namespace heed {

/// Contractions over the same columns, whose results some op reads together, and the ops that read them: one panel of
/// all is computed, then its epilogue, in the order of the block.
struct ContractGroup {
  std::vector<Contraction> products;
  llvm::SmallVector<IndexOp> epilogue;
};
/// None where an op reads results with different columns.
std::optional<std::vector<ContractGroup>> groupsOf(const ContractMatch &);

/// The product of the bounds of these indices.
SizeExpr extentOf(IndexOp, llvm::ArrayRef<unsigned> dims);
/// How far apart elements of a row-major source lie whose flattened index over `dims` differs by 1: none where that is
/// not the same everywhere.
std::optional<SizeExpr> flatStride(IndexOp, AccessAttr, llvm::ArrayRef<unsigned> dims);

} // namespace heed
