#include "runtime/tokenizer/learn/UnigramLearning.h"

#include "runtime/tokenizer/Trie.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/learn/Substrings.h"
#include "runtime/tokenizer/text/Unicode.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace heed::runtime {
namespace {

// As in SentencePiece, whose defaults these are.
constexpr double coverage = 0.9995; // the share of the texts' characters that get tokens
constexpr size_t longestToken = 16; // characters
constexpr size_t mostSeeds = 1'000'000;
constexpr double kept = 0.75;      // the share of tokens that a pruning leaves
constexpr double surplus = 1.1;    // where pruning stops, and the least probable ones are cut off
constexpr int roundsBetween = 2;   // of expectation maximisation
constexpr double leastCount = 0.5; // an expected count below goes

constexpr char32_t mark = 0x2581;
constexpr char32_t unknown = 0; // stands for a character that gets no token: no token holds it

/// The logarithmic derivative of the gamma function (Bernardo, 1976).
double digamma(double x) {
  double result = 0;
  for (; x < 7; ++x)
    result -= 1 / x;
  x -= 0.5;
  double square = 1 / (x * x);
  return result + std::log(x) +
         square * (1.0 / 24 - square * (7.0 / 960 - square * (31.0 / 8064 - square * 127.0 / 30720)));
}

/// A space's mark only in front, and letters of one script, apart from signs and digits.
bool isToken(std::u32string_view text) {
  int before = -1;
  for (size_t i = 0; i != text.size(); ++i) {
    if (text[i] == unknown || (text[i] == mark && i != 0))
      return false;
    if (text[i] == mark)
      continue;
    int script = scriptOf(text[i]);
    if (script < 0) // what takes that of its neighbour
      continue;
    if (before >= 0 && script != before)
      return false;
    before = script;
  }
  return true;
}

std::string utf8Of(std::u32string_view text) {
  std::string result;
  for (char32_t c : text)
    result += runtime::utf8Of(c);
  return result;
}

struct Edge {
  uint32_t begin, end;
  int32_t token;
};

class Learner {
public:
  Learner(std::vector<CountedWord> words, std::vector<ScoredToken> tokens, size_t characters, ThreadPool &pool)
      : words(std::move(words)), tokens(std::move(tokens)), characters(characters), pool(pool) {
    index();
  }
  std::vector<ScoredToken> take() { return std::move(tokens); }
  size_t size() const { return tokens.size(); }

  void maximise() {
    std::vector<double> counts = expected();
    std::vector<ScoredToken> next;
    std::vector<double> left;
    double sum = 0;
    for (size_t t = 0; t != tokens.size(); ++t)
      if (double count = t < characters ? std::max(counts[t], leastCount) : counts[t]; count >= leastCount) {
        next.push_back(std::move(tokens[t]));
        left.push_back(count), sum += count;
      }
    double whole = digamma(sum); // of a variational posterior, which makes rare tokens rarer
    for (size_t t = 0; t != next.size(); ++t)
      next[t].score = digamma(left[t]) - whole;
    tokens = std::move(next);
    index();
  }

  void prune(size_t wanted);

private:
  std::vector<CountedWord> words;
  std::vector<ScoredToken> tokens; // characters first
  size_t characters;
  ThreadPool &pool;
  Trie trie;

  void index() {
    std::vector<Trie::Entry> entries;
    for (size_t t = 0; t != tokens.size(); ++t)
      entries.push_back({tokens[t].text, int32_t(t)});
    trie = Trie::of(std::move(entries));
  }

  /// All tokens within a word, by their begins.
  void edges(std::string_view word, std::vector<Edge> &out) const {
    out.clear();
    for (size_t begin = 0, next = 0; begin != word.size(); begin = next) {
      nextCharacter(word, next);
      Trie::Walk walk;
      for (size_t at = begin; at != word.size() && trie.step(walk, (unsigned char)word[at]); ++at)
        if (int32_t token = trie.value(walk); token >= 0)
          out.push_back({uint32_t(begin), uint32_t(at + 1), token});
    }
  }

  /// Calls `work(words' begin, end, part)` for as many parts as there are threads.
  template <typename Work> void eachPart(const Work &work) {
    size_t parts = size_t(pool.size());
    pool.each(int64_t(parts), 1, [&](int64_t begin, int64_t end) {
      for (size_t p = size_t(begin); p != size_t(end); ++p)
        work(words.size() * p / parts, words.size() * (p + 1) / parts, p);
    });
  }

