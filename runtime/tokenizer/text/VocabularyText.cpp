// BERT's `vocab.txt`: a token a line, its id the number of the line (Devlin et al., 2019).
#include "runtime/tokenizer/Pipeline.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/Vocabularies.h"
#include "runtime/tokenizer/WordPiece.h"
#include "runtime/tokenizer/text/TextStages.h"
#include "runtime/tokenizer/text/VocabularySettings.h"

#include <map>

namespace heed::runtime {
namespace {

constexpr size_t longestWord = 100; // characters; a longer word is unknown
constexpr size_t mostTokens = 1 << 24;

/// Punctuation that English writes without a space before it.
bool leansLeft(std::string_view token) {
  return token == "." || token == "," || token == "?" || token == "!" || token == "'";
}

Result<std::vector<std::string>> linesOf(const std::string &name, std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    std::string whole(line);
    if (!isUtf8(whole))
      return failure("{}: line {}: is no UTF-8", name, lines.size() + 1);
    if (lines.size() == mostTokens)
      return failure("{}: has more than {} lines", name, mostTokens);
    lines.push_back(std::move(whole));
  }
  return lines;
}

} // namespace

MadeTokenizer readWordPiece(const VocabularyFile &file, const VocabularySettings &settings) {
  const std::string &name = file.name;
  Result<std::vector<std::string>> lines = linesOf(name, file.text);
  if (!lines)
    return lines.error();
  std::map<std::string_view, int32_t> ids;
  std::vector<Trie::Entry> entries;
  for (size_t i = 0; i != lines->size(); ++i) {
    auto [known, fresh] = ids.try_emplace((*lines)[i], int32_t(i));
    if (!fresh)
      return failure("{}: line {}: the token {} stands in line {} already", name, i + 1, ticked((*lines)[i]),
                     known->second + 1);
    if ((*lines)[i].empty())
      return failure("{}: line {}: is empty; a token was expected", name, i + 1);
    entries.push_back({(*lines)[i], int32_t(i)});
  }
  auto idOf = [&](std::string_view token) { return ids.contains(token) ? ids.at(token) : -1; };
  for (std::string_view token : {"[UNK]", "[CLS]", "[SEP]"})
    if (idOf(token) < 0)
      return failure("{}: has no token `{}`, which a WordPiece vocabulary needs", name, token);

  Pipeline::Parts parts;
  parts.name = name;
  if (Result<void> there = parts.libraries.need(Library::Unicode); !there)
    return failure("{}: {}", name, there.error().text);
  parts.special.resize(lines->size());
  for (std::string_view token : {"[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"})
    if (int32_t id = idOf(token); id >= 0) {
      parts.special[size_t(id)] = true;
      parts.added.push_back({.text = std::string(token), .id = id, .special = true});
    }
  bool lower = settings.lowerCase.value_or(true);
  parts.normaliser = bertNormaliser({.setIdeographsApart = settings.setIdeographsApart.value_or(true),
                                     .stripAccents = settings.stripAccents.value_or(lower),
                                     .lowerCase = lower,
                                     .asWords = true});
  parts.splitter = bertSplitter();
  parts.model = std::make_unique<WordPiece>(entries, "##", idOf("[UNK]"), longestWord);
  int32_t begin = idOf("[CLS]"), between = idOf("[SEP]");
  parts.around.one = {begin, Template::first, between};
  parts.around.two = {begin, Template::first, between, {Template::second, 1}, {between, 1}};
  parts.padding.id = idOf("[PAD]");
  parts.start = begin, parts.ends = {between};
  parts.pieces = PackedTexts(*lines);
  parts.decode = [](const auto &pieces, int32_t id, int32_t previous) {
    std::string token(pieces[size_t(id)]);
    if (token.starts_with("##") && token.size() > 2)
      return token.substr(2);
    bool joined = previous < 0 || leansLeft(token) || pieces[size_t(previous)] == "'";
    return joined ? token : " " + token;
  };
  if (Result<void> set = settings.into(parts, true); !set)
    return set.error();
  return std::unique_ptr<Tokenizer>(std::make_unique<Pipeline>(std::move(parts)));
}

} // namespace heed::runtime
