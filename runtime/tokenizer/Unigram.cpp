#include "runtime/tokenizer/Unigram.h"

#include "runtime/tokenizer/Utf8.h"

#include <algorithm>
#include <cmath>

namespace heed::runtime {

/// How much worse than the worst token a character without one is (as in SentencePiece, `kUnkPenalty`).
constexpr double penalty = 10;

Unigram::Unigram(const std::vector<Trie::Entry> &tokens, std::vector<double> given, const std::vector<bool> &own,
                 Fallback how, Sums sums)
    : trie(Trie::of(tokens)), scores(std::move(given)), fallback(how), sums(sums) {
  double worst = 0, best = -INFINITY;
  bool any = false;
  for (const auto &[text, id] : tokens)
    if (!own[size_t(id)]) {
      double score = scores[size_t(id)];
      worst = any ? std::min(worst, score) : score, best = std::max(best, score), any = true;
    }
  unknownScore = kept(worst - penalty);
  for (const auto &[text, id] : tokens)
    if (own[size_t(id)]) // as good as if each of its bytes were the best token
      scores[size_t(id)] = kept(double(text.size()) * (any ? best : 0)) - 0.1;
}

void Unigram::encode(std::string_view piece, std::vector<Unit> &out) const {
  struct Best {
    double score = 0;
    int32_t id = -1;
    uint32_t begin = 0;
    bool reached = false;
  };
  thread_local std::vector<Best> best;
  best.assign(piece.size() + 1, {});
  best[0].reached = true;
  for (size_t begin = 0, next = 0; begin != piece.size(); begin = next) {
    nextCharacter(piece, next);
    bool single = false;                                   // whether a token is just this character
    auto offer = [&](size_t end, double sum, int32_t id) { // compared as it is, whatever is kept
      if (Best &there = best[end]; !there.reached || sum > there.score)
        there = {kept(sum), id, uint32_t(begin), true};
    };
    double before = best[begin].score;
    Trie::Walk walk;
    for (size_t at = begin; at != piece.size() && trie.step(walk, (unsigned char)piece[at]); ++at)
      if (int32_t id = trie.value(walk); id >= 0) {
        offer(at + 1, scores[size_t(id)] + before, id);
        single = single || at + 1 == next;
      }
    if (!single)
      offer(next, kept(unknownScore + before), -1);
  }
  thread_local std::vector<Unit> units;
  units.clear();
  for (size_t end = piece.size(); end != 0; end = best[end].begin)
    units.push_back({best[end].id, best[end].begin, uint32_t(end)});
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit)
    if (unit->id >= 0)
      out.push_back(*unit);
    else
      fallback.encode(piece, unit->begin, unit->end, out);
}

} // namespace heed::runtime
