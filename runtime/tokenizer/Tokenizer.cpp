// The stream of characters over any vocabulary.
#include "runtime/tokenizer/Tokenizer.h"

#include "runtime/tokenizer/Utf8.h"

namespace heed::runtime {

std::string TextStream::push(int32_t id) {
  if (tokenizer.isSpecial(id) && !special)
    return {};
  std::string bytes = tokenizer.bytes(id, previous);
  pending += bytes;
  if (!bytes.empty() || !tokenizer.isSpecial(id)) // what only controls stands between no two others
    previous = id;
  return takeCharacters(pending, false);
}

std::string TextStream::finish() { return takeCharacters(pending, true); }

} // namespace heed::runtime
