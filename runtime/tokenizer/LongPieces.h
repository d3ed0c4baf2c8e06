// Byte-pair encoding of pieces that are too long for a heap to stay in the caches. What merging makes of a text is the
// one sequence of tokens in which every two neighbours would come out as these two if they stood alone, and all that
// begins so far is kept; so tokens are taken from the left, the longest that its neighbour admits, and given back where
// nothing goes on (after van Antwerpen and Neubeck, "So many tokens, so little time", GitHub blog, 2024).
// In: bytes. Out: the units that `Merging` gives.
#pragma once

#include "runtime/tokenizer/Bpe.h"

namespace heed::runtime {

class LongPieces {
public:
  /// None where neighbours don't decide: a byte without a token, or a rule before those that make its parts.
  static std::unique_ptr<LongPieces> of(const std::vector<RankedBpe::Merge> &, const std::array<int32_t, 256> &bytes,
                                        const Trie &, const MergeTable &);

  void encode(std::string_view piece, std::vector<Unit> &out) const;

private:
  /// A token that merging can leave.
  struct Made {
    int32_t left = none, right = none; // what it is merged from
    uint32_t time = 0;                 // when: later than its parts; 0: never, for it is a byte
    char byte = 0;                     // which
    uint32_t length = 0;               // in bytes; 0: merging never leaves this token
    int32_t shorter = none;            // the longest made token that it begins with
  };
  static constexpr int32_t none = -1;
  static constexpr uint32_t never = ~0u;

  LongPieces(const Trie &trie, const MergeTable &rules) : trie(trie), rules(rules) {}
  bool learn(const std::vector<RankedBpe::Merge> &, const std::array<int32_t, 256> &bytes);
  /// Whether both stay as they are, side by side, until `end`.
  bool apart(int32_t left, int32_t right, uint32_t end = never) const;
  int32_t longest(std::string_view text) const;
  std::string textOf(int32_t id) const;

  const Trie &trie;
  const MergeTable &rules;
  std::vector<Made> made; // by id
};

} // namespace heed::runtime
