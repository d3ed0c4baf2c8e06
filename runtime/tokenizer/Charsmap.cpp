#include "runtime/tokenizer/Charsmap.h"

#include "runtime/tokenizer/Utf8.h"

#include <cstring>

namespace heed::runtime {
namespace {

// The bits of a unit of darts-clone's double array.
bool hasLeaf(uint32_t unit) { return unit >> 8 & 1; }
uint32_t valueOf(uint32_t unit) { return unit & 0x7FFFFFFF; }
uint32_t labelOf(uint32_t unit) { return unit & 0x800000FF; }
uint32_t offsetOf(uint32_t unit) { return (unit >> 10) << ((unit & 0x200) >> 6); }

} // namespace

Result<Charsmap> Charsmap::parse(const std::string &name, std::string_view compiled) {
  Charsmap map;
  if (compiled.empty())
    return map;
  uint32_t size = 0;
  if (compiled.size() >= sizeof size)
    std::memcpy(&size, compiled.data(), sizeof size);
  if (size == 0 || size % sizeof(uint32_t) != 0 || size > compiled.size() - std::min(compiled.size(), sizeof size))
    return failure("{}: the normalisation rules of {} bytes say that their index has {}", name, compiled.size(), size);
  map.units.resize(size / sizeof(uint32_t));
  std::memcpy(map.units.data(), compiled.data() + sizeof size, size);
  map.strings = std::make_shared<std::string>(compiled.substr(sizeof size + size));
  for (uint32_t unit : map.units) // every value that can be reached is one of these
    if (hasLeaf(unit) && offsetOf(unit) == 0)
      return failure("{}: the normalisation rules' index leads to itself", name);
  if (!map.strings->empty() && map.strings->back() != 0)
    return failure("{}: the last normalisation rule has no end", name);
  return map;
}

Charsmap::Rule Charsmap::find(std::string_view text, bool first) const {
  Rule best{0, {}};
  if (units.empty())
    return best;
  uint32_t node = offsetOf(units[0]);
  for (size_t i = 0; i != text.size(); ++i) {
    node ^= (unsigned char)text[i];
    if (node >= units.size() || labelOf(units[node]) != (unsigned char)text[i])
      break;
    bool leaf = hasLeaf(units[node]);
    node ^= offsetOf(units[node]);
    if (!leaf || node >= units.size())
      continue;
    if (size_t place = valueOf(units[node]); place < strings->size())
      best = {i + 1, std::string_view(strings->data() + place)};
    if (first && best.length != 0)
      break;
  }
  return best;
}

Aligned Charsmap::apply(const Aligned &in) const {
  std::string_view text = in.text();
  Aligned result;
  size_t copied = 0;
  for (size_t at = 0; at != text.size();) {
    Rule rule = longest(text.substr(at));
    if (rule.length == 0) {
      nextCharacter(text, at);
      continue;
    }
    result.append(in, copied, at);
    result.append(rule.by, in.origin(at, at + rule.length));
    copied = at += rule.length;
  }
  if (copied == 0)
    return in;
  result.append(in, copied, text.size());
  return result;
}

} // namespace heed::runtime
