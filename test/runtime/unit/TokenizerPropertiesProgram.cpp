// heed_tokenizer_properties COUNT VOCABULARY [exact|oracle]…: properties of that many random texts; with `oracle`, the
// SentencePiece library encodes each text, too, and gives the same ids.
// heed_tokenizer_properties train ARGUMENT…: lets the SentencePiece library make a model, to compare with.
#include "runtime/tokenizer/Tokenizer.h"
#include "runtime/tokenizer/Utf8.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <fmt/ranges.h>
#include <random>

using namespace heed::runtime;

namespace {

/// Texts of many scripts, signs, marks, white space and pieces of a vocabulary, some of which are long words. The same
/// seed gives the same texts.
class RandomTexts {
public:
  RandomTexts(const Tokenizer &tokenizer, uint64_t seed) : tokenizer(tokenizer), random(seed) {}
  std::string next();

private:
  const Tokenizer &tokenizer;
  std::mt19937_64 random;
  size_t below(size_t count) { return size_t(random() % count); }
  std::string token() { return tokenizer.bytes(int32_t(below(size_t(tokenizer.size()))), 0); }
};

std::string RandomTexts::next() {
  struct Range {
    char32_t from, to;
  };
  static constexpr Range ranges[] = {
      {'a', 'z'},         {'A', 'Z'},         {'0', '9'},         {0x21, 0x2F},        {0x00, 0x20},
      {0xA0, 0xFF},       {0x100, 0x24F},     {0x300, 0x36F},     {0x370, 0x3FF},      {0x400, 0x52F},
      {0x590, 0x5FF},     {0x600, 0x6FF},     {0x900, 0x97F},     {0xE00, 0xE7F},      {0x1100, 0x11FF},
      {0x1E00, 0x1FFF},   {0x2000, 0x206F},   {0x2070, 0x218F},   {0x2580, 0x259F},    {0x3000, 0x30FF},
      {0x4E00, 0x9FFF},   {0xAC00, 0xD7A3},   {0xE000, 0xE010},   {0xF900, 0xFAFF},    {0xFB00, 0xFDFF},
      {0xFE00, 0xFE0F},   {0xFF00, 0xFFEF},   {0xFFF0, 0xFFFF},   {0x10000, 0x100FF},  {0x1D400, 0x1D7FF},
      {0x1F300, 0x1FAFF}, {0x20000, 0x20100}, {0xE0000, 0xE007F}, {0x10FFF0, 0x10FFFF}};
  std::string text;
  if (below(16) == 0 && tokenizer.size() != 0) {
    for (size_t count = 8 + below(24); count != 0; --count)
      text += token();
    std::erase(text, ' ');
    return takeCharacters(text, true);
  }
  for (size_t run = below(9); run != 0; --run) {
    size_t kind = below(8);
    if (kind == 0)
      text.append(1 + below(3), ' ');
    else if (kind == 1)
      text += std::string_view("\n\t\r\v'.,")[below(7)];
    else if (kind == 2 && tokenizer.size() != 0)
      text += token();
    else if (kind == 3)
      text += "\xE2\x96\x81"; // what stands for a space in SentencePiece
    else
      for (Range range = ranges[below(kind < 6 ? 4 : std::size(ranges))]; size_t(below(6)) != 0;)
        text += utf8Of(range.from + char32_t(below(range.to - range.from + 1)));
  }
  return takeCharacters(text, true);
}

/// Streamed in one go.
std::string decoded(const Tokenizer &tokenizer, const std::vector<int> &ids) {
  TextStream stream(tokenizer, true);
  std::string text;
  for (int id : ids)
    text += stream.push(id);
  return text + stream.finish();
}

std::vector<int> idsOf(const std::vector<Token> &tokens) {
  std::vector<int> ids;
  for (const Token &token : tokens)
    ids.push_back(token.id);
  return ids;
}

/// Whether places are in order and within the text; with `exact`, whether they are all of it, and decoding gives it
/// back. However ids are split on their way, the same text comes out, whole characters at a time. Empty: all holds.
std::string faultOf(const Tokenizer &tokenizer, const std::string &text, bool exact) {
  Result<std::vector<Token>> tokens = tokenizer.encode(text, std::nullopt, {});
  if (!tokens)
    return tokens.error().text;
  uint32_t before = 0, covered = 0;
  for (const Token &token : *tokens) {
    auto [begin, end] = token.place;
    if (begin > end || end > text.size() || begin < before)
      return fmt::format("a token has the place {}:{} behind one that begins at {}", begin, end, before);
    if (exact && begin > covered)
      return fmt::format("no token stands for the bytes {}:{}", covered, begin);
    before = begin, covered = std::max(covered, end);
  }
  if (exact && covered != text.size())
    return fmt::format("no token stands for the bytes {}:{}", covered, text.size());
  std::string bytes, streamed;
  for (size_t i = 0; i != tokens->size(); ++i)
    bytes += tokenizer.bytes((*tokens)[i].id, i == 0 ? -1 : (*tokens)[i - 1].id);
  std::string whole = takeCharacters(bytes, true);
  if (exact && whole != text)
    return "decoding gives another text";
  TextStream stream(tokenizer, true);
  for (const Token &token : *tokens) {
    std::string part = stream.push(token.id);
    if (!isUtf8(part))
      return "streaming gives a part of a character";
    streamed += part;
  }
  if (streamed + stream.finish() != whole)
    return "streaming gives another text";
  return "";
}

std::string hexOf(std::string_view text) {
  std::string hex;
  for (char c : text)
    hex += fmt::format("{:02x}", (unsigned char)c);
  return hex;
}

/// Whether the SentencePiece library gives the same ids, and the same text for them, with one between that only
/// controls, too.
std::string faultAgainst(const sentencepiece::SentencePieceProcessor &oracle, const Tokenizer &tokenizer,
                         const std::string &text) {
  std::vector<int> theirs, ours = idsOf(*tokenizer.encode(text, std::nullopt, {}));
  oracle.Encode(text, &theirs).IgnoreError();
  if (ours != theirs)
    return fmt::format("ids are {}, of the SentencePiece library {}", fmt::join(ours, " "), fmt::join(theirs, " "));
  if (text.find("\xE2\x96\x81") != std::string::npos) // as many in front as there are vanish there
    return "";
  for (int turn = 0; turn != 2; ++turn) {
    std::string found = decoded(tokenizer, ours), back;
    oracle.Decode(ours, &back).IgnoreError();
    if (found != back)
      return fmt::format("decoding gives {}, of the SentencePiece library {}", hexOf(found), hexOf(back));
    size_t at = ours.size() / 2;
    if (oracle.eos_id() < 0 || ours.empty() || !isUtf8(tokenizer.bytes(ours[at], 0))) // not within a character
      break;
    ours.insert(ours.begin() + ptrdiff_t(at), oracle.eos_id());
  }
  return "";
}

int train(int count, char **words) {
  std::string arguments;
  for (int i = 2; i != count; ++i)
    arguments += std::string(words[i]) + " ";
  auto status = sentencepiece::SentencePieceTrainer::Train(arguments + "--minloglevel=2");
  if (!status.ok())
    fmt::print(stderr, "{}\n", status.ToString());
  return status.ok() ? 0 : 1;
}

} // namespace

