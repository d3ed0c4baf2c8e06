// Encoding without a heap gives what merging gives, whatever the rules are.
#include "runtime/tokenizer/LongPieces.h"
#include "runtime/tokenizer/Bpe.h"
#include "runtime/tokenizer/Utf8.h"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <random>
#include <set>

using namespace heed::runtime;

namespace {

/// All bytes, and rules at random that join what is there: of three letters, so that many rules meet, some make one
/// token of different parts, and some can never be used.
struct RandomRules {
  std::deque<std::string> texts;
  std::map<std::string, int32_t> ids;
  struct Merge {
    int32_t left, right, merged;
  };
  std::vector<Merge> merges;
  std::array<int32_t, 256> bytes;

  RandomRules(std::mt19937 &random, int count) {
    for (int byte = 0; byte != 256; ++byte)
      bytes[size_t(byte)] = idOf(std::string(1, char(byte)));
    std::vector<int32_t> known = {ids["a"], ids["b"], ids["c"]};
    for (int i = 0; i != count; ++i) {
      int32_t left = known[random() % known.size()], right = known[random() % known.size()];
      std::string joined = texts[size_t(left)] + texts[size_t(right)];
      if (joined.size() > 9)
        continue;
      merges.push_back({left, right, idOf(joined)});
      known.push_back(merges.back().merged);
    }
  }
  int32_t idOf(const std::string &text) {
    auto [found, added] = ids.emplace(text, int32_t(texts.size()));
    if (added)
      texts.push_back(text);
    return found->second;
  }
  std::vector<Trie::Entry> entries() const {
    std::vector<Trie::Entry> all;
    for (size_t id = 0; id != texts.size(); ++id)
      all.push_back({texts[id], int32_t(id)});
    return all;
  }
  /// By the definition: over and over, the leftmost pair of lowest rank.
  std::vector<int32_t> merged(std::string_view text) const {
    std::vector<int32_t> tokens;
    for (unsigned char byte : text)
      tokens.push_back(bytes[byte]);
    while (true) {
      size_t best = merges.size(), place = 0;
      for (size_t i = 0; i + 1 < tokens.size(); ++i)
        for (size_t rank = 0; rank < best; ++rank)
          if (merges[rank].left == tokens[i] && merges[rank].right == tokens[i + 1])
            best = rank, place = i;
      if (best == merges.size())
        return tokens;
      tokens[place] = merges[best].merged;
      tokens.erase(tokens.begin() + ptrdiff_t(place) + 1);
    }
  }
};

/// Tokens with scores, some of them equal: letters, what joins two tokens, a few that nothing makes, and the user's
/// own.
struct RandomScores {
  std::vector<std::string> texts;
  std::vector<float> scores;
  std::vector<bool> whole;

  RandomScores(std::mt19937 &random, int count) {
    std::set<std::string> known;
    auto add = [&](const std::string &text, float score, bool own) {
      if (known.insert(text).second)
        texts.push_back(text), scores.push_back(score), whole.push_back(own);
    };
    for (const char *letter : {"a", "b", "\u00E9"})
      add(letter, 0, false);
    bool ties = random() % 3 == 0, shuffled = random() % 4 == 0;
    for (int i = 0; i != count; ++i) {
      std::string joined = texts[random() % texts.size()] + texts[random() % texts.size()];
      if (joined.size() <= 9)
        add(joined, shuffled ? -float(random() % 50) : ties ? -float(i / 2) : -float(i), random() % 40 == 0);
    }
    if (random() % 4 == 0)
      add("ax", -3, false); // x alone is none
  }
  /// By the definition: over and over, the leftmost pair of those that join to the best token. -1 has no token.
  std::vector<int32_t> merged(std::string_view text) const {
    auto idOf = [&](std::string_view what) {
      auto found = std::find(texts.begin(), texts.end(), what);
      return found == texts.end() ? -1 : int32_t(found - texts.begin());
    };
    std::vector<std::string> parts;
    for (size_t at = 0; at != text.size();) {
      size_t from = at;
      nextCharacter(text, at);
      for (size_t id = 0; id != texts.size(); ++id)
        if (whole[id] && text.substr(from).starts_with(texts[id]))
          at = std::max(at, from + texts[id].size());
      parts.emplace_back(text.substr(from, at - from));
    }
    auto isWhole = [&](const std::string &part) { return idOf(part) >= 0 && whole[size_t(idOf(part))]; };
    while (true) {
      size_t best = parts.size();
      float most = 0;
      for (size_t i = 0; i + 1 < parts.size(); ++i)
        if (int32_t id = idOf(parts[i] + parts[i + 1]); id >= 0 && !isWhole(parts[i]) && !isWhole(parts[i + 1]))
          if (best == parts.size() || scores[size_t(id)] > most)
            best = i, most = scores[size_t(id)];
      if (best == parts.size())
        break;
      parts[best] += parts[best + 1];
      parts.erase(parts.begin() + ptrdiff_t(best) + 1);
    }
    std::vector<int32_t> ids;
    for (const std::string &part : parts)
      ids.push_back(idOf(part));
    return ids;
  }
};

} // namespace

