// The verbs `tokenize` and `detokenize`: texts from standard input into ids, pieces or places, and ids into text.
#include "runtime/load/Json.h"
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

std::vector<std::string> linesOf(const std::string &text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

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

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text)
    if (c == '"' || c == '\\')
      result += '\\', result += c;
    else if ((unsigned char)c < 0x20)
      result += fmt::format("\\u{:04x}", unsigned(c));
    else
      result += c;
  return result + '"';
}

/// What is printed of one token.
std::string shown(const Tokenizer &tokenizer, std::string_view text, const Token &token,
                  const TokenizeOptions &options) {
  if (options.pieces) {
    auto [begin, end] = token.place;
    std::string piece =
        tokenizer.isAnyText(token.id) ? std::string(text.substr(begin, end - begin)) : tokenizer.piece(token.id);
    return options.json ? quoted(piece) : piece;
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
  for (const Token &token : *tokens)
    result += (result.empty() ? "" : options.json ? ", " : " ") + shown(tokenizer, text, token, options);
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

/// One result a line, or all as one JSON array.
template <typename Items, typename Made>
Result<void> putEach(const Items &items, const TokenizeOptions &options, Made made) {
  bool first = true;
  for (const auto &item : items) {
    Result<std::string> result = made(item);
    if (!result)
      return result.error();
    if (Result<void> put = putOut(options.json ? (first ? "[" : ",\n ") + *result : *result + "\n"); !put)
      return put;
    first = false;
  }
  return options.json ? putOut(first ? "[]\n" : "]\n") : Result<void>();
}

} // namespace

Result<void> tokenizeText(const TokenizeOptions &options) {
  MadeTokenizer tokenizer = openTokenizer(options.vocabulary, {.cased = options.cased});
  if (!tokenizer)
    return tokenizer.error();
  Result<std::string> input = standardInput();
  if (!input)
    return input.error();
  auto made = [&](const std::string &text) { return tokenized(**tokenizer, text, options); };
  if (!options.json)
    return putEach(options.lines ? linesOf(*input) : std::vector{*input}, options, made);
  BatchReader reader(false);
  if (Result<void> read = readJson("standard input", *input, 2, reader); !read)
    return read;
  return putEach(reader.texts, options, made);
}

Result<void> detokenizeText(const TokenizeOptions &options) {
  MadeTokenizer tokenizer = openTokenizer(options.vocabulary, {.cased = options.cased});
  if (!tokenizer)
    return tokenizer.error();
  Result<std::string> input = standardInput();
  if (!input)
    return input.error();
  if (options.json) {
    BatchReader reader(true);
    if (Result<void> read = readJson("standard input", *input, 2, reader); !read)
      return read;
    return putEach(reader.ids, options, [&](const std::vector<int64_t> &ids) -> Result<std::string> {
      Result<std::string> text = detokenized(**tokenizer, ids);
      return text ? quoted(*text) : text;
    });
  }
  auto made = [&](const std::string &line) -> Result<std::string> {
    Result<std::vector<int64_t>> ids = idsOf(line);
    if (!ids)
      return ids.error();
    return detokenized(**tokenizer, *ids);
  };
  if (options.lines)
    return putEach(linesOf(*input), options, made);
  Result<std::string> text = made(*input); // exactly the text: no new line behind it
  return text ? putOut(*text) : text.error();
}

} // namespace heed::runtime
