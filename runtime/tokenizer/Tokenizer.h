// Ids into text. In: ids of a vocabulary. Out: bytes of each, streamed as whole UTF-8 characters. (Text into ids comes
// with its own function here; so do further vocabularies, which `openTokenizer` tells apart by content.)
#pragma once

#include "runtime/Result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace heed::runtime {

class Tokenizer {
public:
  virtual ~Tokenizer() = default;
  /// Ids are 0 to size - 1.
  virtual int64_t size() const = 0;
  /// The id that stands before a text.
  virtual int32_t start() const = 0;
  /// Whether a text is over where this id appears.
  virtual bool ends(int32_t id) const = 0;
  /// The bytes of an id where it follows another: one id alone may be no whole character.
  virtual std::string bytes(int32_t previous, int32_t id) const = 0;
};

/// `name` is what messages call the bytes.
Result<std::unique_ptr<Tokenizer>> parseTokenizer(const std::string &name, std::span<const std::byte> bytes);
Result<std::unique_ptr<Tokenizer>> openTokenizer(const std::string &path);

/// Turns a stream of ids into a stream of whole characters. What can't be one becomes U+FFFD.
class TextStream {
public:
  explicit TextStream(const Tokenizer &tokenizer) : tokenizer(tokenizer), previous(tokenizer.start()) {}

  /// The text that is certain now; may be empty.
  std::string push(int32_t id);
  /// What was kept back for a character that never became whole.
  std::string finish();

private:
  const Tokenizer &tokenizer;
  int32_t previous;
  std::string pending;
};

} // namespace heed::runtime
