// How often each word stands in texts, which is all that learning looks at. In: files, read once, in parts. Out: words
// with counts, in the order of their bytes.
#pragma once

#include "runtime/tokenizer/learn/Learning.h"

namespace heed::runtime {

struct CountedWord {
  std::string text;
  int64_t count;
};

/// Words as the kind of vocabulary cuts them: by the very stages that its tokenizer has.
Result<std::vector<CountedWord>> countWords(const std::vector<std::string> &files, const LearnOptions &, ThreadPool &,
                                            const Progress &);

} // namespace heed::runtime
