// Where characters of UTF-8 end (RFC 3629; the Unicode Standard, table 3-7, for what is ill-formed).
#pragma once

#include <string>
#include <string_view>

namespace heed::runtime {

/// Moves all whole characters from the front of `pending` to the result; bytes that can't begin or go on with a
/// character become U+FFFD, one for each maximal part. What may still become a character stays, unless `atEnd`.
std::string takeCharacters(std::string &pending, bool atEnd);

} // namespace heed::runtime
