// What `normalise` does to one index op, subject by subject. Each function may be called on any index op, nested ones
// too.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// Simplifies maps, guards and `where` under the constant bounds of the indices. SimplifyMaps.cpp
void simplifyMaps(IndexOp);
/// Merges equal accesses, removes unread ones, and operands that no access reads. PruneAccesses.cpp
void pruneAccesses(IndexOp);
/// The normal form. FormOf.cpp
Form formOf(IndexOp);

/// The result index along which a reduction has running values: it is up to which, or with `backwards` from which, the
/// only reduced index goes, with or without the element there. Of form `prefix`, or the same from the end.
struct RunningAxis {
  unsigned dim;
  bool inclusive, backwards;
};
std::optional<RunningAxis> runningAxis(IndexOp);

/// The first symbol that stands for data in the op's maps and sets: symbol `firstData(op) + k` is the integer that
/// access k gives.
inline unsigned firstData(IndexOp op) { return op.getSymbols().size(); }

} // namespace heed