  std::vector<double> expected();
  std::vector<int32_t> best(std::string_view word, int32_t without, std::vector<Edge> &) const;
};

double logOfSum(double a, double b) {
  if (a < b)
    std::swap(a, b);
  return a + std::log1p(std::exp(b - a));
}

/// How often each token is expected in the texts, over all ways to cut them (Kudo, 2018, equation 4), by sums forward
/// and backward. Counts are added up as integers of 2^-24, so that it doesn't matter in which order.
std::vector<double> Learner::expected() {
  constexpr double unit = 1 << 24;
  std::vector<std::vector<int64_t>> counts(size_t(pool.size()), std::vector<int64_t>(tokens.size()));
  eachPart([&](size_t begin, size_t end, size_t part) {
    std::vector<Edge> ways;
    std::vector<double> forward, backward;
    for (size_t w = begin; w != end; ++w) {
      const std::string &word = words[w].text;
      edges(word, ways);
      forward.assign(word.size() + 1, -INFINITY), backward.assign(word.size() + 1, -INFINITY);
      forward[0] = backward[word.size()] = 0;
      for (const Edge &edge : ways)
        if (double sum = forward[edge.begin] + tokens[size_t(edge.token)].score; std::isfinite(sum))
          forward[edge.end] = logOfSum(sum, forward[edge.end]);
      for (auto edge = ways.rbegin(); edge != ways.rend(); ++edge)
        if (double sum = backward[edge->end] + tokens[size_t(edge->token)].score; std::isfinite(sum))
          backward[edge->begin] = logOfSum(sum, backward[edge->begin]);
      double all = forward[word.size()];
      for (const Edge &edge : ways) {
        double share = std::exp(forward[edge.begin] + tokens[size_t(edge.token)].score + backward[edge.end] - all);
        counts[part][size_t(edge.token)] += int64_t(std::llround(share * double(words[w].count) * unit));
      }
    }
  });
  std::vector<double> result(tokens.size());
  for (size_t t = 0; t != tokens.size(); ++t) {
    int64_t sum = 0;
    for (const std::vector<int64_t> &part : counts)
      sum += part[t];
    result[t] = double(sum) / unit;
  }
  return result;
}

/// The most probable way to cut a word, without the token `without` where that isn't -1; empty where there is none.
std::vector<int32_t> Learner::best(std::string_view word, int32_t without, std::vector<Edge> &ways) const {
  edges(word, ways);
  struct Way {
    double score = -INFINITY;
    const Edge *last = nullptr;
  };
  std::vector<Way> to(word.size() + 1);
  to[0].score = 0;
  for (const Edge &edge : ways)
    if (double score = to[edge.begin].score + tokens[size_t(edge.token)].score;
        edge.token != without && score > to[edge.end].score)
      to[edge.end] = {score, &edge};
  std::vector<int32_t> cut;
  for (const Edge *edge = to[word.size()].last; edge; edge = edge->begin == 0 ? nullptr : to[edge->begin].last)
    cut.push_back(edge->token);
  return cut;
}

/// Leaves `wanted` tokens: those go first without which the texts become the least improbable, were they cut into what
/// the token itself is cut into then.
void Learner::prune(size_t wanted) {
  std::vector<std::vector<int32_t>> instead(tokens.size());
  pool.each(int64_t(tokens.size()), 256, [&](int64_t begin, int64_t end) {
    std::vector<Edge> ways;
    for (int64_t t = std::max(begin, int64_t(characters)); t < end; ++t)
      instead[size_t(t)] = best(tokens[size_t(t)].text, int32_t(t), ways);
  });
  struct Use {
    std::vector<int64_t> count, words; // how often, and the words that hold it
  };
  std::vector<Use> uses(size_t(pool.size()),
                        {std::vector<int64_t>(tokens.size()), std::vector<int64_t>(tokens.size())});
  eachPart([&](size_t begin, size_t end, size_t part) {
    std::vector<Edge> ways;
    for (size_t w = begin; w != end; ++w) {
      std::vector<int32_t> cut = best(words[w].text, -1, ways);
      std::sort(cut.begin(), cut.end());
      for (size_t i = 0; i != cut.size(); ++i) {
        uses[part].count[size_t(cut[i])] += words[w].count;
        if (i == 0 || cut[i] != cut[i - 1])
          uses[part].words[size_t(cut[i])] += words[w].count;
      }
    }
  });
  for (size_t part = 1; part != uses.size(); ++part)
    for (size_t t = 0; t != tokens.size(); ++t)
      uses[0].count[t] += uses[part].count[t], uses[0].words[t] += uses[part].words[t];
  double sum = 0, texts = 0;
  for (int64_t count : uses[0].count)
    sum += double(count);
  for (const CountedWord &word : words)
    texts += double(word.count);

  std::vector<std::pair<double, size_t>> losses;
  for (size_t t = characters; t != tokens.size(); ++t) {
    double count = double(uses[0].count[t]);
    if (count == 0)
      continue;
    double ways = double(instead[t].size()), after = 0;
    for (int32_t other : instead[t])
      after += std::log(double(uses[0].count[size_t(other)]) + count) - std::log(sum + count * (ways - 1));
    double loss = instead[t].empty() ? INFINITY : std::log(count / sum) - after;
    losses.push_back({double(uses[0].words[t]) / texts * loss, t});
  }
  std::sort(losses.begin(), losses.end(),
            [](const auto &a, const auto &b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  losses.resize(std::min(losses.size(), wanted - std::min(wanted, characters)));
  std::vector<ScoredToken> next(tokens.begin(), tokens.begin() + ptrdiff_t(characters));
  for (const auto &[loss, t] : losses)
    next.push_back(std::move(tokens[t]));
  tokens = std::move(next);
  index();
}

/// The characters that get tokens, most frequent first.
std::vector<std::pair<char32_t, int64_t>> charactersOf(const std::vector<std::pair<std::u32string, int64_t>> &words) {
  std::map<char32_t, int64_t> counts;
  int64_t all = 0, covered = 0;
  for (const auto &[word, count] : words)
    for (char32_t c : word)
      counts[c] += count, all += count;
  std::vector<std::pair<char32_t, int64_t>> characters(counts.begin(), counts.end());
  std::stable_sort(characters.begin(), characters.end(),
                   [](const auto &a, const auto &b) { return a.second > b.second; });
  for (size_t i = 0; i != characters.size(); ++i) {
    if (double(covered) >= coverage * double(all) || characters[i].first == unknown)
      return characters.resize(i), characters;
    covered += characters[i].second;
  }
  return characters;
}

} // namespace

Result<std::vector<ScoredToken>> learnUnigram(const std::vector<CountedWord> &counted, size_t size, ThreadPool &pool,
                                              const Progress &progress) {
  std::vector<std::pair<std::u32string, int64_t>> words;
  for (const CountedWord &word : counted) {
    std::u32string text;
    for (size_t at = 0; at != word.text.size();)
      text += nextCharacter(word.text, at);
    words.push_back({std::move(text), word.count});
  }
  std::vector<std::pair<char32_t, int64_t>> characters = charactersOf(words);
  if (characters.size() > size)
    return failure("the texts have {} characters that need tokens, more than the {} that are left of the vocabulary's "
                   "size",
                   characters.size(), size);
  std::u32string known;
  for (const auto &[c, count] : characters)
    known += c;
  std::sort(known.begin(), known.end());
  std::map<std::string, int64_t> parts; // what is between characters without a token
  for (auto &[word, count] : words)
    for (size_t begin = 0, at = 0; at <= word.size(); ++at)
      if (at == word.size() || !std::binary_search(known.begin(), known.end(), word[at])) {
        if (at < word.size())
          word[at] = unknown;
        if (begin != at)
          parts[utf8Of(std::u32string_view(word).substr(begin, at - begin))] += count;
        begin = at + 1;
      }
  std::vector<CountedWord> texts;
  for (const auto &[text, count] : parts)
    texts.push_back({text, count});

  progress("finding frequent parts", 0);
  std::vector<ScoredToken> tokens;
  double sum = 0;
  for (const auto &[c, count] : characters)
    tokens.push_back({runtime::utf8Of(c), double(count)});
  for (const Substring &part : frequentSubstrings(words, longestToken, mostSeeds, isToken))
    tokens.push_back({utf8Of(part.text), double(part.count) * double(part.text.size())});
  for (const ScoredToken &token : tokens)
    sum += token.score;
  for (ScoredToken &token : tokens)
    token.score = std::log(token.score / sum);

  Learner learner(std::move(texts), std::move(tokens), characters.size(), pool);
  double begin = double(learner.size());
  for (size_t wanted = size_t(double(size) * surplus);;) {
    for (int round = 0; round != roundsBetween; ++round)
      learner.maximise();
    size_t now = learner.size();
    progress("choosing tokens", now <= wanted ? 1 : std::log(begin / double(now)) / std::log(begin / double(wanted)));
    if (now <= wanted)
      break;
    learner.prune(std::max(wanted, size_t(double(now) * kept)));
    if (learner.size() == now)
      break;
  }
  std::vector<ScoredToken> learnt = learner.take();
  // Characters stay, whatever their scores.
  std::stable_sort(learnt.begin() + ptrdiff_t(characters.size()), learnt.end(),
                   [](const auto &a, const auto &b) { return a.score > b.score; });
  learnt.resize(std::min(learnt.size(), size));
  std::stable_sort(learnt.begin(), learnt.end(), [](const auto &a, const auto &b) { return a.score > b.score; });
  return learnt;
}

} // namespace heed::runtime
