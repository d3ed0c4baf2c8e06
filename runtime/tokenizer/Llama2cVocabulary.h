// The vocabulary file of llama2.c (its tokenizer.py): int32 length of the longest piece, then of each piece float32
// score, int32 length, bytes. Ids 0, 1, 2 are unknown, start, end; `<0xNN>` is one byte.
#pragma once

#include "runtime/tokenizer/Tokenizer.h"

#include <vector>

namespace heed::runtime {

class Llama2cVocabulary final : public Tokenizer {
public:
  static Result<std::unique_ptr<Tokenizer>> parse(const std::string &name, std::span<const std::byte> bytes);

  int64_t size() const override { return int64_t(pieces.size()); }
  int32_t start() const override { return 1; }
  /// In training data the start of the next text ends the one before.
  bool ends(int32_t id) const override { return id == 1 || id == 2; }
  std::string bytes(int32_t previous, int32_t id) const override;

private:
  std::vector<std::string> pieces;
};

} // namespace heed::runtime
