// nlohmann's SAX parser (iterative, so depth costs no stack) behind limits of our own.
#include "runtime/load/Json.h"

#include "runtime/load/PackedTexts.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace heed::runtime {
namespace {

class Guard final : public nlohmann::json_sax<nlohmann::json> {
public:
  Guard(JsonLimits limits, JsonHandler &handler) : limits(limits), handler(handler) {}
  std::string problem;
  size_t position = 0; // only of a syntax error; 0: unknown

  bool null() override { return counted() && goOn(handler.null()); }
  bool boolean(bool value) override { return counted() && goOn(handler.boolean(value)); }
  bool number_integer(int64_t value) override { return counted() && goOn(handler.integer(value)); }
  bool number_unsigned(uint64_t value) override {
    return counted() && goOn(value <= INT64_MAX ? handler.integer(int64_t(value)) : handler.real(double(value)));
  }
  bool number_float(double value, const std::string &digits) override {
    return counted() && goOn(handler.spelledReal(value, digits));
  }
  bool string(std::string &value) override { return counted() && goOn(handler.text(value)); }
  bool binary(binary_t &) override { return goOn("binary values are no JSON"); }

  bool start_object(size_t) override { return enter() && goOn(handler.beginObject()); }
  bool key(std::string &name) override {
    keyBytes += name.size();
    if (keyBytes > PackedTexts::mostBytes)
      return goOn("has more than 1 GiB of keys");
    if (!keys.back().put(keys.back().texts.size(), name))
      return goOn(fmt::format("the key {} occurs twice in one object", ticked(name)));
    return goOn(handler.key(name));
  }
  bool end_object() override { return keys.pop_back(), goOn(handler.endObject()); }
  bool start_array(size_t) override { return enter() && goOn(handler.beginArray()); }
  bool end_array() override { return keys.pop_back(), goOn(handler.endArray()); }

  bool parse_error(size_t at, const std::string &, const nlohmann::detail::exception &error) override {
    position = at;
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while ..."
    std::string_view text = error.what();
    // "[json.exception.out_of_range.406] number overflow ..."
    for (std::string_view before : {"] ", ": "})
      if (size_t place = text.find(before); place != std::string_view::npos && place < 100)
        text.remove_prefix(place + before.size());
    problem = ticked(text);
    problem = problem.substr(1, problem.size() - 2);
    return false;
  }

private:
  bool goOn(std::string found) {
    problem = std::move(found);
    return problem.empty();
  }
  bool counted() { return ++values <= limits.values || goOn(fmt::format("holds more than {} values", limits.values)); }
  bool enter() {
    keys.emplace_back();
    return counted() &&
           goOn(int(keys.size()) > limits.depth ? fmt::format("nested more than {} deep", limits.depth) : "");
  }

  JsonLimits limits;
  JsonHandler &handler;
  size_t values = 0;
  size_t keyBytes = 0;
  std::vector<IndexedTexts> keys; // of every object that is open; empty for arrays
};

/// Where the first token begins that is too long with what follows it. The parser keeps a token and what it skips
/// behind it, and says them in its messages, so that they cost many times their length.
std::optional<size_t> longToken(std::string_view text, size_t longest) {
  auto inNumber = [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
  };
  bool inText = false;
  size_t begin = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (inText) {
      if (c == '\\')
        ++at;
      inText = c != '"';
    } else if (c == '"') {
      inText = true;
      begin = at;
    } else if (inNumber(c) && (at == 0 || !inNumber(text[at - 1]))) {
      begin = at;
    }
    if (at - begin > longest)
      return begin;
  }
  return {};
}

} // namespace

Result<void> readJson(const std::string &name, std::string_view text, JsonLimits limits, JsonHandler &handler) {
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);       // some writers pad
  if (size_t zero = text.find('\0'); zero != std::string_view::npos) // where the parser would stop, content
    return failure("{}: malformed JSON at byte {}: a zero byte", name, zero + 1);
  if (std::optional<size_t> place = limits.token < text.size() ? longToken(text, limits.token) : std::nullopt)
    return failure("{}: at byte {} begins a text, a number or a gap of more than {} bytes", name, *place + 1,
                   limits.token);
  Guard guard(limits, handler);
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &guard))
    return {};
  if (guard.position != 0)
    return failure("{}: malformed JSON at byte {}: {}", name, guard.position, guard.problem);
  return failure("{}: {}", name, guard.problem);
}

std::string jsonText(std::string_view text) {
  std::string json = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      (json += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      json += c;
  }
  return json + "\"";
}

} // namespace heed::runtime
