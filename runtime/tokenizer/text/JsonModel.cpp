#include "runtime/tokenizer/text/JsonModel.h"

#include "runtime/tokenizer/ByteAlphabet.h"
#include "runtime/tokenizer/BytePiece.h"
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
  words.clear(), token.clear(), scored = false;
  ++depth;
  return "";
}

std::string JsonVocabulary::end() {
  bool inner = depth-- == 2;
  if (inner && inMerges && words.size() != 2)
    return "a merge has two tokens";
  return inner && !inMerges && !scored ? "a token and its score were expected" : "";
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
  if (isTable && !inMerges)
    return "an id was expected";
  if (inMerges || depth != 2 || scored)
    return "a token was expected, not a number";
  if (std::isnan(value))
    return "a score is not a number";
  scored = true, scores.push_back(float(value));
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

/// The id of `unk_token`; -1 where there is none.
int32_t JsonVocabulary::unknown(const JsonStage &model, std::string_view otherwise) const {
  std::string token = model.text("unk_token", otherwise);
  int32_t id = table.find(token);
  if (id < 0 && !token.empty())
    model.refuse("the token for what is unknown, {}, is not in the vocabulary", ticked(token));
  return id;
}

Fallback JsonVocabulary::fallback(const JsonStage &model) const {
  Fallback fallback;
  fallback.fuse = model.truth("fuse_unk", false);
  fallback.toBytes = model.truth("byte_fallback", false);
  for (int byte = 0; byte != 256 && fallback.toBytes; ++byte)
    fallback.bytes[size_t(byte)] = table.find(pieceOfByte(byte));
  return fallback;
}

std::unique_ptr<PieceModel> JsonVocabulary::bpe(const JsonStage &model, bool bytes) const {
  RankedBpe::Options options;
  options.bytes = bytes;
  options.wholeFirst = model.truth("ignore_merges", false);
  options.continuing = model.text("continuing_subword_prefix", "");
  options.end = model.text("end_of_word_suffix", "");
  options.fallback = fallback(model);
  options.fallback.unknown = unknown(model, "");
  if (!model["dropout"].null() && model["dropout"].asNumber() != 0) // the library would, in use as in training
    model["dropout"].refuse("merges that are left out at random are not supported");
  Result<std::vector<RankedBpe::Merge>> merges = table.merges(model.file(), rules, options.continuing);
  if (!merges) {
    model.refuseAs(merges.error());
    return nullptr;
  }
  std::vector<std::string> spelled;
  if (bytes)
    for (const std::string &token : table.tokens)
      spelled.push_back(bytesOfAlphabet(token).value_or(""));
  std::vector<Trie::Entry> entries;
  for (size_t id = 0; id != table.tokens.size(); ++id)
    if (const std::string &token = bytes ? spelled[id] : table.tokens[id]; !token.empty())
      entries.push_back({token, int32_t(id)});
  return std::make_unique<RankedBpe>(entries, *merges, std::move(options));
}

std::unique_ptr<PieceModel> JsonVocabulary::unigram(const JsonStage &model) const {
  Fallback fallback = this->fallback(model);
  fallback.fuse = true;
  fallback.unknown = int32_t(model.whole("unk_id", -1, 0, int64_t(scores.size()) - 1));
  std::vector<Trie::Entry> entries;
  for (size_t id = 0; id != scores.size(); ++id)
    if (!table.tokens[id].empty() && int32_t(id) != fallback.unknown)
      entries.push_back({table.tokens[id], int32_t(id)});
  return std::make_unique<Unigram>(entries, scores, std::vector<bool>(table.tokens.size()), fallback);
}

std::unique_ptr<PieceModel> JsonVocabulary::wordPiece(const JsonStage &model) const {
  int64_t longest = model.whole("max_input_chars_per_word", 100, 0);
  return std::make_unique<WordPiece>(entries(), model.text("continuing_subword_prefix", "##"), unknown(model, "[UNK]"),
                                     size_t(longest));
}

std::unique_ptr<PieceModel> JsonVocabulary::wholeWords(const JsonStage &model) const {
  return std::make_unique<WholeWords>(entries(), unknown(model, "<unk>"));
}

std::unique_ptr<PieceModel> JsonVocabulary::model(const JsonStage &description, bool bytes) const {
  std::string type = description.text("type", "");
  if (type.empty()) // older files don't say
    type = !scores.empty() ? "Unigram" : !rules.empty() || !description["fuse_unk"].null() ? "BPE" : "WordPiece";
  if (type == "BPE")
    return bpe(description, bytes);
  if ((type == "Unigram") != !scores.empty())
    description.refuse("`vocab`: {}", type == "Unigram" ? "a list of tokens with scores was expected"
                                                        : "an object of tokens with ids was expected");
  else if (type == "Unigram")
    return unigram(description);
  else if (type == "WordPiece")
    return wordPiece(description);
  else if (type == "WordLevel")
    return wholeWords(description);
  description.refuseType("BPE, Unigram, WordLevel and WordPiece");
  return nullptr;
}

} // namespace heed::runtime
