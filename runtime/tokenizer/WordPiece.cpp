#include "runtime/tokenizer/WordPiece.h"

#include "runtime/tokenizer/Utf8.h"

namespace heed::runtime {

static std::vector<Trie::Entry> continuing(const std::vector<Trie::Entry> &tokens, const std::string &prefix) {
  std::vector<Trie::Entry> result;
  for (const auto &[text, id] : tokens)
    if (text.size() > prefix.size() && text.starts_with(prefix))
      result.push_back({text.substr(prefix.size()), id});
  return result;
}

WordPiece::WordPiece(const std::vector<Trie::Entry> &tokens, const std::string &prefix, int32_t unknown, size_t longest)
    : beginnings(Trie::of(tokens)), continuations(Trie::of(continuing(tokens, prefix))), unknown(unknown),
      longest(longest) {}

void WordPiece::encode(std::string_view word, std::vector<Unit> &units) const {
  size_t before = units.size();
  bool known = word.size() <= longest || countCharacters(word) <= longest;
  for (size_t begin = 0; known && begin != word.size();) {
    const Trie &trie = begin == 0 ? beginnings : continuations;
    Unit best{-1, uint32_t(begin), uint32_t(begin)};
    Trie::Walk walk;
    for (size_t at = begin; at != word.size() && trie.step(walk, (unsigned char)word[at]); ++at)
      if (int32_t id = trie.value(walk); id >= 0)
        best.id = id, best.end = uint32_t(at + 1);
    known = best.id >= 0;
    if (known)
      units.push_back(best);
    begin = best.end;
  }
  if (known)
    return;
  units.resize(before);
  if (unknown >= 0)
    units.push_back({unknown, 0, uint32_t(word.size())});
}

void WholeWords::encode(std::string_view word, std::vector<Unit> &units) const {
  int32_t id = trie.find(word);
  if (id < 0)
    id = unknown;
  if (id >= 0)
    units.push_back({id, 0, uint32_t(word.size())});
}

} // namespace heed::runtime
