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

} // namespace heed::runtime
