// Which attention has fast loops. In: an attend op. Out: what each of its indices is for, which term of the score is a
// product of matrices, what becomes of a row of scores; or a sentence that says why not. Never: code, or a change.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace heed {

/// How a row of scores s becomes weights w, with what one pass over the keys can know of it (Milakov and Gimelshein,
/// "Online normalizer calculation for softmax", 2018).
struct RowWeights {
  enum class Family {
    exponential, // w = exp(s - shift), `shift` from logsumexp(s) and what is outside of the row
    shares,      // w = s / sum(s)
    elementwise  // w from s alone
  };
  Family family;
  IndexOp statistic; // the reduction of the row; null: elementwise
  IndexOp last;      // gives the weights
  mlir::Value shift; // within `last`
  bool shiftIsStatistic = false;
};

struct AttendMatch {
  AttendOp op;
  std::optional<unsigned> query;     // the index of rows that share keys and values; none: each has its own
  llvm::SmallVector<unsigned> outer; // all other indices that scores or values know; one choice is one list of keys
  std::optional<unsigned> feature;   // the index that values alone know
  unsigned key;
  IndexOp product; // sum over e of left (without keys) times right (without queries); may be null
  llvm::SmallVector<mlir::Value> left, right; // factors, within its region
  RowWeights weights;
  llvm::SmallPtrSet<mlir::Operation *, 8> ofOuter; // ops of the score that know outer indices only
};

/// Nothing, and the reason as a sentence, where plain loops have to do.
std::optional<AttendMatch> matchAttend(AttendOp, std::string &reason);

/// Accesses and ops of the index op's region that this value of it is made of; `accesses` by number.
struct Ingredients {
  llvm::SmallBitVector accesses;
  llvm::SmallVector<mlir::Operation *> ops; // in order
};
Ingredients ingredientsOf(IndexOp, llvm::ArrayRef<mlir::Value>);

} // namespace heed
