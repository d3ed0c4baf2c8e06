// Tokens by id and ids by token, from an untrusted file. In: pairs of them, merges by name. Out: the table, checked.
#pragma once

#include "runtime/Result.h"
#include "runtime/load/PackedTexts.h"
#include "runtime/tokenizer/MergeTable.h"

namespace heed::runtime {

/// Merges by the names of their tokens, as a file has them.
struct NamedMerges {
  PackedTexts lefts, rights;
  void add(std::string_view left, std::string_view right) { lefts.push_back(left), rights.push_back(right); }
  size_t size() const { return lefts.size(); }
};

class TokenTable {
public:
  /// Ids without a token are for those that were never given one. A file has no more ids than fit into it.
  explicit TokenTable(size_t fileSize) : most(int64_t(fileSize / bytesOfToken)) {}

  /// Returns what is wrong, or nothing, as a JsonHandler does.
  std::string add(std::string_view token, int64_t id);
  /// By id.
  const PackedTexts &tokens() const { return table.texts; }
  size_t size() const { return table.texts.size(); }
  /// -1 where there is none.
  int32_t find(std::string_view token) const { return int32_t(table.find(token)); }
  /// Merges whose tokens are all there, the best first; in messages they are counted from 1.
  Result<MergeTable> merges(const std::string &name, const NamedMerges &, const std::string &continuing = "") const;
  /// The tokens, when nothing more is looked for.
  PackedTexts take() { return table.take(); }

private:
  static constexpr size_t bytesOfToken = 5; // `"":0,` has
  int64_t most;
  IndexedTexts table;
};

} // namespace heed::runtime
