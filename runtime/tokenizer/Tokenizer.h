// Text and ids. In: a vocabulary's bytes, text or ids. Out: ids with the places that they stand for, or text, streamed
// as whole UTF-8 characters. The formats of vocabularies are told apart by their content (`openTokenizer`).
#pragma once

#include "runtime/Result.h"
#include "runtime/tokenizer/Aligned.h"
#include "runtime/tokenizer/Libraries.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace heed::runtime {

/// An id, and the bytes of the input that it stands for; one that was added stands for none.
struct Token {
  int32_t id;
  Extent place;
  int32_t type = 0; // which of two texts it belongs to, as the vocabulary's template says
};

struct EncodeOptions {
  /// Special tokens: put where the vocabulary wants them, and recognised where the text spells them.
  bool special = false;
  /// False: they are put, but not recognised.
  bool spelled = true;
  /// Bytes that are no UTF-8: an error, or U+FFFD.
  bool strict = false;
  /// Of a text, or of a pair of them, so many tokens at most, special ones included.
  size_t most = SIZE_MAX;
};

/// What makes texts equally long.
struct Padding {
  int32_t id = -1; // -1: the vocabulary has no token for it
  int32_t type = 0;
  bool left = false;
};

class Tokenizer {
public:
  virtual ~Tokenizer() = default;
  /// Ids are 0 to size - 1.
  virtual int64_t size() const = 0;
  /// The id that stands before a text; -1 where none does.
  virtual int32_t start() const = 0;
  /// Whether a text is over where this id appears.
  virtual bool ends(int32_t id) const = 0;
  /// The bytes of an id behind another one, -1 where it is the first. One id alone may be no whole character.
  virtual std::string bytes(int32_t id, int32_t previous) const = 0;
  /// As the vocabulary spells it.
  virtual std::string piece(int32_t id) const = 0;
  virtual bool isSpecial(int32_t id) const = 0;
  /// Whether the id says nothing of its text, which then is shown instead of a piece (SentencePiece).
  virtual bool isAnyText(int32_t id) const = 0;
  virtual Padding padding() const = 0;
  /// What an executable needs to read this vocabulary.
  virtual Libraries libraries() const = 0;
  /// `pair`: a second text, where there is one.
  virtual Result<std::vector<Token>> encode(std::string_view text, std::optional<std::string_view> pair,
                                            const EncodeOptions &) const = 0;
};

/// What a person says of a vocabulary that its file does not.
struct TokenizerSettings {
  bool cased = false; // a `vocab.txt` keeps upper case
};

using MadeTokenizer = Result<std::unique_ptr<Tokenizer>>;

/// `name` is what messages call the bytes.
MadeTokenizer parseTokenizer(const std::string &name, std::span<const std::byte> bytes);
/// A file, with others that belong to it beside it, or a folder that holds one.
MadeTokenizer openTokenizer(const std::string &path, const TokenizerSettings & = {});

/// Turns a stream of ids into a stream of whole characters. What can't be one becomes U+FFFD.
class TextStream {
public:
  /// Special tokens are left out unless they are asked for.
  explicit TextStream(const Tokenizer &tokenizer, bool special = false) : tokenizer(tokenizer), special(special) {}

  /// The text that is certain now; may be empty.
  std::string push(int32_t id);
  /// What was kept back for a character that never became whole.
  std::string finish();

private:
  const Tokenizer &tokenizer;
  bool special;
  int32_t previous = -1;
  std::string pending;
};

} // namespace heed::runtime
