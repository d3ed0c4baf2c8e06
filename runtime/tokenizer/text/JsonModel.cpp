#include "runtime/tokenizer/text/JsonModel.h"

#include "runtime/tokenizer/ByteAlphabet.h"
#include "runtime/tokenizer/BytePiece.h"
#include "runtime/tokenizer/Unigram.h"
#include "runtime/tokenizer/WordPiece.h"

#include <algorithm>
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
  words = 0, token.clear(), scored = false;
  ++depth;
  return "";
}

std::string JsonVocabulary::end() {
  bool inner = depth-- == 2;
  if (inner && inMerges && words != 2)
    return "a merge has two tokens";
  return inner && !inMerges && !scored ? "a token and its score were expected" : "";
}

/// A merge is "left right" or ["left", "right"]; a Unigram's token is ["token", score].
std::string JsonVocabulary::text(std::string_view value) {
  if (inMerges && depth == 2) {
    if (++words == 1)
      return left = value, "";
    return words == 2 ? (rules.add(left, value), "") : "a merge has two tokens";
  }
  if (inMerges) {
    size_t space = value.find(' ');
    if (space == 0 || space == std::string_view::npos || space + 1 == value.size())
      return fmt::format("{} is no merge; two tokens with a space between were expected", ticked(value));
    return rules.add(value.substr(0, space), value.substr(space + 1)), "";
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
  scored = true, scores.push_back(value);
  return table.add(token, int64_t(scores.size()) - 1);
}

double scoreOf(std::string_view digits) {
  bool negative = digits.starts_with('-');
  digits.remove_prefix(negative);
  uint64_t whole = 0; // all digits, as long as they fit
  int64_t exponent = 0;
  bool full = false, behindPoint = false;
  size_t at = 0;
  for (; at != digits.size() && (digits[at] == '.' || (digits[at] >= '0' && digits[at] <= '9')); ++at) {
    if (digits[at] == '.') {
      behindPoint = true;
      continue;
    }
    uint64_t digit = uint64_t(digits[at] - '0');
    full = full || whole > (UINT64_MAX - digit) / 10;
    whole = full ? whole : whole * 10 + digit;
    exponent += int64_t(full && !behindPoint) - int64_t(!full && behindPoint);
  }
  if (at != digits.size()) { // e, perhaps a sign
    std::string_view power = digits.substr(at + 1);
    int64_t value = 0;
    for (char c : power.substr(power.starts_with('+') || power.starts_with('-')))
      value = std::min<int64_t>(value * 10 + (c - '0'), 1 << 20);
    exponent += power.starts_with('-') ? -value : value;
  }
  double result = double(whole);
  constexpr int64_t most = 308; // the largest power of ten
  for (; exponent < -most && result != 0; exponent += most)
    result /= 1e308;
  if (result != 0)
    result = exponent < 0 ? result / std::pow(10.0, -double(exponent)) : result * std::pow(10.0, double(exponent));
  return negative ? -result : result;
}

// ---- making ----

static std::vector<Trie::Entry> entriesOf(const PackedTexts &tokens) {
  std::vector<Trie::Entry> result;
  result.reserve(tokens.size());
  for (size_t id = 0; id != tokens.size(); ++id)
    if (!tokens[id].empty())
      result.push_back({tokens[id], int32_t(id)});
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

std::unique_ptr<PieceModel> JsonVocabulary::bpe(const JsonStage &model, bool bytes) {
  RankedBpe::Options options;
  options.bytes = bytes;
  options.wholeFirst = model.truth("ignore_merges", false);
  options.continuing = model.text("continuing_subword_prefix", "");
  options.end = model.text("end_of_word_suffix", "");
  options.fallback = fallback(model);
  options.fallback.unknown = unknown(model, "");
  if (!model["dropout"].null() && model["dropout"].asNumber() != 0) // the library would, in use as in training
    model["dropout"].refuse("merges that are left out at random are not supported");
  Result<MergeTable> merges = table.merges(model.file(), rules, options.continuing);
  rules = {}; // large, and the rest is yet to be made
  if (!merges) {
    model.refuseAs(merges.error());
    return nullptr;
  }
  PackedTexts spelled;
  for (size_t id = 0; id != table.size() && bytes; ++id)
    spelled.push_back(bytesOfAlphabet(table.tokens()[id]).value_or(""));
  return std::make_unique<RankedBpe>(entriesOf(bytes ? spelled : table.tokens()), std::move(*merges),
                                     std::move(options));
}

std::unique_ptr<PieceModel> JsonVocabulary::unigram(const JsonStage &model) const {
  Fallback fallback = this->fallback(model);
  fallback.fuse = true;
  fallback.unknown = int32_t(model.whole("unk_id", -1, 0, int64_t(scores.size()) - 1));
  std::vector<Trie::Entry> entries;
  for (size_t id = 0; id != scores.size(); ++id)
    if (std::string_view token = table.tokens()[id]; !token.empty() && int32_t(id) != fallback.unknown)
      entries.push_back({token, int32_t(id)});
  return std::make_unique<Unigram>(entries, scores, std::vector<bool>(table.size()), fallback, Unigram::Sums::Double);
}

std::unique_ptr<PieceModel> JsonVocabulary::wordPiece(const JsonStage &model) const {
  int64_t longest = model.whole("max_input_chars_per_word", 100, 0);
  return std::make_unique<WordPiece>(entriesOf(table.tokens()), model.text("continuing_subword_prefix", "##"),
                                     unknown(model, "[UNK]"), size_t(longest));
}

std::unique_ptr<PieceModel> JsonVocabulary::wholeWords(const JsonStage &model) const {
  return std::make_unique<WholeWords>(entriesOf(table.tokens()), unknown(model, "<unk>"));
}

std::unique_ptr<PieceModel> JsonVocabulary::model(const JsonStage &description, bool bytes) {
  std::string type = description.text("type", "");
  if (type.empty()) // older files don't say
    type = !scores.empty() ? "Unigram" : rules.size() != 0 || !description["fuse_unk"].null() ? "BPE" : "WordPiece";
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
