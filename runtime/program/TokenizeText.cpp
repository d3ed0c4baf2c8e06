// The verbs `tokenize` and `detokenize`: texts from standard input into ids, pieces or places, and ids into text. The
// vocabulary is a file's or a folder's, or the executable's own.
#include "runtime/device/ThreadPool.h"
#include "runtime/load/Json.h"
#include "runtime/load/Lines.h"
#include "runtime/program/CarriedVocabulary.h"
#include "runtime/program/StandardOutput.h"
#include "runtime/program/Verbs.h"
#include "runtime/tokenizer/Utf8.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <vector>

namespace heed::runtime {
namespace {

Result<std::string> standardInput() {
  std::string text;
  char buffer[1 << 16];
  while (size_t count = fread(buffer, 1, sizeof buffer, stdin))
    text.append(buffer, count);
  if (ferror(stdin))
    return failure("standard input: can't be read: {}", std::strerror(errno));
  return text;
}

/// A line without its end.
std::string_view bare(std::string_view line) { return line.ends_with('\n') ? line.substr(0, line.size() - 1) : line; }

/// A text, and its second one where it has one of its own.
struct Input {
  std::string text;
  std::optional<std::string> pair;
};

/// `["text", ["text", "its pair"], …]`, or `[[1, 2], …]`.
class BatchReader final : public JsonHandler {
public:
  explicit BatchReader(bool ofIds) : ofIds(ofIds) {}
  std::vector<Input> texts;
  std::vector<std::vector<int64_t>> ids;

