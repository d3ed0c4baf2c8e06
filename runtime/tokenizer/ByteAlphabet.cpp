#include "runtime/tokenizer/ByteAlphabet.h"

#include "runtime/tokenizer/Utf8.h"

#include <array>

namespace heed::runtime {

/// By character below 0x144: its byte, or -1. Visible bytes stand for themselves, the others for 0x100 and on.
static const std::array<int16_t, 0x144> &byteOfCharacter() {
  static const auto table = [] {
    std::array<int16_t, 0x144> bytes;
    bytes.fill(-1);
    size_t next = 0x100;
    for (int byte = 0; byte != 256; ++byte) {
      bool visible = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      bytes[visible ? size_t(byte) : next++] = int16_t(byte);
    }
    return bytes;
  }();
  return table;
}

std::optional<std::string> bytesOfAlphabet(std::string_view token) {
  std::string bytes;
  for (size_t at = 0; at != token.size();) {
    char32_t c = nextCharacter(token, at);
    if (c >= byteOfCharacter().size() || byteOfCharacter()[c] < 0)
      return {};
    bytes += char(byteOfCharacter()[c]);
  }
  return bytes;
}

std::string bytesByCharacter() {
  std::string bytes;
  for (int16_t byte : byteOfCharacter())
    if (byte >= 0)
      bytes += char(byte);
  return bytes;
}

std::string inAlphabet(std::string_view bytes) {
  static const auto characters = [] {
    std::array<std::string, 256> spelled;
    for (size_t c = 0; c != byteOfCharacter().size(); ++c)
      if (int16_t byte = byteOfCharacter()[c]; byte >= 0)
        spelled[size_t(byte)] = utf8Of(char32_t(c));
    return spelled;
  }();
  std::string token;
  for (char byte : bytes)
    token += characters[(unsigned char)byte];
  return token;
}

} // namespace heed::runtime
