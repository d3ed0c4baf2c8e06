#include "runtime/tokenizer/TokenTable.h"

namespace heed::runtime {

std::string TokenTable::add(std::string_view token, int64_t id) {
  if (id < 0 || id >= most)
    return fmt::format("the token {} has the id {}; a file of this size has at most {} tokens", ticked(token), id,
                       most);
  if (size_t(id) < size() && table.texts.has(size_t(id)))
    return fmt::format("the id {} is given to {} and to {}", id, ticked(tokens()[size_t(id)]), ticked(token));
  return table.put(size_t(id), token) ? "" : fmt::format("the token {} occurs twice", ticked(token));
}

Result<MergeTable> TokenTable::merges(const std::string &name, const NamedMerges &rules,
                                      const std::string &continuing) const {
  MergeTable result(rules.size());
  std::string whole;
  for (size_t i = 0; i != rules.size(); ++i) {
    std::string_view left = rules.lefts[i], right = rules.rights[i];
    (whole = left) += right.substr(right.starts_with(continuing) ? continuing.size() : 0);
    int32_t first = find(left), second = find(right), merged = find(whole);
    for (auto [id, token] : {std::pair(first, left), std::pair(second, right)})
      if (id < 0)
        return failure("{}: merge {}: the vocabulary has no token {}", name, i + 1, ticked(token));
    if (merged < 0)
      return failure("{}: merge {}: {} and {} would make {}, and the vocabulary has no such token", name, i + 1,
                     ticked(left), ticked(right), ticked(whole));
    result.add(first, second, {merged, uint32_t(i)});
  }
  return result;
}

} // namespace heed::runtime
