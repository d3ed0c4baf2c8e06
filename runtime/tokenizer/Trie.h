// Which strings of a set a text begins with, byte by byte. In: strings with a value each. Out: walks.
// A double array (Aoe, 1989): the child of `node` for a byte is `base(node) + byte`, if that one's parent is `node`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heed::runtime {

class Trie {
public:
  using Entry = std::pair<std::string_view, int32_t>; // values are not negative
  /// Of several entries of one string, the one of the highest value counts.
  static Trie of(std::vector<Entry> entries);

  /// A place within the trie: what was read so far.
  struct Walk {
    uint32_t node = 0;
  };
  /// Goes on by one byte; false where no string does.
  bool step(Walk &walk, unsigned char byte) const {
    uint32_t next = nodes[walk.node].base + byte;
    if (next >= nodes.size() || nodes[next].parent != walk.node)
      return false;
    walk.node = next;
    return true;
  }
  /// The value of the string that was read, or -1 where it is none of the set.
  int32_t value(Walk walk) const { return nodes[walk.node].value; }
  bool empty() const { return nodes.size() == 1 && nodes[0].value < 0; }
  int32_t find(std::string_view text) const;
  /// Calls `use(string, value)` for each, in no particular order.
  template <typename Use> void each(Use use) const {
    std::string text;
    for (uint32_t end = 0; end != nodes.size(); ++end)
      if (nodes[end].value >= 0)
        use(std::string_view(spell(end, text)), nodes[end].value);
  }

private:
  static constexpr uint32_t none = ~0u;
  struct Node {
    uint32_t base = none, parent = none;
    int32_t value = -1;
  };
  std::vector<Node> nodes{{}};

  const std::string &spell(uint32_t node, std::string &text) const;
  struct Builder;
};

} // namespace heed::runtime
