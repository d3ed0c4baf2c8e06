#include "runtime/tokenizer/Bpe.h"

#include "runtime/tokenizer/LongPieces.h"
#include "runtime/tokenizer/Utf8.h"

namespace heed::runtime {

static constexpr int32_t none = -1;

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

RankedBpe::RankedBpe(const std::vector<Trie::Entry> &tokens, std::vector<Merge> given, Options how)
    : trie(Trie::of(tokens)), rules(given.size()), options(std::move(how)), merges(std::move(given)) {
  byteIds.fill(none);
  int32_t most = 0;
  for (const auto &[text, id] : tokens) {
    most = std::max(most, id);
    if (text.size() == 1)
      byteIds[(unsigned char)text[0]] = id;
  }
  whole = std::make_unique<std::atomic<Whole>[]>(size_t(most) + 1);
  for (size_t i = 0; i != merges.size(); ++i)
    rules.add(merges[i].left, merges[i].right, {merges[i].merged, uint32_t(i)});
}

RankedBpe::~RankedBpe() = default;

const LongPieces *RankedBpe::forLong() const {
  std::call_once(longOnce, [&] {
    if (options.bytes && options.continuing.empty() && options.end.empty())
      longPieces = LongPieces::of(merges, byteIds, trie, rules);
  });
  return longPieces.get();
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
  int32_t same = trie.find(piece); // most words of a text are tokens
  if (same != none && (options.wholeFirst || whole[size_t(same)].load(std::memory_order_relaxed) == Whole::Yes)) {
    out.push_back({same, 0, uint32_t(piece.size())});
    return;
  }
  constexpr size_t longFrom = 32; // bytes; words are shorter
  if (const LongPieces *pieces = piece.size() < longFrom ? nullptr : forLong())
    return pieces->encode(piece, out);
  thread_local std::vector<Unit> units;
  thread_local Merging merging;
  units.clear();
  begin(piece, units);
  merging.all(units, [&](const Unit &a, const Unit &b) { return rules.find(a.id, b.id); });
  if (same != none)
    whole[size_t(same)].store(units.size() == 1 && units[0].id == same ? Whole::Yes : Whole::No,
                              std::memory_order_relaxed);
  out.insert(out.end(), units.begin(), units.end());
}

// ---- by score ----

ScoredBpe::ScoredBpe(const std::vector<Trie::Entry> &tokens, const std::vector<float> &scores, std::vector<bool> whole,
                     Fallback fallback)
    : trie(Trie::of(tokens)), ranks(scores.size()), whole(std::move(whole)), fallback(fallback) {
  std::vector<float> sorted = scores;
  std::sort(sorted.begin(), sorted.end(), std::greater());
  for (size_t id = 0; id != scores.size(); ++id) // equal scores have one rank
    ranks[id] = uint32_t(std::lower_bound(sorted.begin(), sorted.end(), scores[id], std::greater()) - sorted.begin());
}

void ScoredBpe::encode(std::string_view piece, std::vector<Unit> &out) const {
  thread_local std::vector<Unit> units;
  thread_local Merging merging;
  units.clear();
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
  merging.all(units, [&](const Unit &a, const Unit &b) -> Merged {
    if (isWhole(a) || isWhole(b))
      return {};
    int32_t id = trie.find(piece.substr(a.begin, b.end - a.begin));
    return id == none ? Merged() : Merged{id, ranks[size_t(id)]};
  });
  for (const Unit &unit : units)
    if (unit.id != none)
      out.push_back(unit);
    else
      fallback.encode(piece, unit.begin, unit.end, out);
}

} // namespace heed::runtime
