// What any vocabulary promises that was read from a stranger's file.
#pragma once

#include "runtime/tokenizer/Tokenizer.h"
#include "runtime/tokenizer/Utf8.h"

#include <cstdlib>

namespace heed::runtime {

/// Ids lie within the vocabulary, their places within the text; any ids become UTF-8. It may fail, but with a message.
inline void tryVocabulary(const MadeTokenizer &made, std::string_view bytes) {
  if (!made) {
    if (made.error().text.empty())
      std::abort();
    return;
  }
  const Tokenizer &tokenizer = **made;
  for (std::string_view text :
       {std::string_view("Hello,  w\xC3\xB6rld \xE6\xBC\xA2\xF0\x9F\x98\x80!\n12 a</s>"), bytes.substr(0, 300)})
    for (bool special : {false, true}) {
      Result<std::vector<Token>> tokens = tokenizer.encode(text, text.substr(0, 9), {.special = special, .most = 90});
      if (!tokens && tokens.error().text.empty())
        std::abort();
      TextStream stream(tokenizer, special);
      std::string back;
      for (const Token &token : tokens ? *tokens : std::vector<Token>()) {
        if (token.id < 0 || token.id >= tokenizer.size() || token.place.begin > token.place.end ||
            token.place.end > text.size())
          std::abort();
        back += stream.push(token.id);
      }
      if (back += stream.finish(); !isUtf8(back))
        std::abort();
    }
}

} // namespace heed::runtime
