// Stored tensors into parameters and back. First all of a model's parts are matched with a checkpoint's tensors, then
// values are moved.
#pragma once

#include "runtime/abi/heed.h"
#include "runtime/load/Checkpoint.h"

namespace heed::runtime {

/// Nothing missing, nothing left over or wanted twice, every shape and type as the model wants it, copies equal; else
/// an error that lists every disagreement.
Result<void> matchParts(const heed_model &, const Checkpoint &);

/// Converts, transposes, joins and packs into the image, whose padding is zero already. The checkpoint must match.
/// Fails on integers that do not fit.
Result<void> placeParts(const heed_model &, const Checkpoint &, std::byte *image);

/// Whether every value is a finite number; else the first tensor of a checkpoint, and the first element of it, that is
/// none. `from` is what messages call where the values came from.
Result<void> checkFinite(const heed_model &, const std::byte *image, const std::string &from);

/// The way back: every part under its stored name, in the parameter's type, as a safetensors file.
Result<void> writeParts(const heed_model &, const std::byte *image, const std::string &path);

} // namespace heed::runtime
