// Stored tensors into parameters. First all of a model's parts are matched with a checkpoint's tensors, then values are
// moved.
#pragma once

#include "runtime/abi/heed.h"
#include "runtime/load/Checkpoint.h"

namespace heed::runtime {

/// Nothing missing, nothing left over, every shape and type as the model wants it; else an error that lists every
/// disagreement.
Result<void> matchParts(const heed_model &, const Checkpoint &);

/// Converts, transposes, joins and packs into the image, whose padding is zero already. The checkpoint must match.
/// Fails on integers that do not fit, and on copies of one tensor that differ.
Result<void> placeParts(const heed_model &, const Checkpoint &, std::byte *image);

} // namespace heed::runtime
