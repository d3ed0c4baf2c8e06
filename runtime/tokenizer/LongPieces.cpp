// Ranks are times: a rule that stands behind those that make its parts is used after them; one that stands before them
// is not used at all, if what it makes was made from other parts by then.
#include "runtime/tokenizer/LongPieces.h"

#include <algorithm>
#include <cassert>
#include <unordered_map>

namespace heed::runtime {

std::unique_ptr<LongPieces> LongPieces::of(const std::vector<int32_t> &letters, const std::vector<Rule> &rules,
                                           const Trie &trie, const MergeTable &table) {
  std::unique_ptr<LongPieces> pieces(new LongPieces(trie, table));
  return pieces->learn(letters, rules) ? std::move(pieces) : nullptr;
}

bool LongPieces::learn(const std::vector<int32_t> &letters, const std::vector<Rule> &all) {
  int32_t most = 0;
  for (int32_t id : letters)
    most = std::max(most, id);
  for (const Rule &rule : all)
    most = std::max({most, rule.left, rule.right, rule.merged});
  origins.resize(size_t(most) + 1), shorters.resize(size_t(most) + 1), made.resize(size_t(most) + 1);
  for (int32_t id : letters)
    made[size_t(id)] = true;

  std::unordered_multimap<int32_t, int32_t> missed; // parts that nothing had made by then, and what they were to make
  for (auto [left, right, merged, rank] : all) {
    if (rules.find(left, right).rank != rank) // said before
      continue;
    uint32_t time = rank + 1;
    bool both = true;
    for (int32_t part : {left, right})
      if (!made[size_t(part)])
        missed.emplace(part, merged), both = false;
      else if (origins[size_t(part)].time >= time)
        return false;
    if (!both || !apart(left, right, time)) // such neighbours never come about
      continue;
    if (made[size_t(merged)])
      return false;
    made[size_t(merged)] = true, origins[size_t(merged)] = {left, right, time};
    // A rule that waits for this part is never used where other parts have made the same before.
    auto [first, last] = missed.equal_range(merged);
    if (std::any_of(first, last, [&](auto &rule) {
          return !made[size_t(rule.second)] || origins[size_t(rule.second)].time >= time;
        }))
      return false;
  }
  for (const auto &[text, id] : trie.entries())
    if (size_t(id) < made.size() && made[size_t(id)])
      shorters[size_t(id)] = {uint32_t(text.size()), longest(std::string_view(text).substr(0, text.size() - 1))};
  return true;
}

/// Merges are taken back, the last first, the right one of two of the same time: did a rule join what then stood on
/// both sides of the border before the merge that was taken back? Which side goes back can't be foreseen, so nothing
/// branches on it.
bool LongPieces::apart(int32_t left, int32_t right, uint32_t end) const {
  while (true) {
    if (rules.find(left, right).rank < end - 1)
      return false;
    const Origin &a = origins[size_t(left)], &b = origins[size_t(right)];
    if ((a.time | b.time) == 0)
      return true;
    bool first = a.time > b.time; // else the border stands before its merge: a rule of that time would come first
    end = first ? a.time : b.time + 1;
    left = first ? a.right : left;
    right = first ? right : b.left;
  }
}

int32_t LongPieces::longest(std::string_view text) const {
  int32_t found = none;
  Trie::Walk walk;
  for (size_t i = 0; i != text.size() && trie.step(walk, (unsigned char)text[i]); ++i)
    if (int32_t id = trie.value(walk); id != none && size_t(id) < made.size() && made[size_t(id)])
      found = id;
  return found;
}

uint32_t LongPieces::encode(std::string_view piece, uint32_t begin, std::vector<Unit> &out) const {
  thread_local std::vector<bool> closed; // places from which nothing goes on, from `begin` on
  closed.clear();
  size_t first = out.size();
  uint32_t at = begin;
  auto fits = [&](int32_t id) {
    uint32_t end = at + shorters[size_t(id)].length - begin;
    return (end >= closed.size() || !closed[end]) && (out.size() == first || apart(out.back().id, id));
  };
  for (int32_t token = longest(piece.substr(at)); at != begin || token != none;) {
    while (token != none && !fits(token))
      token = shorters[size_t(token)].token;
    if (token != none) {
      out.push_back({token, at, at + shorters[size_t(token)].length});
      at = out.back().end, token = longest(piece.substr(at));
      if (token == none)
        break;
    } else {
      assert(out.size() != first && "letters alone would go on to the end");
      closed.resize(std::max(closed.size(), size_t(at - begin) + 1));
      closed[at - begin] = true;
      at = out.back().begin, token = shorters[size_t(out.back().id)].token;
      out.pop_back();
    }
  }
  return at;
}

} // namespace heed::runtime
