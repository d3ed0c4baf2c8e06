// JSON from untrusted files, as a stream of events that are already checked: depth, how much there is of it, duplicate
// keys, syntax, UTF-8, text behind the end. In: a text. Out: calls of a handler, which builds what it wants; or the
// first thing wrong, with its byte. Memory: some bytes a key, and a token.
#pragma once

#include "runtime/Result.h"

#include <cstdint>

namespace heed::runtime {

/// Each returns an empty string to go on, or what is wrong with the value, which ends the reading.
class JsonHandler {
public:
  virtual ~JsonHandler() = default;
  virtual std::string beginObject() = 0;
  virtual std::string key(std::string_view) = 0;
  virtual std::string endObject() = 0;
  virtual std::string beginArray() = 0;
  virtual std::string endArray() = 0;
  virtual std::string text(std::string_view) = 0;
  virtual std::string integer(int64_t) = 0;
  /// Numbers with a point or exponent, and integers that 64 bits don't hold.
  virtual std::string real(double) = 0;
  /// The same with its digits, for who reads them otherwise.
  virtual std::string spelledReal(double value, std::string_view) { return real(value); }
  virtual std::string boolean(bool) = 0;
  virtual std::string null() = 0;
};

/// What a text may hold. A handler that keeps values needs far more memory than the text where these are short, so
/// formats say how many there may be.
struct JsonLimits {
  int depth; // of objects and arrays in one another
  size_t values = SIZE_MAX;
  size_t token = SIZE_MAX; // the bytes of one text or number, with what stands between it and the next

  JsonLimits(int depth) : depth(depth) {}
  JsonLimits(int depth, size_t values, size_t token) : depth(depth), values(values), token(token) {}
};

/// `name` is what messages call the text.
Result<void> readJson(const std::string &name, std::string_view text, JsonLimits, JsonHandler &);

/// A text as JSON spells it, quotes included.
std::string jsonText(std::string_view text);

} // namespace heed::runtime
