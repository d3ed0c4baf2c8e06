// What a row of attention is. In: an attend op. Out: which of its indices decide what keys are seen and how they score.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// For every index of the op: `where`, `visible`, score or weights use it.
llvm::SmallVector<bool> indicesOfRow(AttendOp);

} // namespace heed
