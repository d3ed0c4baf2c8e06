// Parts of words that are frequent: what Unigram begins with (Kudo, 2018, section 3.2). In: words with counts. Out:
// parts with theirs, by an array of suffixes (Manber and Myers, 1990), sorted as far as a part may be long.
#pragma once

#include "runtime/tokenizer/learn/Corpus.h"

namespace heed::runtime {

struct Substring {
  std::u32string text;
  int64_t count;
};

/// Parts of 2 to `longest` characters that stand at least twice in the texts and that `isToken` takes; of those that
/// stand at the same places only the longest. At most `most`, the ones of highest count times length.
std::vector<Substring> frequentSubstrings(const std::vector<std::pair<std::u32string, int64_t>> &words, size_t longest,
                                          size_t most, bool (*isToken)(std::u32string_view));

} // namespace heed::runtime
