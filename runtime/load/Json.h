// JSON from untrusted files, as a stream of events that are already checked: depth, duplicate keys, syntax, UTF-8, text
// behind the end. In: a text. Out: calls of a handler, which builds what it wants; or the first thing wrong, with its
// byte.
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
  virtual std::string boolean(bool) = 0;
  virtual std::string null() = 0;
};

/// `name` is what messages call the text; objects and arrays may be nested `depth` deep.
Result<void> readJson(const std::string &name, std::string_view text, int depth, JsonHandler &);

} // namespace heed::runtime
