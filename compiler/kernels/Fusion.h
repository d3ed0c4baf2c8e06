// The patterns by which kernels grow, in the order in which they are tried. In: the groups of a region, each one op.
// Out: the groups that will be kernels. Each pattern says of what it does not apply why not (`declined` of the kernel).
// Moves no op and makes none.
#pragma once

#include "compiler/kernels/Groups.h"
#include "compiler/kernels/SampleSizes.h"

namespace heed {

/// Contractions that multiply the same rows: one kernel reads them once (q, k, v; gate and up).
void mergeSiblings(Groups &);
/// Pointwise readers of a contraction's result, on its indices: bias, activation, residual, gate, cast.
void absorbEpilogues(Groups &);
/// What makes the rows that a contraction multiplies, and nothing else: a norm, a cast.
void absorbPrologues(Groups &);
/// All else: producers, readers and siblings whose rows are the same.
void mergeRows(Groups &, const Sample &typical);

/// The kernel that a group becomes.
KernelKind kindOf(const Groups &, Groups::Id);

} // namespace heed
