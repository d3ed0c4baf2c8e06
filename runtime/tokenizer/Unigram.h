// The unigram language model (Kudo, 2018): of all ways to write a piece in tokens, the one of highest total score, by
// Viterbi's algorithm. In: a piece. Out: ids.
#pragma once

#include "runtime/tokenizer/Bpe.h"

namespace heed::runtime {

class Unigram final : public PieceModel {
public:
  /// How sums are kept, which decides between ways that are as good as equal: as the library tokenizers does, or as
  /// SentencePiece.
  enum class Sums { Double, Float };
  /// Scores by id. `own`: by id, tokens that the user asked for, which are preferred to anything that they could be
  /// made of.
  Unigram(const std::vector<Trie::Entry> &tokens, std::vector<double> scores, const std::vector<bool> &own, Fallback,
          Sums);
  void encode(std::string_view piece, std::vector<Unit> &units) const override;

private:
  Trie trie;
  std::vector<double> scores; // by id
  Fallback fallback;
  double unknownScore = 0;
  Sums sums;

  double kept(double sum) const { return sums == Sums::Float ? double(float(sum)) : sum; }
};

} // namespace heed::runtime