int main(int count, char **words) {
  if (count > 2 && std::string_view(words[1]) == "train")
    return train(count, words);
  if (count < 3)
    return fmt::print(stderr, "heed_tokenizer_properties COUNT VOCABULARY [exact|oracle]…\n"), 2;
  auto asked = [&](std::string_view what) { return std::find(words + 3, words + count, what) != words + count; };
  MadeTokenizer made = openTokenizer(words[2]);
  if (!made)
    return fmt::print(stderr, "error: {}\n", made.error().text), 1;
  const Tokenizer &tokenizer = **made;
  sentencepiece::SentencePieceProcessor oracle;
  if (asked("oracle") && !oracle.Load(words[2]).ok())
    return fmt::print(stderr, "error: {}: the SentencePiece library can't load it\n", words[2]), 1;
  RandomTexts texts(tokenizer, 1);
  long most = std::stol(words[1]), faults = 0;
  for (long i = 0; i != most && faults < 5; ++i) {
    std::string text = texts.next(), fault = faultOf(tokenizer, text, asked("exact"));
    if (fault.empty() && asked("oracle"))
      fault = faultAgainst(oracle, tokenizer, text);
    if (!fault.empty())
      ++faults, fmt::print("text {}: {}\n  {}\n", i, hexOf(text), fault);
  }
  fmt::print("{} texts, {} faults\n", most, faults);
  return faults ? 1 : 0;
}