  std::string beginObject() override { return wrong(); }
  std::string key(std::string_view) override { return ""; }
  std::string endObject() override { return ""; }
  std::string beginArray() override {
    if (++depth == 1)
      return "";
    if (depth > 2)
      return wrong();
    return ofIds ? void(ids.emplace_back()) : void(parts = 0), "";
  }
  std::string endArray() override { return --depth == 1 && !ofIds && parts != 2 ? wrong() : ""; }
  std::string text(std::string_view value) override {
    if (ofIds || depth == 0 || (depth == 2 && ++parts > 2))
      return wrong();
    if (depth == 2 && parts == 2)
      return texts.back().pair = value, "";
    return texts.push_back({std::string(value), {}}), "";
  }
  std::string integer(int64_t value) override {
    if (!ofIds || depth != 2)
      return wrong();
    return ids.back().push_back(value), "";
  }
  std::string real(double) override { return wrong(); }
  std::string boolean(bool) override { return wrong(); }
  std::string null() override { return wrong(); }

private:
  bool ofIds;
  int depth = 0, parts = 0;
  std::string wrong() const {
    return ofIds ? "an array of arrays of ids was expected" : "an array of texts, or of pairs of texts, was expected";
  }
};

// ---- text to tokens ----

/// A text as tokens, and how many of them only fill it up.
struct Encoded {
  std::string_view text;
  std::vector<Token> tokens;
  size_t padded = 0;
};

/// Makes a text `length` tokens long.
Result<void> pad(const Tokenizer &tokenizer, size_t length, Encoded &text) {
  Padding padding = tokenizer.padding();
  if (text.tokens.size() >= length)
    return {};
  if (padding.id < 0)
    return failure("the vocabulary has no token that fills texts up");
  text.padded = length - text.tokens.size();
  auto place = padding.left ? text.tokens.begin() : text.tokens.end();
  text.tokens.insert(place, text.padded, {padding.id, {}, padding.type});
  return {};
}

Result<std::vector<Token>> tokensOf(const Tokenizer &tokenizer, const Input &input, const TokenizeOptions &options) {
  EncodeOptions how{.special = options.special, .strict = options.strict, .most = size_t(options.most)};
  return tokenizer.encode(input.text, input.pair ? input.pair : options.pair, how);
}

/// As the vocabulary spells it, or, where that says nothing, as the text does.
std::string pieceOf(const Tokenizer &tokenizer, std::string_view text, const Token &token) {
  auto [begin, end] = token.place;
  return tokenizer.isAnyText(token.id) && end <= text.size() ? std::string(text.substr(begin, end - begin))
                                                             : tokenizer.piece(token.id);
}

/// One thing of each token, as JSON or with spaces between.
std::string shown(const Tokenizer &tokenizer, const Encoded &text, TokenizeOptions::Shown what, bool json) {
  std::string result;
  size_t count = text.tokens.size(), left = tokenizer.padding().left ? text.padded : 0,
         right = count - (text.padded - left);
  for (size_t i = 0; i != count; ++i) {
    const Token &token = text.tokens[i];
    auto [begin, end] = token.place;
    result += result.empty() ? "" : json ? ", " : " ";
    switch (what) {
    case TokenizeOptions::Pieces: {
      std::string piece = pieceOf(tokenizer, text.text, token);
      result += json ? jsonText(piece) : piece;
      break;
    }
    case TokenizeOptions::Offsets:
      result += json ? fmt::format("[{}, {}]", begin, end) : fmt::format("{}:{}", begin, end);
      break;
    case TokenizeOptions::Types:
      result += fmt::format("{}", token.type);
      break;
    case TokenizeOptions::Mask:
      result += i >= left && i < right ? "1" : "0";
      break;
    default:
      result += fmt::format("{}", token.id);
    }
  }
  return json ? "[" + result + "]" : result;
}

/// All that there is to show, by the names that models give their inputs.
std::string shownAll(const Tokenizer &tokenizer, const Encoded &text) {
  std::string result;
  for (auto [name, what] :
       {std::pair("input_ids", TokenizeOptions::Ids), std::pair("token_type_ids", TokenizeOptions::Types),
        std::pair("attention_mask", TokenizeOptions::Mask), std::pair("tokens", TokenizeOptions::Pieces),
        std::pair("offsets", TokenizeOptions::Offsets)})
    result += fmt::format("{}\"{}\": {}", result.empty() ? "" : ", ", name, shown(tokenizer, text, what, true));
  return "{" + result + "}";
}

/// Which are filled up to `length`.
Result<std::string> tokenized(const Tokenizer &tokenizer, const Input &input, const TokenizeOptions &options,
                              size_t length) {
  Result<std::vector<Token>> tokens = tokensOf(tokenizer, input, options);
  if (!tokens)
    return tokens.error();
  Encoded text{input.text, std::move(*tokens)};
  if (Result<void> done = pad(tokenizer, length, text); !done)
    return done.error();
  return options.shown == TokenizeOptions::All ? shownAll(tokenizer, text)
                                               : shown(tokenizer, text, options.shown, options.json);
}

// ---- ids to text ----

Result<std::string> detokenized(const Tokenizer &tokenizer, const std::vector<int64_t> &ids) {
  TextStream stream(tokenizer, true);
  std::string text;
  for (int64_t id : ids) {
    if (id < 0 || id >= tokenizer.size())
      return failure("the id {} is not in the vocabulary, which has {} tokens", id, tokenizer.size());
    text += stream.push(int32_t(id));
  }
  return text + stream.finish();
}

Result<std::vector<int64_t>> idsOf(std::string_view text) {
  std::vector<int64_t> ids;
  for (size_t at = 0; (at = text.find_first_not_of(" \t\r\n,", at)) != std::string_view::npos;) {
    size_t end = std::min(text.find_first_of(" \t\r\n,", at), text.size());
    int64_t id = 0;
    auto [stop, error] = std::from_chars(text.data() + at, text.data() + end, id);
    if (error != std::errc() || stop != text.data() + end)
      return failure("standard input: byte {}: {} is no id", at, ticked(text.substr(at, end - at)));
    ids.push_back(id);
    at = end;
  }
  return ids;
}

/// What becomes of several texts, which all cores share out, in their order: one a line, or all as one JSON array.
class Batches {
public:
  explicit Batches(const TokenizeOptions &options) : json(options.json), pool(options.threads) {}

