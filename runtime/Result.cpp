// Names from files as messages show them.
#include "runtime/Result.h"

namespace heed::runtime {

std::string ticked(std::string_view name) {
  constexpr size_t longest = 160;
  std::string text = "`";
  for (char c : name.substr(0, longest)) {
    unsigned char byte = c;
    if (byte < 0x20 || byte == 0x7f) // a terminal must not obey a file
      text += fmt::format("\\x{:02x}", byte);
    else
      text += c;
  }
  if (name.size() > longest)
    text += fmt::format("... ({} bytes)", name.size());
  return text + "`";
}

} // namespace heed::runtime
