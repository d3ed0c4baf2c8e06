// One text in the making. In: a language model, the id that stands before the text, a rule of choice. Out: one id after
// the other.
#pragma once

#include "runtime/generate/LanguageModel.h"

namespace heed::runtime {

/// Picks an id by its score. Rules that need bits or settings carry them in an object of their own.
class Chooser {
public:
  virtual ~Chooser() = default;
  virtual int32_t choose(std::span<const float> scores) = 0;
};

/// The highest score; of equals the first.
class Greedy final : public Chooser {
public:
  int32_t choose(std::span<const float> scores) override;
};

class Generation {
public:
  Generation(LanguageModel &model, Chooser &chooser, int32_t start) : model(model), chooser(chooser), sequence{start} {}

  /// Chooses the next id and appends it. Fails where the model does, as at the end of its context.
  Result<int32_t> next();

private:
  LanguageModel &model;
  Chooser &chooser;
  std::vector<int32_t> sequence; // the start, then all that was chosen
};

} // namespace heed::runtime
