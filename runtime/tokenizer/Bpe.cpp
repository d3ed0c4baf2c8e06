#include "runtime/tokenizer/Bpe.h"

#include "runtime/tokenizer/Utf8.h"

#include <queue>

namespace heed::runtime {
namespace {

constexpr int32_t none = -1;

/// Units in a chain, and the pairs of neighbours that may be merged, best first.
template <typename Better> class Chain {
public:
  struct Pair {
    double priority; // lowest first
    int32_t left, right, merged;
    uint32_t length; // of both, in bytes: where it differs, one of them was merged meanwhile
  };

  explicit Chain(std::vector<Unit> &units, Better pairOf) : units(units), pairOf(pairOf), links(units.size()) {
    int32_t count = int32_t(units.size());
    for (int32_t i = 0; i != count; ++i)
      links[size_t(i)] = {i - 1, i + 1 == count ? none : i + 1};
    for (int32_t i = 0; i + 1 < count; ++i)
      offer(i, i + 1);
  }

  void mergeAll() {
    while (!pairs.empty()) {
      Pair pair = pairs.top();
      pairs.pop();
      Unit &left = units[size_t(pair.left)];
      if (gone(left) || gone(units[size_t(pair.right)]) || units[size_t(pair.right)].end - left.begin != pair.length)
        continue;
      left.id = pair.merged, left.end = units[size_t(pair.right)].end;
      int32_t next = links[size_t(pair.right)].next, before = links[size_t(pair.left)].previous;
      units[size_t(pair.right)].end = units[size_t(pair.right)].begin;
      links[size_t(pair.left)].next = next;
      if (next != none)
        links[size_t(next)].previous = pair.left, offer(pair.left, next);
      if (before != none)
        offer(before, pair.left);
    }
    std::erase_if(units, gone);
  }

private:
  struct Link {
    int32_t previous, next;
  };
  struct Later {
    bool operator()(const Pair &a, const Pair &b) const {
      return a.priority != b.priority ? a.priority > b.priority : a.left > b.left;
    }
  };
  std::vector<Unit> &units;
  Better pairOf;
  std::vector<Link> links;
  std::priority_queue<Pair, std::vector<Pair>, Later> pairs;

  static bool gone(const Unit &unit) { return unit.begin == unit.end; }
  void offer(int32_t left, int32_t right) {
    const Unit &a = units[size_t(left)], &b = units[size_t(right)];
    if (auto [merged, priority] = pairOf(a, b); merged != none)
      pairs.push({priority, left, right, merged, b.end - a.begin});
  }
};

struct Candidate {
  int32_t merged = none;
  double priority = 0;
};

uint64_t keyOf(int32_t left, int32_t right) { return uint64_t(uint32_t(left)) << 32 | uint32_t(right); }

} // namespace

void Fallback::encode(std::string_view piece, uint32_t begin, uint32_t end, std::vector<Unit> &units) const {
  bool written = toBytes;
  for (uint32_t i = begin; i != end && written; ++i)
    written = bytes[(unsigned char)piece[i]] != none;
  if (written) {
    for (uint32_t i = begin; i != end; ++i)
      units.push_back({bytes[(unsigned char)piece[i]], i, i + 1});
  } else if (unknown != none) {
    if (fuse && !units.empty() && units.back().id == unknown && units.back().end == begin)
      units.back().end = end;
    else
      units.push_back({unknown, begin, end});
  }
}

// ---- by rank ----

RankedBpe::RankedBpe(const std::vector<Trie::Entry> &tokens, const std::vector<Merge> &merges, Options how)
    : trie(Trie::of(tokens)), options(std::move(how)) {
  byteIds.fill(none);
  for (const auto &[text, id] : tokens)
    if (text.size() == 1)
      byteIds[(unsigned char)text[0]] = id;
  rules.reserve(merges.size());
  for (size_t i = 0; i != merges.size(); ++i)
    rules.try_emplace(keyOf(merges[i].left, merges[i].right), Rule{uint32_t(i), merges[i].merged});
}

/// The units that merging begins with: bytes, or characters with what marks their place in the piece.
void RankedBpe::begin(std::string_view piece, std::vector<Unit> &units) const {
  if (options.bytes) {
    for (uint32_t i = 0; i != piece.size(); ++i)
      if (int32_t id = byteIds[(unsigned char)piece[i]]; id != none)
        units.push_back({id, i, i + 1});
      else
        options.fallback.encode(piece, i, i + 1, units);
    return;
  }
  for (size_t at = 0; at != piece.size();) {
    size_t from = at;
    nextCharacter(piece, at);
    std::string_view character = piece.substr(from, at - from);
    int32_t id = options.continuing.empty() && options.end.empty()
                     ? trie.find(character)
                     : trie.find((from != 0 ? options.continuing : "") + std::string(character) +
                                 (at == piece.size() ? options.end : ""));
    if (id != none)
      units.push_back({id, uint32_t(from), uint32_t(at)});
    else
      options.fallback.encode(piece, uint32_t(from), uint32_t(at), units);
  }
}

void RankedBpe::encode(std::string_view piece, std::vector<Unit> &out) const {
  if (options.wholeFirst)
    if (int32_t id = trie.find(piece); id != none) {
      out.push_back({id, 0, uint32_t(piece.size())});
      return;
    }
  std::vector<Unit> units;
  begin(piece, units);
  auto pairOf = [&](const Unit &a, const Unit &b) -> Candidate {
    auto rule = rules.find(keyOf(a.id, b.id));
    return rule == rules.end() ? Candidate() : Candidate{rule->second.merged, double(rule->second.rank)};
  };
  Chain(units, pairOf).mergeAll();
  out.insert(out.end(), units.begin(), units.end());
}

// ---- by score ----

ScoredBpe::ScoredBpe(const std::vector<Trie::Entry> &tokens, std::vector<float> scores, std::vector<bool> whole,
                     Fallback fallback)
    : trie(Trie::of(tokens)), scores(std::move(scores)), whole(std::move(whole)), fallback(fallback) {}

void ScoredBpe::encode(std::string_view piece, std::vector<Unit> &out) const {
  std::vector<Unit> units;
  for (size_t at = 0; at != piece.size();) {
    size_t from = at;
    nextCharacter(piece, at);
    int32_t own = none; // the longest of the user's own tokens that begins here
    Trie::Walk walk;
    for (size_t i = from; i != piece.size() && trie.step(walk, (unsigned char)piece[i]); ++i)
      if (int32_t id = trie.value(walk); id != none && whole[size_t(id)])
        own = id, at = i + 1;
    int32_t id = own != none ? own : trie.find(piece.substr(from, at - from));
    units.push_back({id, uint32_t(from), uint32_t(at)});
  }
  auto isWhole = [&](const Unit &unit) { return unit.id != none && whole[size_t(unit.id)]; };
  auto pairOf = [&](const Unit &a, const Unit &b) -> Candidate {
    if (isWhole(a) || isWhole(b))
      return {};
    int32_t id = trie.find(piece.substr(a.begin, b.end - a.begin));
    return id == none ? Candidate() : Candidate{id, -double(scores[size_t(id)])};
  };
  Chain(units, pairOf).mergeAll();
  for (const Unit &unit : units)
    if (unit.id != none)
      out.push_back(unit);
    else
      fallback.encode(piece, unit.begin, unit.end, out);
}

} // namespace heed::runtime
