// A model made ready to run: fits this machine, has threads and weights. In: the model, options, what the executable
// carries.
#pragma once

#include "runtime/load/Weights.h"
#include "runtime/program/Options.h"

#include <memory>

namespace heed::runtime {

struct Session {
  const heed_model &model;
  std::unique_ptr<Cpu> cpu;
  Weights weights;
  std::string weightsFrom; // for a person: a path, "this executable", "the initialisers, seed 0"

  /// `embedded` may be null: `heed` compiles in memory and carries nothing.
  static Result<Session> open(const heed_model &, const ModelOptions &, std::shared_ptr<const Embedded> embedded);
};

/// Whether the model speaks this runtime's ABI and this machine has the CPU that it was compiled for.
Result<void> checkModel(const heed_model &);

} // namespace heed::runtime
