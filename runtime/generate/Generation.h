// One text in the making. In: a language model, the ids that the text begins with, a rule of choice. Out: one id after
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
  /// Goes on with `beginning`, which is not empty; chooses from the first `choices` ids, where the model has more.
  Generation(LanguageModel &model, Chooser &chooser, std::vector<int32_t> beginning, int64_t choices)
      : model(model), chooser(chooser), sequence(std::move(beginning)), choices(size_t(choices)) {}

  /// Chooses the next id and appends it. Fails where the model does, as at the end of its context.
  Result<int32_t> next();
  /// All of the text so far.
  std::span<const int32_t> ids() const { return sequence; }

private:
  LanguageModel &model;
  Chooser &chooser;
  std::vector<int32_t> sequence; // the beginning, then all that was chosen
  size_t choices;
};

} // namespace heed::runtime
