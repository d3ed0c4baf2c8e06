// Products whose rows are long, such as logits, and what reads each row of them: computed in turn, so many rows at a
// time, so that they are never there as a whole. In: a block of kernels. Out: which of them go together, and what is
// held of their results.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// Rows of a strip: a multiple of what any tile has, and enough of them to read the weights once more for each strip.
constexpr int64_t stripRows = 288;

/// A contraction and the kernel behind it, which alone reads some of its results, row by row.
struct Strip {
  KernelOp maker, reader;
  llvm::SmallVector<unsigned> held;       // those results of the maker
  llvm::SmallVector<SizeExpr> made, read; // bounds of the indices by which rows are counted, in either kernel
  SizeExpr each;                          // rows of the reader for one choice of them
  int64_t rows;                           // made at a time
};

/// Marks the contractions of a block that can be made in strips, each moved to where its reader stands.
void formStrips(mlir::Block &);
/// The strip that begins with this kernel, if one does, or goes on with it.
std::optional<Strip> stripFrom(KernelOp maker);
std::optional<Strip> stripOf(KernelOp);

/// Bytes that are held of a kernel's result: all, or a strip of it.
SizeExpr bytesHeld(mlir::OpResult);
/// What the producer makes of each row is better kept, for a strip of what it reads can go then: the reader would need
/// all rows at once. Else nothing.
std::string whyNotOutOfStrip(IndexOp producer, IndexOp reader);

} // namespace heed
