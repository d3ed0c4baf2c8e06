// The files of a vocabulary: one, or one with another that belongs to it. In: a path. Out: a tokenizer, or all of it as
// bytes for an executable to carry.
#pragma once

#include "runtime/load/MappedFile.h"
#include "runtime/tokenizer/Tokenizer.h"

namespace heed::runtime {

class VocabularyFiles {
public:
  /// Whether this is a folder that holds a vocabulary.
  static bool isIn(const std::string &path);
  /// A file, with those that belong to it beside it, or a folder that holds one.
  static Result<VocabularyFiles> open(const std::string &path);
  const std::vector<std::string> &paths() const { return names; }
  MadeTokenizer read(const TokenizerSettings &) const;
  /// What `parseTokenizer` reads.
  std::string join() const;

private:
  std::vector<std::string> names;
  std::vector<MappedFile> mapped;
};

} // namespace heed::runtime
