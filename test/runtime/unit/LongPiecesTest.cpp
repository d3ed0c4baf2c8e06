// Encoding without a heap gives what merging gives, whatever the rules are.
#include "runtime/tokenizer/LongPieces.h"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <random>

using namespace heed::runtime;

namespace {

/// All bytes, and rules at random that join what is there: of three letters, so that many rules meet, some make one
/// token of different parts, and some can never be used.
struct RandomRules {
  std::deque<std::string> texts;
  std::map<std::string, int32_t> ids;
  std::vector<RankedBpe::Merge> merges;
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

} // namespace

TEST_CASE("long pieces are encoded as merging encodes them") {
  std::mt19937 random(7);
  int local = 0;
  for (int trial = 0; trial != 300; ++trial) {
    RandomRules rules(random, 3 + int(random() % 60));
    if (trial % 5 == 0) // rules before those that make their parts
      std::shuffle(rules.merges.begin(), rules.merges.end(), random);
    RankedBpe::Options options;
    options.bytes = true;
    RankedBpe model(rules.entries(), rules.merges, options);
    Trie trie = Trie::of(rules.entries());
    MergeTable table(rules.merges.size());
    for (size_t i = 0; i != rules.merges.size(); ++i)
      table.add(rules.merges[i].left, rules.merges[i].right, {rules.merges[i].merged, uint32_t(i)});
    std::unique_ptr<LongPieces> pieces = LongPieces::of(rules.merges, rules.bytes, trie, table);
    local += pieces != nullptr;
    for (size_t length : {32, 33, 70, 150}) {
      std::string text;
      while (text.size() != length)
        text += "abc"[random() % 3];
      std::vector<Unit> units;
      pieces ? pieces->encode(text, units) : model.encode(text, units);
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
  CHECK(local > 200); // else this shows nothing of what it is about
}
