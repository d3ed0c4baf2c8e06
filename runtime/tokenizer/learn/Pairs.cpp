#include "runtime/tokenizer/learn/Pairs.h"

#include <algorithm>
#include <queue>
#include <unordered_map>

namespace heed::runtime {
namespace {

using Pair = std::pair<int32_t, int32_t>;

struct PairHash {
  size_t operator()(const Pair &pair) const {
    uint64_t key = uint64_t(uint32_t(pair.first)) << 32 | uint32_t(pair.second);
    return size_t((key * 0x9E3779B97F4A7C15) >> 16);
  }
};

struct Counted {
  int64_t count;
  Pair pair;
  bool operator<(const Counted &other) const { // the last goes first
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

class PairCounts {
public:
  explicit PairCounts(std::vector<PairLearning::Word> &words) : words(words) {
    for (uint32_t w = 0; w != words.size(); ++w)
      for (size_t i = 0; i + 1 < words[w].symbols.size(); ++i)
        change({words[w].symbols[i], words[w].symbols[i + 1]}, words[w].count, w);
    offerGrown();
  }

  /// The most frequent pair, with its count; 0 where there is none.
  Counted best() {
    while (!heap.empty()) {
      Counted top = heap.top();
      heap.pop();
      int64_t now = pairs.at(top.pair).count;
      if (now == top.count && now != 0)
        return top;
      if (now != 0) // it became rarer meanwhile
        heap.push({now, top.pair});
    }
    return {0, {}};
  }

  void merge(Pair pair, int32_t merged) {
    std::vector<uint32_t> where = std::move(pairs.at(pair).words);
    std::sort(where.begin(), where.end());
    where.erase(std::unique(where.begin(), where.end()), where.end());
    for (uint32_t w : where)
      mergeWithin(w, pair, merged);
    offerGrown();
  }

private:
  struct Entry {
    int64_t count = 0;
    std::vector<uint32_t> words; // that hold it, or did; some more than once
    bool grown = false;
  };
  std::vector<PairLearning::Word> &words;
  std::unordered_map<Pair, Entry, PairHash> pairs;
  std::vector<Pair> grown;
  std::priority_queue<Counted> heap;

  void change(Pair pair, int64_t by, uint32_t word) {
    Entry &entry = pairs[pair];
    entry.count += by;
    if (by < 0)
      return;
    if (entry.words.empty() || entry.words.back() != word)
      entry.words.push_back(word);
    if (!std::exchange(entry.grown, true))
      grown.push_back(pair);
  }
  void offerGrown() {
    for (const Pair &pair : grown) {
      Entry &entry = pairs.at(pair);
      entry.grown = false;
      heap.push({entry.count, pair});
    }
    grown.clear();
  }
  void mergeWithin(uint32_t w, Pair pair, int32_t merged) {
    std::vector<int32_t> &symbols = words[w].symbols;
    int64_t count = words[w].count;
    size_t to = 0;
    for (size_t i = 0; i != symbols.size(); ++i) {
      if (i + 1 == symbols.size() || Pair(symbols[i], symbols[i + 1]) != pair) {
        symbols[to++] = symbols[i];
        continue;
      }
      change(pair, -count, w);
      if (to != 0) {
        change({symbols[to - 1], symbols[i]}, -count, w);
        change({symbols[to - 1], merged}, count, w);
      }
      if (i + 2 != symbols.size()) {
        change({symbols[i + 1], symbols[i + 2]}, -count, w);
        change({merged, symbols[i + 2]}, count, w);
      }
      symbols[to++] = merged, ++i;
    }
    symbols.resize(to);
  }
};

} // namespace

void PairLearning::learn(std::vector<Word> words, size_t size, int64_t frequency, const Progress &progress) {
  std::unordered_map<std::string, int32_t> ids;
  for (size_t id = 0; id != tokens.size(); ++id)
    ids.try_emplace(tokens[id], int32_t(id));
  PairCounts counts(words);
  size_t begin = tokens.size();
  while (tokens.size() < size) {
    auto [count, pair] = counts.best();
    if (count < std::max<int64_t>(frequency, 1))
      break;
    const std::string &right = tokens[size_t(pair.second)];
    std::string text =
        tokens[size_t(pair.first)] + (right.starts_with(continuing) ? right.substr(continuing.size()) : right);
    auto [known, fresh] = ids.try_emplace(text, int32_t(tokens.size())); // two pairs may make one token
    if (fresh)
      tokens.push_back(text);
    merges.push_back(pair);
    counts.merge(pair, known->second);
    progress("merging pairs", double(tokens.size() - begin) / double(size - begin));
  }
}

} // namespace heed::runtime
