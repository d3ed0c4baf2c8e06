// The verbs `tokenize` and `detokenize`: texts from standard input into ids, pieces or places, and ids into text.
#include "runtime/device/ThreadPool.h"
#include "runtime/load/Json.h"
#include "runtime/load/Lines.h"
#include "runtime/program/StandardOutput.h"
#include "runtime/program/Verbs.h"
#include "runtime/tokenizer/Tokenizer.h"
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

/// `["text", …]`, or `[[1, 2], …]`.
class BatchReader final : public JsonHandler {
public:
  explicit BatchReader(bool ofIds) : ofIds(ofIds) {}
  std::vector<std::string> texts;
  std::vector<std::vector<int64_t>> ids;

  std::string beginObject() override { return wrong(); }
  std::string key(std::string_view) override { return ""; }
  std::string endObject() override { return ""; }
  std::string beginArray() override {
    if (depth++ == 0)
      return "";
    if (!ofIds || depth > 2)
      return wrong();
    return ids.emplace_back(), "";
  }
  std::string endArray() override { return --depth, ""; }
  std::string text(std::string_view value) override {
    if (ofIds || depth != 1)
      return wrong();
    return texts.emplace_back(value), "";
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
  int depth = 0;
  std::string wrong() const {
    return ofIds ? "an array of arrays of ids was expected" : "an array of texts was expected";
  }
};

/// What is printed of one token.
std::string shown(const Tokenizer &tokenizer, std::string_view text, const Token &token,
                  const TokenizeOptions &options) {
  if (options.pieces) {
    auto [begin, end] = token.place;
    std::string piece =
        tokenizer.isAnyText(token.id) ? std::string(text.substr(begin, end - begin)) : tokenizer.piece(token.id);
    return options.json ? jsonText(piece) : piece;
  }
  if (options.offsets)
    return options.json ? fmt::format("[{}, {}]", token.place.begin, token.place.end)
                        : fmt::format("{}:{}", token.place.begin, token.place.end);
  return fmt::format("{}", token.id);
}

Result<std::string> tokenized(const Tokenizer &tokenizer, std::string_view text, const TokenizeOptions &options) {
  Result<std::vector<Token>> tokens =
      tokenizer.encode(text, std::nullopt, {.special = options.special, .strict = options.strict});
  if (!tokens)
    return tokens.error();
  std::string result;
  for (const Token &token : *tokens) {
    if (!result.empty())
      result += options.json ? ", " : " ";
    result += shown(tokenizer, text, token, options);
  }
  return options.json ? "[" + result + "]" : result;
}

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

/// The entries of a JSON array on standard input.
template <typename Items, typename Made>
Result<void> putArray(const Items &items, const TokenizeOptions &options, const Made &made) {
  Batches batches(options);
  Result<void> put = batches.put(items, made);
  return put ? batches.finish() : put;
}

} // namespace

Result<void> tokenizeText(const TokenizeOptions &options) {
  MadeTokenizer tokenizer = openTokenizer(options.vocabulary, {.cased = options.cased});
  if (!tokenizer)
    return tokenizer.error();
  auto made = [&](std::string_view text) { return tokenized(**tokenizer, text, options); };
  if (options.lines)
    return putLines(options, made);
  Result<std::string> input = standardInput();
  if (!input)
    return input.error();
  if (!options.json) {
    Result<std::string> tokens = made(*input);
    return tokens ? putOut(*tokens + "\n") : tokens.error();
  }
  BatchReader reader(false);
  if (Result<void> read = readJson("standard input", *input, 2, reader); !read)
    return read;
  return putArray(reader.texts, options, made);
}

Result<void> detokenizeText(const TokenizeOptions &options) {
  MadeTokenizer tokenizer = openTokenizer(options.vocabulary, {.cased = options.cased});
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
