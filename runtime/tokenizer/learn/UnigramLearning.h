// Learning of the unigram language model (Kudo, 2018): many frequent parts of words to begin with; expectation
// maximisation of their probabilities; then, again and again, those go that are missed least. In: words with counts.
// Out: tokens with the logarithms of their probabilities.
#pragma once

#include "runtime/tokenizer/learn/Corpus.h"

namespace heed::runtime {

struct ScoredToken {
  std::string text;
  double score;
};

/// `size` tokens at most, best first; every character that isn't very rare is one.
Result<std::vector<ScoredToken>> learnUnigram(const std::vector<CountedWord> &, size_t size, ThreadPool &,
                                              const Progress &);

} // namespace heed::runtime
