#include "runtime/tokenizer/text/JsonModel.h"

#include "runtime/tokenizer/ByteAlphabet.h"
#include "runtime/tokenizer/Unigram.h"
#include "runtime/tokenizer/WordPiece.h"

#include <cmath>

namespace heed::runtime {

// ---- reading ----

std::string JsonVocabulary::begin(const std::string &section, bool isList) {
  if (depth == 0)
    inMerges = section == "merges", isTable = !isList;
  if (depth == 0 && inMerges && !isList)
    return "`merges` is an object; a list was expected";
  if (depth != 0 && (isTable || !isList || depth == 2))
    return "a token, a score or an id was expected";
  words.clear(), token.clear();
  ++depth;
  return "";
}

std::string JsonVocabulary::addRule(std::string_view left, std::string_view right) {
  rules.push_back({std::string(left), std::string(right)});
  return "";
}

/// A merge is "left right" or ["left", "right"]; a Unigram's token is ["token", score].
std::string JsonVocabulary::text(std::string_view value) {
  if (inMerges && depth == 2) {
    words.push_back(std::string(value));
    return words.size() < 2 ? "" : words.size() == 2 ? addRule(words[0], words[1]) : "a merge has two tokens";
  }
  if (inMerges) {
    size_t space = value.find(' ');
    if (space == 0 || space == std::string_view::npos || space + 1 == value.size())
      return fmt::format("{} is no merge; two tokens with a space between were expected", ticked(value));
    return addRule(value.substr(0, space), value.substr(space + 1));
  }
  if (isTable || depth != 2)
    return "an id was expected";
  return token = value, "";
}

std::string JsonVocabulary::integer(int64_t value) {
  return isTable && !inMerges ? table.add(token, value) : real(double(value));
}

std::string JsonVocabulary::real(double value) {
  if (isTable || inMerges || depth != 2)
    return "a token was expected, not a number";
  if (std::isnan(value))
    return "a score is not a number";
  scores.push_back(float(value));
  return table.add(token, int64_t(scores.size()) - 1);
}

// ---- making ----

std::vector<Trie::Entry> JsonVocabulary::entries() const {
  std::vector<Trie::Entry> result;
  for (size_t id = 0; id != table.tokens.size(); ++id)
    if (!table.tokens[id].empty())
      result.push_back({table.tokens[id], int32_t(id)});
  return result;
}

Result<Fallback> JsonVocabulary::fallback(const std::string &name, const JsonTree &model) const {
  Fallback fallback;
  fallback.fuse = model["fuse_unk"].truth(false);
  fallback.toBytes = model["byte_fallback"].truth(false);
  for (int byte = 0; byte != 256 && fallback.toBytes; ++byte)
    fallback.bytes[size_t(byte)] = table.find(fmt::format("<0x{:02X}>", byte));
  if (!model["unk_token"].null()) {
    fallback.unknown = table.find(model["unk_token"].text());
    if (fallback.unknown < 0)
      return failure("{}: the token for what is unknown, {}, is not in the vocabulary", name,
                     ticked(model["unk_token"].text()));
  }
  return fallback;
}

Result<std::unique_ptr<PieceModel>> JsonVocabulary::bpe(const std::string &name, const JsonTree &model,
                                                        bool bytes) const {
  RankedBpe::Options options;
  options.bytes = bytes;
  options.wholeFirst = model["ignore_merges"].truth(false);
  options.continuing = model["continuing_subword_prefix"].text();
  options.end = model["end_of_word_suffix"].text();
  Result<Fallback> fallback = this->fallback(name, model);
  if (!fallback)
    return fallback.error();
  options.fallback = *fallback;
  Result<std::vector<RankedBpe::Merge>> merges = table.merges(name, rules, options.continuing);
  if (!merges)
    return merges.error();
  std::vector<std::string> spelled;
  for (const std::string &token : table.tokens)
    spelled.push_back(bytes ? bytesOfAlphabet(token).value_or("") : token);
  std::vector<Trie::Entry> entries;
  for (size_t id = 0; id != spelled.size(); ++id)
    if (!spelled[id].empty())
      entries.push_back({spelled[id], int32_t(id)});
  return std::unique_ptr<PieceModel>(std::make_unique<RankedBpe>(entries, *merges, std::move(options)));
}

Result<std::unique_ptr<PieceModel>> JsonVocabulary::unigram(const std::string &name, const JsonTree &model) const {
  Fallback fallback;
  fallback.fuse = true, fallback.toBytes = model["byte_fallback"].truth(false);
  for (int byte = 0; byte != 256 && fallback.toBytes; ++byte)
    fallback.bytes[size_t(byte)] = table.find(fmt::format("<0x{:02X}>", byte));
  int64_t unknown = model["unk_id"].whole(-1);
  if (unknown >= int64_t(scores.size()))
    return failure("{}: `unk_id` is {}; the vocabulary has {} tokens", name, unknown, scores.size());
  fallback.unknown = int32_t(unknown);
  std::vector<Trie::Entry> entries;
  for (size_t id = 0; id != scores.size(); ++id)
    if (!table.tokens[id].empty() && int64_t(id) != unknown)
      entries.push_back({table.tokens[id], int32_t(id)});
  return std::unique_ptr<PieceModel>(
      std::make_unique<Unigram>(entries, scores, std::vector<bool>(table.tokens.size()), fallback));
}

Result<std::unique_ptr<PieceModel>> JsonVocabulary::wordPiece(const std::string &name, const JsonTree &model) const {
  std::string unknown = model["unk_token"].text("[UNK]");
  if (table.find(unknown) < 0)
    return failure("{}: the token for what is unknown, {}, is not in the vocabulary", name, ticked(unknown));
  if (model.type() == "WordLevel")
    return std::unique_ptr<PieceModel>(std::make_unique<WholeWords>(entries(), table.find(unknown)));
  int64_t longest = model["max_input_chars_per_word"].whole(100);
  return std::unique_ptr<PieceModel>(
      std::make_unique<WordPiece>(entries(), model["continuing_subword_prefix"].text("##"), table.find(unknown),
                                  size_t(std::max<int64_t>(longest, 0))));
}

Result<std::unique_ptr<PieceModel>> JsonVocabulary::model(const std::string &name, const JsonTree &description,
                                                          bool bytes) const {
  std::string type = description.type();
  if (type.empty()) // older files don't say
    type = !scores.empty() ? "Unigram" : !rules.empty() || !description["fuse_unk"].null() ? "BPE" : "WordPiece";
  if (type == "BPE")
    return bpe(name, description, bytes);
  if (type == "Unigram")
    return unigram(name, description);
  if (type == "WordPiece" || type == "WordLevel")
    return wordPiece(name, description);
  return failure("{}: model: the type {} is not known; BPE, Unigram, WordPiece and WordLevel are", name, ticked(type));
}

} // namespace heed::runtime
