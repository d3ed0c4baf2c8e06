// Ranks are times: a rule that stands behind those that make its parts is used after them. One that stands before them
// is used at the time of the last part, wherever that part is made, before merging goes on to the right of it; or not
// at all, if what it makes was made from other parts by then.
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

/// Follows merging through the rules, by rank. A rule that stands before one that makes a part of it waits for that
/// part, and is used as soon as the part is made.
struct LongPieces::Learning {
  LongPieces &pieces;
  std::unordered_multimap<int32_t, Rule> waiting{}; // by a part that nothing has made yet

  bool made(int32_t id) const { return pieces.made[size_t(id)]; }
  uint32_t timeOf(int32_t id) const { return pieces.origins[size_t(id)].time; }

  bool waits(const Rule &rule) {
    for (int32_t part : {rule.left, rule.right})
      if (!made(part)) {
        waiting.emplace(part, rule);
        return true;
      }
    return false;
  }

  /// False if neighbours alone don't say what becomes of a text.
  bool use(const Rule &rule) {
    uint32_t time = rule.rank + 1;
    if (timeOf(rule.left) == time || timeOf(rule.right) == time)
      return false;
    if (!pieces.apart(rule.left, rule.right, time)) // such neighbours never come about
      return true;
    if (made(rule.merged))
      return false;
    make(rule, time);
    return useWaiting(rule.merged, time);
  }

  void make(const Rule &rule, uint32_t time) {
    pieces.made[size_t(rule.merged)] = true;
    pieces.origins[size_t(rule.merged)] = {rule.left, rule.right, time};
  }

  /// What was made meets neighbours to which a rule joins it at once, and so does what comes of that. Where both sides
  /// offer one, the left is taken: false if merging might take the right.
  bool useWaiting(int32_t first, uint32_t time) {
    struct Ranks {
      uint32_t left = 0, right = ~0u; // the last to join it to what stands on its left, the first on its right
    };
    std::unordered_map<int32_t, Ranks> ranks;
    std::vector<int32_t> fresh{first};
    for (size_t i = 0; i != fresh.size(); ++i) {
      auto [begin, end] = waiting.equal_range(fresh[i]);
      std::vector<Rule> due;
      for (auto rule = begin; rule != end; ++rule)
        due.push_back(rule->second);
      waiting.erase(begin, end);
      for (const Rule &rule : due) {
        if (waits(rule) || !pieces.apart(rule.left, rule.right, time))
          continue;
        if (timeOf(rule.right) == time)
          ranks[rule.right].left = std::max(ranks[rule.right].left, rule.rank);
        else
          ranks[rule.left].right = std::min(ranks[rule.left].right, rule.rank);
        if (made(rule.merged) && timeOf(rule.merged) == time)
          return false;
        if (made(rule.merged)) // before, from other parts
          continue;
        make(rule, time);
        fresh.push_back(rule.merged);
      }
    }
    return std::all_of(ranks.begin(), ranks.end(), [](auto &of) { return of.second.left <= of.second.right; });
  }
};

bool LongPieces::learn(const std::vector<int32_t> &letters, const std::vector<Rule> &all) {
  int32_t most = 0;
  for (int32_t id : letters)
    most = std::max(most, id);
  for (const Rule &rule : all)
    most = std::max({most, rule.left, rule.right, rule.merged});
  origins.resize(size_t(most) + 1), shorters.resize(size_t(most) + 1), made.resize(size_t(most) + 1);
  for (int32_t id : letters)
    made[size_t(id)] = true;
  Learning learning{*this};
  for (const Rule &rule : all)
    if (rules.find(rule.left, rule.right).rank == rule.rank && // else said before
        !learning.waits(rule) && !learning.use(rule))
      return false;
  trie.each([&](std::string_view text, int32_t id) {
    if (size_t(id) < made.size() && made[size_t(id)])
      shorters[size_t(id)] = {uint32_t(text.size()), longest(text.substr(0, text.size() - 1))};
  });
  return true;
}

/// Merges are taken back, the last first, the right one of two of the same time: did a rule join what then stood on
/// both sides of the border before the merge that was taken back? Which side goes back can't be foreseen, so nothing
/// branches on it.
bool LongPieces::apart(int32_t left, int32_t right, uint32_t end) const {
  while (true) {
    const Origin &a = origins[size_t(left)], &b = origins[size_t(right)];
    if (uint32_t rank = rules.find(left, right).rank; rank < end - 1 && std::max(a.time, b.time) < end)
      return false;
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
