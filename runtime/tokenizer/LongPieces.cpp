// Ranks are times: a rule that stands behind those that make its parts is used after them.
#include "runtime/tokenizer/LongPieces.h"

#include <cassert>
#include <unordered_set>

namespace heed::runtime {

std::unique_ptr<LongPieces> LongPieces::of(const std::vector<RankedBpe::Merge> &merges,
                                           const std::array<int32_t, 256> &bytes, const Trie &trie,
                                           const MergeTable &rules) {
  std::unique_ptr<LongPieces> pieces(new LongPieces(trie, rules));
  return pieces->learn(merges, bytes) ? std::move(pieces) : nullptr;
}

bool LongPieces::learn(const std::vector<RankedBpe::Merge> &merges, const std::array<int32_t, 256> &bytes) {
  int32_t most = *std::max_element(bytes.begin(), bytes.end());
  for (const RankedBpe::Merge &merge : merges)
    most = std::max({most, merge.left, merge.right, merge.merged});
  made.resize(size_t(most) + 1);
  for (int byte = 0; byte != 256; ++byte) {
    int32_t id = bytes[size_t(byte)];
    if (id == none || made[size_t(id)].length != 0)
      return false;
    made[size_t(id)].byte = char(byte), made[size_t(id)].length = 1;
  }

  std::unordered_set<int32_t> missed; // parts of rules that nothing had made by then
  for (size_t rank = 0; rank != merges.size(); ++rank) {
    auto [left, right, merged] = merges[rank];
    if (rules.find(left, right).rank != rank) // said before
      continue;
    uint32_t time = uint32_t(rank) + 1, length = 0;
    for (int32_t part : {left, right}) {
      if (made[size_t(part)].length == 0)
        missed.insert(part);
      length += made[size_t(part)].length;
    }
    bool both = made[size_t(left)].length != 0 && made[size_t(right)].length != 0;
    if (!both || !apart(left, right, time)) // such neighbours never come about
      continue;
    if (made[size_t(merged)].length != 0 || missed.contains(merged))
      return false;
    made[size_t(merged)] = {.left = left, .right = right, .time = time, .length = length};
  }

  for (size_t id = 0; id != made.size(); ++id)
    if (made[id].length > 1)
      made[id].shorter = longest(std::string_view(textOf(int32_t(id))).substr(0, made[id].length - 1));
  return true;
}

std::string LongPieces::textOf(int32_t id) const {
  const Made &token = made[size_t(id)];
  return token.time == 0 ? std::string(1, token.byte) : textOf(token.left) + textOf(token.right);
}

/// Merges are taken back, the last first, the right one of two of the same time: did a rule join what then stood on
/// both sides of the border before the merge that was taken back?
bool LongPieces::apart(int32_t left, int32_t right, uint32_t end) const {
  while (true) {
    Merged joined = rules.find(left, right);
    if (joined.merged != none && joined.rank + 1 < end)
      return false;
    const Made &a = made[size_t(left)], &b = made[size_t(right)];
    if (a.time > b.time) {
      end = a.time, left = a.right;
    } else if (b.time == 0) {
      return true;
    } else { // the border stands before its merge, so a rule of the same time would have come first
      end = b.time + 1, right = b.left;
    }
  }
}

int32_t LongPieces::longest(std::string_view text) const {
  int32_t found = none;
  Trie::Walk walk;
  for (size_t i = 0; i != text.size() && trie.step(walk, (unsigned char)text[i]); ++i)
    if (int32_t id = trie.value(walk); id != none && size_t(id) < made.size() && made[size_t(id)].length == i + 1)
      found = id;
  return found;
}

void LongPieces::encode(std::string_view piece, std::vector<Unit> &out) const {
  std::vector<bool> closed(piece.size() + 1); // places from which nothing goes on
  size_t first = out.size();
  uint32_t at = 0;
  int32_t token = longest(piece);
  while (at != piece.size()) {
    auto fits = [&](int32_t id) {
      return !closed[at + made[size_t(id)].length] && (out.size() == first || apart(out.back().id, id));
    };
    while (token != none && !fits(token))
      token = made[size_t(token)].shorter;
    if (token != none) {
      out.push_back({token, at, at + made[size_t(token)].length});
      at = out.back().end;
      token = longest(piece.substr(at));
    } else {
      assert(out.size() != first && "bytes alone would go on to the end");
      closed[at] = true;
      at = out.back().begin, token = made[size_t(out.back().id)].shorter;
      out.pop_back();
    }
  }
}

} // namespace heed::runtime
