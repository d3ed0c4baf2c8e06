#include "runtime/tokenizer/Bpe.h"

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

static constexpr size_t longFrom = 32; // bytes; words are shorter

/// What is no token, a byte or a character, stands between stretches that neighbours decide.
static void encodeLong(const LongPieces &pieces, const Fallback &fallback, bool bytes, std::string_view piece,
                       uint32_t at, std::vector<Unit> &out) {
  while ((at = pieces.encode(piece, at, out)) != piece.size()) {
    size_t end = at;
    bytes ? void(++end) : void(nextCharacter(piece, end));
    fallback.encode(piece, at, uint32_t(end), out);
    at = uint32_t(end);
  }
}

// ---- by rank ----

RankedBpe::RankedBpe(std::vector<Trie::Entry> tokens, MergeTable given, Options how)
    : rules(std::move(given)), options(std::move(how)) {
  byteIds.fill(none);
  int32_t most = 0;
  for (const auto &[text, id] : tokens) {
    most = std::max(most, id);
    if (text.size() == 1)
      byteIds[(unsigned char)text[0]] = id;
  }
  whole = std::make_unique<std::atomic<Whole>[]>(size_t(most) + 1);
  trie = Trie::of(std::move(tokens));
}

RankedBpe::~RankedBpe() = default;

const LongPieces *RankedBpe::forLong(size_t bytes) const {
  return bytes < longFrom ? nullptr : longPieces.get(bytes, rules.size(), [&] { return madeForLong(); });
}

/// None where what stands for unknown letters may be merged, or where a letter's place in a piece matters.
std::unique_ptr<LongPieces> RankedBpe::madeForLong() const {
  if (!options.continuing.empty() || !options.end.empty())
    return nullptr;
  std::vector<int32_t> letters;
  if (options.bytes)
    std::copy_if(byteIds.begin(), byteIds.end(), std::back_inserter(letters), [](int32_t id) { return id != none; });
  else
    trie.each([&](std::string_view text, int32_t id) {
      if (countCharacters(text) == 1)
        letters.push_back(id);
    });
  std::vector<LongPieces::Rule> all;
  bool distinct = true;
  rules.each([&](int32_t left, int32_t right, const Merged &to) {
    distinct = distinct && !options.fallback.writes(left) && !options.fallback.writes(right);
    all.push_back({left, right, to.merged, to.rank});
  });
  if (!distinct)
    return nullptr;
  std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.rank < b.rank; });
  return LongPieces::of(letters, all, trie, rules);
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
  if (const LongPieces *pieces = forLong(piece.size()))
    return encodeLong(*pieces, options.fallback, options.bytes, piece, 0, out);
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

static Trie ownOf(const std::vector<Trie::Entry> &tokens, const std::vector<bool> &whole) {
  std::vector<Trie::Entry> own;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(own),
               [&](const Trie::Entry &token) { return whole[size_t(token.second)]; });
  return Trie::of(std::move(own));
}

ScoredBpe::ScoredBpe(const std::vector<Trie::Entry> &tokens, const std::vector<float> &scores, std::vector<bool> whole,
                     Fallback fallback)
    : trie(Trie::of(tokens)), own(ownOf(tokens, whole)), ranks(scores.size()), whole(std::move(whole)),
      fallback(fallback) {
  std::vector<float> sorted = scores;
  std::sort(sorted.begin(), sorted.end(), std::greater());
  for (size_t id = 0; id != scores.size(); ++id) // equal scores have one rank
    ranks[id] = uint32_t(std::lower_bound(sorted.begin(), sorted.end(), scores[id], std::greater()) - sorted.begin());
}

/// What pieces that are too long for merging need.
struct ScoredBpe::ForLong {
  MergeTable rules;
  std::unique_ptr<LongPieces> pieces;
};

ScoredBpe::~ScoredBpe() = default;

const LongPieces *ScoredBpe::forLong(size_t bytes) const {
  if (bytes < longFrom)
    return nullptr;
  const ForLong *made = longPieces.get(bytes, ranks.size(), [&] { return madeForLong(); });
  return made ? made->pieces.get() : nullptr;
}

/// Two tokens that join to a token are a rule. None where a token has a letter that is none itself: what is merged with
/// such a letter can't be said by ids.
std::unique_ptr<ScoredBpe::ForLong> ScoredBpe::madeForLong() const {
  std::vector<LongPieces::Rule> all;
  std::vector<int32_t> letters;
  bool spelled = true;
  trie.each([&](std::string_view text, int32_t id) {
    size_t first = 0;
    nextCharacter(text, first);
    if (whole[size_t(id)] || first == text.size()) {
      if (!whole[size_t(id)])
        letters.push_back(id);
      return;
    }
    for (size_t at = 0, from = 0; at != text.size(); from = at) {
      nextCharacter(text, at);
      spelled = spelled && trie.find(text.substr(from, at - from)) != none;
      if (int32_t left = trie.find(text.substr(0, at)), right = trie.find(text.substr(at));
          at != text.size() && left != none && right != none && !whole[size_t(left)] && !whole[size_t(right)])
        all.push_back({left, right, id, ranks[size_t(id)]});
    }
  });
  std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.rank < b.rank; });
  auto result = std::make_unique<ForLong>(MergeTable(all.size()));
  for (const LongPieces::Rule &rule : all)
    result->rules.add(rule.left, rule.right, {rule.merged, rule.rank});
  if (spelled)
    result->pieces = LongPieces::of(letters, all, trie, result->rules);
  return result;
}

void ScoredBpe::encode(std::string_view piece, std::vector<Unit> &out) const {
  uint32_t plain = 0; // where what is none of the user's own tokens begins
  for (size_t at = 0; !own.empty() && at != piece.size();) {
    size_t from = at;
    nextCharacter(piece, at);
    int32_t id = none;
    Trie::Walk walk;
    for (size_t i = from; i != piece.size() && own.step(walk, (unsigned char)piece[i]); ++i)
      if (own.value(walk) != none)
        id = own.value(walk), at = i + 1;
    if (id == none)
      continue;
    encodePlain(piece.substr(0, from), plain, out);
    out.push_back({id, uint32_t(from), uint32_t(at)});
    plain = uint32_t(at);
  }
  encodePlain(piece, plain, out);
}

void ScoredBpe::encodePlain(std::string_view piece, uint32_t begin, std::vector<Unit> &out) const {
  if (const LongPieces *pieces = forLong(piece.size() - begin))
    return encodeLong(*pieces, fallback, false, piece, begin, out);
  thread_local std::vector<Unit> units;
  thread_local Merging merging;
  units.clear();
  for (size_t at = begin, from = at; at != piece.size(); from = at) {
    nextCharacter(piece, at);
    units.push_back({trie.find(piece.substr(from, at - from)), uint32_t(from), uint32_t(at)});
  }
  merging.all(units, [&](const Unit &a, const Unit &b) -> Merged {
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
