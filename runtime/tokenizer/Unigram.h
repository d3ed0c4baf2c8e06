// The unigram language model (Kudo, 2018): of all ways to write a piece in tokens, the one of highest total score, by
// Viterbi's algorithm. In: a piece. Out: ids.
#pragma once

#include "runtime/tokenizer/Bpe.h"

namespace heed::runtime {

class Unigram final : public PieceModel {
public:
  /// Scores by id. `own`: by id, tokens that the user asked for, which are preferred to anything that they could be
  /// made of.
  Unigram(const std::vector<Trie::Entry> &tokens, const std::vector<float> &scores, const std::vector<bool> &own,
          Fallback);
  void encode(std::string_view piece, std::vector<Unit> &units) const override;

private:
  Trie trie;
  std::vector<double> scores; // by id
  Fallback fallback;
  float unknownScore = 0;
};

} // namespace heed::runtime
