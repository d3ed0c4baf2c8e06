// UTF-8, as far as reading files and drawing excerpts needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heed {

/// Where `text` stops to be UTF-8; npos if it never does.
size_t firstInvalidUtf8(std::string_view text);
/// Bytes of the character at the front: 1 to 4, and 1 for a byte that begins none.
uint32_t characterLength(std::string_view text);
/// Columns that the character at the front takes in a terminal: 0 (combining), 1, or 2 (East Asian wide, emoji).
unsigned displayWidth(std::string_view text);

} // namespace heed
