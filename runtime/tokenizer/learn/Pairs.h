// Learning of byte-pair encoding (Sennrich et al., 2016): again and again, the most frequent pair of neighbours becomes
// a token. In: words with counts, as symbols of an alphabet. Out: merges. Counts are kept up to date word by word, so
// a merge costs what it changes.
#pragma once

#include "runtime/tokenizer/learn/Corpus.h"

namespace heed::runtime {

struct PairLearning {
  std::vector<std::string> tokens; // begins with the alphabet; merges add to it
  std::vector<std::pair<int32_t, int32_t>> merges;
  std::string continuing; // stands before a token that goes on with a word; its tokens join without

  struct Word {
    std::vector<int32_t> symbols;
    int64_t count;
  };
  /// Until there are `size` tokens, or no pair is as frequent as that. Of equally frequent pairs the one goes first
  /// whose left, then right id is lower, as in the library tokenizers.
  void learn(std::vector<Word> words, size_t size, int64_t frequency, const Progress &);
};

} // namespace heed::runtime
