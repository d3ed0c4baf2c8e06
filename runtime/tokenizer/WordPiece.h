// WordPiece (Wu et al., 2016; as BERT uses it): the longest token that begins a word, then the longest that goes on.
#pragma once

#include "runtime/tokenizer/Stages.h"
#include "runtime/tokenizer/Trie.h"

namespace heed::runtime {

class WordPiece final : public PieceModel {
public:
  /// `continuing` stands before tokens that go on with a word. A word of more than `longest` characters, or with a part
  /// that no token fits, is `unknown`.
  WordPiece(const std::vector<Trie::Entry> &tokens, const std::string &continuing, int32_t unknown, size_t longest);
  void encode(std::string_view word, std::vector<Unit> &units) const override;

private:
  Trie beginnings, continuations;
  int32_t unknown;
  size_t longest;
};

/// Each piece is a token or unknown.
class WholeWords final : public PieceModel {
public:
  WholeWords(const std::vector<Trie::Entry> &tokens, int32_t unknown) : trie(Trie::of(tokens)), unknown(unknown) {}
  void encode(std::string_view word, std::vector<Unit> &units) const override;

private:
  Trie trie;
  int32_t unknown;
};

} // namespace heed::runtime
