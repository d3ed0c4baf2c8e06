// The weights image of a model: all parameters in the layout its kernels want. In: a checkpoint, an executable's own
// section, or the model's initialisers. Out: one aligned block of bytes, or everything that does not fit, all at once.
#pragma once

#include "runtime/device/Cpu.h"
#include "runtime/load/Checkpoint.h"
#include "runtime/load/Embedded.h"

namespace heed::runtime {

class Weights {
public:
  /// Fills every parameter from its parts. Every tensor that is missing, left over, wrongly shaped or typed is in the
  /// error.
  static Result<Weights> fromCheckpoint(const heed_model &, const Checkpoint &);
  /// Uses the section in place, in the file itself; `embedded.weights` must be there.
  static Result<Weights> fromEmbedded(const heed_model &, std::shared_ptr<const Embedded> embedded);
  /// Runs the model's `initialise` entry.
  static Result<Weights> initialised(const heed_model &, Cpu &, uint64_t seed);

  const std::byte *image() const { return bytes.data(); }
  size_t size() const { return bytes.size(); }
  /// The image as a file, as `heed build` links it into an executable.
  Result<void> write(const std::string &path) const;
  /// The parameters of this model as a safetensors file, under their names in checkpoints.
  Result<void> save(const heed_model &, const std::string &path) const;

private:
  static Result<Weights> allocate(const heed_model &);

  std::span<const std::byte> bytes;
  Buffer own;
  std::shared_ptr<const Embedded> embedded;
};

/// The shape that a checkpoint must hold for one part of a parameter: without the stack's axis if the part is one layer
/// of it, with the part's extent along the last axis, and with the last two axes exchanged where the file holds them
/// so.
Shape storedShape(const heed_parameter &, const heed_part &);

} // namespace heed::runtime
