#include "runtime/tokenizer/Trie.h"

#include <algorithm>

namespace heed::runtime {

/// Places the children of one node after another, each family where its bytes find free nodes.
struct Trie::Builder {
  Trie &trie;
  const std::vector<Entry> &entries;
  uint32_t firstFree = 1;

  struct Task {
    uint32_t node;
    size_t begin, end, depth; // entries that begin with what leads to the node
  };

  bool isFree(uint32_t place) const { return place >= trie.nodes.size() || trie.nodes[place].parent == none; }

  uint32_t baseFor(const std::vector<unsigned char> &bytes) {
    while (!isFree(firstFree))
      ++firstFree;
    uint32_t first = std::max(firstFree, uint32_t(bytes[0]) + 1);
    for (uint32_t tries = 0;; ++first, ++tries) {
      if (tries == 1024) // crowded here: what is left free stays so
        firstFree = first, tries = 0;
      uint32_t base = first - bytes[0];
      if (std::all_of(bytes.begin(), bytes.end(), [&](unsigned char byte) { return isFree(base + byte); }))
        return base;
    }
  }

  void build() {
    std::vector<Task> tasks{{0, 0, entries.size(), 0}};
    while (!tasks.empty()) {
      Task task = tasks.back();
      tasks.pop_back();
      while (task.begin != task.end && entries[task.begin].first.size() == task.depth)
        trie.nodes[task.node].value = entries[task.begin++].second;
      if (task.begin != task.end)
        placeChildren(task, tasks);
    }
  }

  void placeChildren(const Task &task, std::vector<Task> &tasks) {
    std::vector<unsigned char> bytes;
    std::vector<size_t> begins;
    for (size_t i = task.begin; i != task.end; ++i)
      if (unsigned char byte = entries[i].first[task.depth]; bytes.empty() || byte != bytes.back())
        bytes.push_back(byte), begins.push_back(i);
    begins.push_back(task.end);
    uint32_t base = baseFor(bytes);
    if (base + bytes.back() >= trie.nodes.size())
      trie.nodes.resize(base + bytes.back() + 1);
    trie.nodes[task.node].base = base;
    for (size_t c = 0; c != bytes.size(); ++c) {
      trie.nodes[base + bytes[c]].parent = task.node;
      tasks.push_back({base + bytes[c], begins[c], begins[c + 1], task.depth + 1});
    }
  }
};

Trie Trie::of(std::vector<Entry> entries) {
  // By unsigned bytes, as views are compared, so that the bytes of a family come in order.
  std::sort(entries.begin(), entries.end());
  size_t bytes = 0;
  for (const Entry &entry : entries)
    bytes += entry.first.size();
  Trie trie;
  trie.nodes.reserve(bytes + 256); // more than nearly all need; what isn't touched takes no memory
  Builder{trie, entries}.build();
  return trie;
}

int32_t Trie::find(std::string_view text) const {
  Walk walk;
  for (char c : text)
    if (!step(walk, (unsigned char)c))
      return -1;
  return value(walk);
}

/// The string that leads to a node.
const std::string &Trie::spell(uint32_t node, std::string &text) const {
  text.clear();
  for (; node != 0; node = nodes[node].parent)
    text += char(node - nodes[nodes[node].parent].base);
  std::reverse(text.begin(), text.end());
  return text;
}

} // namespace heed::runtime
