#include "runtime/tokenizer/TokenTable.h"

#include <algorithm>
#include <array>

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
  constexpr size_t together = 64;
  std::array<std::string, together> joined;
  std::array<std::string_view, 3 * together> names;
  std::array<int64_t, 3 * together> ids;
  for (size_t begin = 0; begin != rules.size();) {
    size_t count = std::min(together, rules.size() - begin);
    for (size_t i = 0; i != count; ++i) {
      std::string_view left = rules.lefts[begin + i], right = rules.rights[begin + i];
      (joined[i] = left) += right.substr(right.starts_with(continuing) ? continuing.size() : 0);
      names[3 * i] = left, names[3 * i + 1] = right, names[3 * i + 2] = joined[i];
    }
    table.find({names.data(), 3 * count}, {ids.data(), 3 * count});
    for (size_t i = 0; i != count; ++i, ++begin) {
      const std::string_view *its = &names[3 * i];
      const int64_t *found = &ids[3 * i];
      for (int part : {0, 1})
        if (found[part] < 0)
          return failure("{}: merge {}: the vocabulary has no token {}", name, begin + 1, ticked(its[part]));
      if (found[2] < 0)
        return failure("{}: merge {}: {} and {} would make {}, and the vocabulary has no such token", name, begin + 1,
                       ticked(its[0]), ticked(its[1]), ticked(its[2]));
      result.add(int32_t(found[0]), int32_t(found[1]), {int32_t(found[2]), uint32_t(begin)});
    }
  }
  return result;
}

} // namespace heed::runtime
