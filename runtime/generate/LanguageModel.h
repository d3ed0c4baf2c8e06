// A compiled model as a function from ids to the scores of the next id. In: a model whose entry `forward` takes ids [B,
// T] along the stream and gives scores [B, T, V]. Out: the scores after the last id. Everything is computed anew at
// each call.
#pragma once

#include "runtime/device/Cpu.h"

#include <optional>

namespace heed::runtime {

class LanguageModel {
public:
  /// Everything handed in must outlive this.
  static Result<LanguageModel> make(const heed_model &, const void *weights, Cpu &, uint64_t seed);

  /// How many ids have a score.
  int64_t vocabulary() const { return ids; }
  /// One score an id, valid until the next call. The sequence must not be empty.
  Result<std::span<const float>> scoresAfter(std::span<const int32_t> sequence);

private:
  LanguageModel(const heed_entry &entry, const void *weights, Cpu &cpu, uint64_t seed)
      : entry(&entry), weights(weights), cpu(&cpu), seed(seed) {}

  const heed_entry *entry;
  const void *weights;
  Cpu *cpu;
  uint64_t seed;
  int32_t idInput = 0;
  int64_t ids = 0;
  Workspace workspace;
  std::vector<float> scores;
};

} // namespace heed::runtime
