#include "runtime/tokenizer/Aligned.h"

#include <algorithm>

namespace heed::runtime {

/// Of bytes of the content.
Extent Aligned::tracked(size_t begin, size_t end) const {
  const std::vector<Extent> &origins = content->origins;
  if (begin == end) { // nothing comes from the place between two bytes
    uint32_t at = begin < origins.size() ? origins[begin].begin : origins.back().end;
    return {at, at};
  }
  Extent all = origins[begin];
  for (size_t i = begin + 1; i < end; ++i)
    all = {std::min(all.begin, origins[i].begin), std::max(all.end, origins[i].end)};
  return all;
}

/// The content, to append to: no other text has it, it ends where this text does, and each byte has its origin.
Aligned::Content &Aligned::own() {
  if (content && content.use_count() == 1 && first == 0 && last == content->bytes.size() &&
      content->origins.size() == last)
    return *content;
  auto copy = std::make_shared<Content>(std::string(text()));
  for (size_t i = 0; i != size(); ++i)
    copy->origins.push_back(origin(i, i + 1));
  content = std::move(copy);
  last -= first, first = 0;
  return *content;
}

void Aligned::reserve(size_t bytes) {
  Content &to = own();
  to.bytes.reserve(bytes), to.origins.reserve(bytes);
}

void Aligned::append(std::string_view text, Extent from) {
  Content &to = own();
  to.bytes += text;
  last = to.bytes.size();
  to.origins.resize(last, from);
}

void Aligned::append(const Aligned &other, size_t begin, size_t end) {
  Content &to = own();
  to.bytes += other.text().substr(begin, end - begin);
  last = to.bytes.size();
  for (size_t i = begin; i < end; ++i)
    to.origins.push_back(other.origin(i, i + 1));
}

} // namespace heed::runtime
