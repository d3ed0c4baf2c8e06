// Choosing, and appending what was chosen.
#include "runtime/generate/Generation.h"

namespace heed::runtime {

int32_t Greedy::choose(std::span<const float> scores) {
  size_t best = 0;
  for (size_t i = 1; i < scores.size(); ++i)
    if (scores[i] > scores[best])
      best = i;
  return int32_t(best);
}

Result<int32_t> Generation::next() {
  Result<std::span<const float>> scores = model.scoresAfter(sequence);
  if (!scores)
    return scores.error();
  sequence.push_back(chooser.choose(scores->first(std::min(choices, scores->size()))));
  return sequence.back();
}

} // namespace heed::runtime