TEST_CASE("long pieces are merged by scores, too") {
  std::mt19937 random(11);
  for (int trial = 0; trial != 400; ++trial) {
    RandomScores tokens(random, 3 + int(random() % 60));
    std::vector<Trie::Entry> entries;
    for (size_t id = 0; id != tokens.texts.size(); ++id)
      entries.push_back({tokens.texts[id], int32_t(id)});
    Fallback fallback;
    fallback.unknown = 1000;
    ScoredBpe model(entries, tokens.scores, tokens.whole, fallback);
    for (size_t length : {5, 31, 40, 150}) {
      std::string text;
      while (text.size() < length)
        text += random() % 30 == 0 ? "x" : std::array{"a", "b", "\u00E9"}[random() % 3];
      std::vector<Unit> units;
      model.encode(text, units);
      std::vector<int32_t> ids;
      for (const Unit &unit : units)
        ids.push_back(unit.id == 1000 ? -1 : unit.id);
      CHECK(ids == tokens.merged(text));
    }
  }
}

TEST_CASE("long pieces are encoded as merging encodes them") {
  std::mt19937 random(7);
  int local = 0, shuffled = 0;
  for (int trial = 0; trial != 600; ++trial) {
    RandomRules rules(random, 3 + int(random() % 60));
    if (trial % 2 == 0) // rules before those that make their parts
      std::shuffle(rules.merges.begin(), rules.merges.end(), random);
    RankedBpe::Options options;
    options.bytes = true;
    Trie trie = Trie::of(rules.entries());
    MergeTable table(rules.merges.size());
    for (size_t i = 0; i != rules.merges.size(); ++i)
      table.add(rules.merges[i].left, rules.merges[i].right, {rules.merges[i].merged, uint32_t(i)});
    RankedBpe model(rules.entries(), table, options);
    std::vector<LongPieces::Rule> all;
    for (size_t i = 0; i != rules.merges.size(); ++i)
      all.push_back({rules.merges[i].left, rules.merges[i].right, rules.merges[i].merged, uint32_t(i)});
    std::vector<int32_t> letters(rules.bytes.begin(), rules.bytes.end());
    std::unique_ptr<LongPieces> pieces = LongPieces::of(letters, all, trie, table);
    (trial % 2 == 0 ? shuffled : local) += pieces != nullptr;
    for (size_t length : {32, 33, 70, 150}) {
      std::string text;
      while (text.size() != length)
        text += "abc"[random() % 3];
      std::vector<Unit> units;
      pieces ? void(pieces->encode(text, 0, units)) : model.encode(text, units);
      std::vector<int32_t> ids;
      uint32_t at = 0;
      for (const Unit &unit : units) {
        CHECK(unit.begin == at);
        at = unit.end;
        ids.push_back(unit.id);
      }
      CHECK(at == length);
      CHECK(ids == rules.merged(text));
    }
  }
  CHECK(local > 250); // else this shows nothing of what it is about
  CHECK(shuffled > 150);
}
