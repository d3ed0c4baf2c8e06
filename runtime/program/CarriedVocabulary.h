// The vocabulary that a verb uses. In: a path, which may be empty; the sections of the executable. Out: a tokenizer.
#pragma once

#include "runtime/load/Embedded.h"
#include "runtime/tokenizer/Tokenizer.h"

namespace heed::runtime {

/// Of the file or folder, else the one within the executable, which messages call `owner`.
inline MadeTokenizer vocabularyOf(const std::string &path, const TokenizerSettings &settings, const Embedded *embedded,
                                  const std::string &owner = "this executable") {
  if (!path.empty())
    return openTokenizer(path, settings);
  if (embedded && embedded->tokenizer)
    return parseTokenizer(fmt::format("the section `{}` of this executable", Embedded::tokenizerSection),
                          *embedded->tokenizer);
  return failure("{} carries no vocabulary; name a file with `--tokenizer`", owner);
}

} // namespace heed::runtime
