#include "runtime/tokenizer/Aligned.h"

#include <algorithm>

namespace heed::runtime {

Extent Aligned::origin(size_t begin, size_t end) const {
  if (origins.empty())
    return {offset + uint32_t(begin), offset + uint32_t(end)};
  if (begin == end) { // nothing comes from the place between two bytes
    uint32_t at = begin < origins.size() ? origins[begin].begin : origins.back().end;
    return {at, at};
  }
  Extent all = origins[begin];
  for (size_t i = begin + 1; i < end; ++i)
    all = {std::min(all.begin, origins[i].begin), std::max(all.end, origins[i].end)};
  return all;
}

Aligned Aligned::part(size_t begin, size_t end) const {
  Aligned result(bytes.substr(begin, end - begin), offset + uint32_t(begin));
  if (!origins.empty())
    result.origins.assign(origins.begin() + ptrdiff_t(begin), origins.begin() + ptrdiff_t(end));
  return result;
}

void Aligned::trackEachByte() {
  for (uint32_t i = uint32_t(origins.size()); i < bytes.size(); ++i)
    origins.push_back({offset + i, offset + i + 1});
}

void Aligned::append(std::string_view text, Extent from) {
  trackEachByte();
  bytes += text;
  origins.resize(bytes.size(), from);
}

void Aligned::append(const Aligned &other, size_t begin, size_t end) {
  trackEachByte();
  bytes.append(other.bytes, begin, end - begin);
  for (size_t i = begin; i < end; ++i)
    origins.push_back(other.origin(i, i + 1));
}

} // namespace heed::runtime
