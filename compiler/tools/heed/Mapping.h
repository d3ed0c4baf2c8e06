// Whether a checked program and a checkpoint fit, before anything is compiled. In: parameters with their stored names.
// Out: the same description that a compiled model has of them, for the runtime's own comparison.
#pragma once

#include "lang/check/Checked.h"
#include "runtime/load/Checkpoint.h"

namespace heed::tools {

/// Nothing missing, left over, wrongly shaped or typed; else an error that lists everything. `precision` is the type of
/// elements that the program leaves open.
runtime::Result<void> matchCheckpoint(const checked::Program &, const std::string &precision,
                                      const runtime::Checkpoint &);

} // namespace heed::tools
