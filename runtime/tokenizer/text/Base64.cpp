#include "runtime/tokenizer/text/Base64.h"

#include <cstdint>

namespace heed::runtime {

std::optional<std::string> fromBase64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (text.ends_with('='))
    text.remove_suffix(1);
  if (text.size() % 4 == 1)
    return {};
  std::string bytes;
  uint32_t bits = 0;
  unsigned count = 0;
  for (char c : text) {
    size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos)
      return {};
    bits = bits << 6 | uint32_t(digit), count += 6;
    if (count >= 8)
      count -= 8, bytes += char(bits >> count & 0xFF);
  }
  return bytes;
}

} // namespace heed::runtime
