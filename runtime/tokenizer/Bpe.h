// Byte-pair encoding (Sennrich et al., 2016): neighbours are merged, the best pair first, the leftmost of equal ones.
// In: a piece. Out: ids.
#pragma once

#include "runtime/tokenizer/LongPieces.h"
#include "runtime/tokenizer/Trie.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

namespace heed::runtime {

/// What stands where no token does.
struct Fallback {
  int32_t unknown = -1;           // id for what has none; -1: it vanishes
  bool fuse = false;              // one id for a run of such characters
  std::array<int32_t, 256> bytes; // id of each byte, -1: the byte has none
  bool toBytes = false;           // a character without a token is written as its bytes, where all have one

  Fallback() { bytes.fill(-1); }
  /// Appends what stands for the character from `begin` to `end`.
  void encode(std::string_view piece, uint32_t begin, uint32_t end, std::vector<Unit> &units) const;
  /// Whether the id may stand for what has no token.
  bool writes(int32_t id) const { return id == unknown || std::find(bytes.begin(), bytes.end(), id) != bytes.end(); }
};

/// Merges by rules: a pair of ids has a rank, the lowest goes first (GPT-2, `tokenizer.json`).
class RankedBpe final : public PieceModel {
public:
  struct Options {
    bool bytes = false;      // begins with bytes, not with characters
    bool wholeFirst = false; // a piece that is a token is not taken apart
    std::string continuing;  // stands before a token that doesn't begin its piece
    std::string end;         // stands behind the token that ends its piece
    Fallback fallback;
  };
  /// `tokens`: strings as the model sees them, bytes as they are. Ranks are counted from 0.
  RankedBpe(std::vector<Trie::Entry> tokens, MergeTable rules, Options);
  ~RankedBpe() override;
  void encode(std::string_view piece, std::vector<Unit> &units) const override;

private:
  /// Whether a piece that a token spells becomes that token; found out when such a piece is met first.
  enum class Whole : uint8_t { Unknown, Yes, No };
  Trie trie;
  MergeTable rules;
  std::array<int32_t, 256> byteIds;
  Options options;
  std::unique_ptr<std::atomic<Whole>[]> whole;   // by id
  mutable WhenWorthwhile<LongPieces> longPieces; // null where merging alone will do, too

  void begin(std::string_view piece, std::vector<Unit> &units) const;
  const LongPieces *forLong(size_t bytes) const;
  std::unique_ptr<LongPieces> madeForLong() const;
};

/// Merges what joins to a token, the token of highest score first (SentencePiece, llama2.c).
class ScoredBpe final : public PieceModel {
public:
  ScoredBpe(const std::vector<Trie::Entry> &tokens, const std::vector<float> &scores, std::vector<bool> whole,
            Fallback);
  ~ScoredBpe() override;
  void encode(std::string_view piece, std::vector<Unit> &units) const override;

private:
  struct ForLong;
  Trie trie, own;              // own: what the user asked for as a whole, found before anything is merged
  std::vector<uint32_t> ranks; // by id: how many scores are better
  std::vector<bool> whole;     // by id: one of the user's own
  Fallback fallback;
  mutable WhenWorthwhile<ForLong> longPieces;

  void encodePlain(std::string_view piece, uint32_t begin, std::vector<Unit> &units) const;
  const LongPieces *forLong(size_t bytes) const;
  std::unique_ptr<ForLong> madeForLong() const;
};

} // namespace heed::runtime
