// Incremental UTF-8.
#include "runtime/tokenizer/Utf8.h"

namespace heed::runtime {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Lead {
  size_t length;             // of the character; 0: no character begins so
  unsigned char least, most; // of the second byte, so that nothing is overlong, a surrogate, or above U+10FFFF
};

Lead leadOf(unsigned char byte) {
  if (byte < 0x80)
    return {1, 0, 0};
  if (byte < 0xC2 || byte > 0xF4)
    return {0, 0, 0};
  if (byte < 0xE0)
    return {2, 0x80, 0xBF};
  if (byte < 0xF0)
    return {3, static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
  return {4, static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
          static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
}

} // namespace

std::string takeCharacters(std::string &pending, bool atEnd) {
  std::string text;
  size_t at = 0;
  while (at != pending.size()) {
    Lead lead = leadOf(pending[at]);
    size_t good = lead.length == 0 ? 0 : 1; // bytes that fit so far
    while (good != 0 && good < lead.length && at + good < pending.size()) {
      unsigned char next = pending[at + good];
      bool fits = good == 1 ? next >= lead.least && next <= lead.most : next >= 0x80 && next <= 0xBF;
      if (!fits)
        break;
      ++good;
    }
    bool whole = good != 0 && good == lead.length;
    if (good != 0 && !whole && at + good == pending.size() && !atEnd)
      break; // more may come
    text += whole ? std::string_view(pending).substr(at, good) : replacement;
    at += good == 0 ? 1 : good;
  }
  pending.erase(0, at);
  return text;
}

char32_t nextCharacter(std::string_view text, size_t &at) {
  unsigned char first = (unsigned char)text[at++];
  if (first < 0x80)
    return first;
  Lead lead = leadOf(first);
  if (lead.length == 0 || at + lead.length - 1 > text.size())
    return 0xFFFD;
  char32_t c = first & (0x7F >> lead.length);
  for (size_t i = 0; i + 1 != lead.length; ++i) {
    unsigned char next = (unsigned char)text[at + i];
    if (i == 0 ? next < lead.least || next > lead.most : (next & 0xC0) != 0x80)
      return 0xFFFD;
    c = c << 6 | (next & 0x3F);
  }
  at += lead.length - 1;
  return c;
}

size_t countCharacters(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at != text.size(); ++count)
    nextCharacter(text, at);
  return count;
}

std::string utf8Of(char32_t c) {
  if (c < 0x80)
    return {char(c)};
  std::string text;
  int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  text += char((0xFF00 >> (tail + 1)) | (c >> 6 * tail));
  while (tail-- > 0)
    text += char(0x80 | (c >> 6 * tail & 0x3F));
  return text;
}

bool isAscii(std::string_view text) {
  unsigned char any = 0;
  for (char c : text)
    any |= (unsigned char)c;
  return any < 0x80;
}

bool isUtf8(std::string_view text) {
  for (size_t at = 0; at != text.size();) {
    size_t from = at;
    if (nextCharacter(text, at) == 0xFFFD && at - from == 1)
      return false;
  }
  return true;
}

} // namespace heed::runtime