  /// Writes `made(item)` of each.
  template <typename Items, typename Made> Result<void> put(const Items &items, const Made &made) {
    for (size_t begin = 0; begin != items.size();) {
      size_t end = std::min(items.size(), begin + atOnce);
      std::vector<Result<std::string>> results(end - begin, std::string());
      pool.each(int64_t(end - begin), 1, [&](int64_t from, int64_t to) {
        for (int64_t i = from; i != to; ++i)
          results[size_t(i)] = made(items[begin + size_t(i)]);
      });
      std::string text;
      for (const Result<std::string> &result : results) {
        if (!result) { // what stands before it is right
          Result<void> written = putOut(text);
          return written ? result.error() : written.error();
        }
        text += json ? (first ? "[" : ",\n ") + *result : *result + "\n";
        first = false;
      }
      if (Result<void> written = putOut(text); !written)
        return written;
      begin = end;
    }
    return {};
  }
  /// The end of the JSON array.
  Result<void> finish() { return json ? putOut(first ? "[]\n" : "]\n") : Result<void>(); }

private:
  static constexpr size_t atOnce = 1 << 14;
  bool json, first = true;
  ThreadPool pool;
};

/// Each line of standard input, however many there are.
template <typename Made> Result<void> putLines(const TokenizeOptions &options, const Made &made) {
  constexpr size_t bytesAtOnce = 4 << 20;
  Batches batches(options);
  Lines input = Lines::standardInput();
  for (;;) {
    Result<std::span<const std::string_view>> lines = input.next(bytesAtOnce);
    if (!lines)
      return lines.error();
    if (lines->empty())
      return {};
    if (Result<void> put = batches.put(*lines, [&](std::string_view line) { return made(bare(line)); }); !put)
      return put;
  }
}

/// Texts that are all there already.
template <typename Items, typename Made>
Result<void> putArray(const Items &items, const TokenizeOptions &options, const Made &made) {
  Batches batches(options);
  Result<void> put = batches.put(items, made);
  return put ? batches.finish() : put;
}

/// How long texts are to be made: as the longest of them, where that was asked for.
Result<size_t> lengthOf(const Tokenizer &tokenizer, const std::vector<Input> &texts, const TokenizeOptions &options) {
  size_t length = size_t(options.padTo);
  for (const Input &text : options.padToLongest ? texts : std::vector<Input>()) {
    Result<std::vector<Token>> tokens = tokensOf(tokenizer, text, options);
    if (!tokens)
      return tokens.error();
    length = std::max(length, tokens->size());
  }
  return length;
}

/// All lines of a text.
std::vector<Input> inputsOf(std::string_view text) {
  std::vector<Input> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.push_back({std::string(text.substr(0, end)), {}});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

} // namespace

Result<void> tokenizeText(const TokenizeOptions &options, const Embedded *embedded) {
  MadeTokenizer tokenizer = vocabularyOf(options.vocabulary, {.cased = options.cased}, embedded);
  if (!tokenizer)
    return tokenizer.error();
  if (options.lines && !options.padToLongest)
    return putLines(options, [&](std::string_view line) {
      return tokenized(**tokenizer, {std::string(line), {}}, options, size_t(options.padTo));
    });
  Result<std::string> input = standardInput();
  if (!input)
    return input.error();
  BatchReader reader(false);
  if (options.lines)
    reader.texts = inputsOf(*input);
  else if (!options.json)
    reader.texts = {{std::move(*input), {}}};
  else if (Result<void> read = readJson("standard input", *input, 2, reader); !read)
    return read;
  Result<size_t> length = lengthOf(**tokenizer, reader.texts, options);
  if (!length)
    return length.error();
  return putArray(reader.texts, options,
                  [&](const Input &text) { return tokenized(**tokenizer, text, options, *length); });
}

Result<void> detokenizeText(const TokenizeOptions &options, const Embedded *embedded) {
  MadeTokenizer tokenizer = vocabularyOf(options.vocabulary, {.cased = options.cased}, embedded);
  if (!tokenizer)
    return tokenizer.error();
  auto made = [&](std::string_view line) -> Result<std::string> {
    Result<std::vector<int64_t>> ids = idsOf(line);
    if (!ids)
      return ids.error();
    return detokenized(**tokenizer, *ids);
  };
  if (options.lines)
    return putLines(options, made);
  Result<std::string> input = standardInput();
  if (!input)
    return input.error();
  if (options.json) {
    BatchReader reader(true);
    if (Result<void> read = readJson("standard input", *input, 2, reader); !read)
      return read;
    return putArray(reader.ids, options, [&](const std::vector<int64_t> &ids) -> Result<std::string> {
      Result<std::string> text = detokenized(**tokenizer, ids);
      return text ? jsonText(*text) : text;
    });
  }
  Result<std::string> text = made(*input); // exactly the text: no new line behind it
  return text ? putOut(*text) : text.error();
}

} // namespace heed::runtime
