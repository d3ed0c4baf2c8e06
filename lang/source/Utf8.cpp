// Decoding UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF), and widths after Unicode's
// EastAsianWidth, in blocks.
#include "lang/source/Utf8.h"

namespace heed {

namespace {

struct Character {
  uint32_t code = 0, length = 0; // length 0: not valid
};

Character decode(std::string_view text) {
  unsigned char lead = text.empty() ? 0xFF : static_cast<unsigned char>(text[0]);
  if (lead < 0x80)
    return {lead, 1};
  uint32_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length)
    return {};
  uint32_t code = lead & (0x7Fu >> length);
  for (uint32_t i = 1; i < length; ++i) {
    unsigned char next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80)
      return {};
    code = code << 6 | (next & 0x3F);
  }
  bool overlong = code < (length == 4 ? 0x10000u : length == 3 ? 0x800u : 0x80u);
  bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF)
    return {};
  return {code, length};
}

struct Block {
  uint32_t first, last;
};
constexpr Block kCombining[] = {{0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
constexpr Block kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xAC00, 0xD7A3},
                           {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6},
                           {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <size_t N> bool in(const Block (&blocks)[N], uint32_t code) {
  for (const Block &block : blocks)
    if (code >= block.first && code <= block.last)
      return true;
  return false;
}

} // namespace

size_t firstInvalidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    uint32_t length = decode(text.substr(i)).length;
    if (!length)
      return i;
    i += length;
  }
  return std::string_view::npos;
}

uint32_t characterLength(std::string_view text) {
  uint32_t length = decode(text).length;
  return length ? length : 1;
}

unsigned displayWidth(std::string_view text) {
  uint32_t code = decode(text).code;
  return in(kCombining, code) ? 0 : in(kWide, code) ? 2 : 1;
}

} // namespace heed
