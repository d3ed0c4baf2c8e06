// Tokens by id and ids by token, from an untrusted file. In: pairs of them, merges by name. Out: the table, checked.
#pragma once

#include "runtime/Result.h"
#include "runtime/tokenizer/Bpe.h"

#include <string>
#include <vector>

namespace heed::runtime {

struct TokenTable {
  std::vector<std::string> tokens; // by id
  /// A file has no more tokens than bytes.
  explicit TokenTable(size_t fileSize) : most(int64_t(fileSize)) {}

  /// Returns what is wrong, or nothing, as a JsonHandler does.
  std::string add(const std::string &token, int64_t id);
  /// Whether each id up to the highest has a token.
  Result<void> check(const std::string &name) const;
  /// -1 where there is none.
  int32_t find(std::string_view token) const;
  /// Merges whose tokens are all there; `line` of a merge in messages counts from 1.
  Result<std::vector<RankedBpe::Merge>> merges(const std::string &name,
                                               const std::vector<std::pair<std::string, std::string>> &,
                                               const std::string &continuing = "") const;

private:
  int64_t most;
  std::vector<bool> taken;
  std::vector<int32_t> slots; // ids by the hash of their tokens, open addressing; -1 is free
  size_t count = 0;

  size_t placeOf(std::string_view token) const;
  void grow();
};

} // namespace heed::runtime
