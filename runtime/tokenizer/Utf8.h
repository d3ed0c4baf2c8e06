// Where characters of UTF-8 begin and end (RFC 3629; the Unicode Standard, table 3-7, for what is ill-formed).
#pragma once

#include <string>
#include <string_view>

namespace heed::runtime {

/// Moves all whole characters from the front of `pending` to the result; bytes that can't begin or go on with a
/// character become U+FFFD, one for each maximal part. What may still become a character stays, unless `atEnd`.
std::string takeCharacters(std::string &pending, bool atEnd);

/// The character at `at`, which moves behind it; what is no UTF-8 gives U+FFFD, byte by byte.
char32_t nextCharacter(std::string_view text, size_t &at);
/// How many characters a text has.
size_t countCharacters(std::string_view text);
std::string utf8Of(char32_t c);
bool isAscii(std::string_view text);
bool isUtf8(std::string_view text);

} // namespace heed::runtime
