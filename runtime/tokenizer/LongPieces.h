// Byte-pair encoding of pieces that are too long for a heap to stay in the caches. What merging makes of a text is the
// one sequence of tokens in which every two neighbours would come out as these two if they stood alone, and all that
// begins so far is kept; so tokens are taken from the left, the longest that its neighbour admits, and given back where
// nothing goes on (after van Antwerpen and Neubeck, "So many tokens, so little time", GitHub blog, 2024).
// In: text. Out: the units that `Merging` gives.
#pragma once

#include "runtime/tokenizer/MergeTable.h"
#include "runtime/tokenizer/Trie.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace heed::runtime {

class LongPieces {
public:
  /// A pair of ids and what it becomes; the lowest rank goes first, and the leftmost pair of one rank.
  struct Rule {
    int32_t left, right, merged;
    uint32_t rank;
  };
  /// `letters`: tokens that merging begins with. Rules by their ranks, as they are in the table.
  /// None where neighbours don't decide.
  static std::unique_ptr<LongPieces> of(const std::vector<int32_t> &letters, const std::vector<Rule> &, const Trie &,
                                        const MergeTable &);

  /// Appends units up to the first letter that is no token, or the end. Returns where it stopped.
  uint32_t encode(std::string_view piece, uint32_t begin, std::vector<Unit> &out) const;

private:
  struct Learning;
  /// How a token is made.
  struct Origin {
    int32_t left = none, right = none; // what it is merged from
    uint32_t time = 0;                 // when: no earlier than its parts; 0: never, for it is a letter
  };
  /// What to try in a token's place.
  struct Shorter {
    uint32_t length = 0; // of the token itself, in bytes; 0: merging never leaves it
    int32_t token = none;
  };
  static constexpr int32_t none = -1;
  static constexpr uint32_t never = ~0u;

  LongPieces(const Trie &trie, const MergeTable &rules) : trie(trie), rules(rules) {}
  bool learn(const std::vector<int32_t> &letters, const std::vector<Rule> &);
  /// Whether both stay as they are, side by side, until `end`.
  bool apart(int32_t left, int32_t right, uint32_t end = never) const;
  int32_t longest(std::string_view text) const;

  const Trie &trie;
  const MergeTable &rules;
  std::vector<Origin> origins;   // by id
  std::vector<Shorter> shorters; // by id
  std::vector<bool> made;        // by id: merging can leave it
};

/// Is made as soon as so many bytes of long pieces have been met that merging them by a heap, which does as well and
/// needs nothing made, has cost as much as the making. Null until then.
template <typename Made> class WhenWorthwhile {
public:
  /// `bytes` more were met; `worth`: how many it takes, always the same number.
  template <typename Make> const Made *get(size_t bytes, size_t worth, Make make) {
    if (met.load(std::memory_order_relaxed) < worth && met.fetch_add(bytes, std::memory_order_relaxed) + bytes < worth)
      return nullptr;
    std::call_once(once, [&] { made = make(); });
    return made.get();
  }

private:
  std::atomic<size_t> met{0};
  std::once_flag once;
  std::unique_ptr<Made> made;
};

} // namespace heed::runtime
