#include "runtime/tokenizer/TokenTable.h"

namespace heed::runtime {

std::string TokenTable::add(const std::string &token, int64_t id) {
  if (id < 0 || id >= most)
    return fmt::format("the token {} has the id {}; a file of this size has at most {} tokens", ticked(token), id,
                       most);
  if (size_t(id) >= tokens.size())
    tokens.resize(size_t(id) + 1), taken.resize(size_t(id) + 1);
  if (taken[size_t(id)])
    return fmt::format("the id {} is given to {} and to {}", id, ticked(tokens[size_t(id)]), ticked(token));
  if (!ids.try_emplace(token, int32_t(id)).second)
    return fmt::format("the token {} occurs twice", ticked(token));
  tokens[size_t(id)] = token, taken[size_t(id)] = true;
  return "";
}

Result<void> TokenTable::check(const std::string &name) const {
  size_t missing = 0, first = tokens.size();
  for (size_t id = 0; id != tokens.size(); ++id)
    if (!taken[id])
      ++missing, first = std::min(first, id);
  if (tokens.empty())
    return failure("{}: holds no tokens", name);
  if (missing != 0)
    return failure("{}: {} of the ids 0 to {} have no token, the first of them {}", name, missing, tokens.size() - 1,
                   first);
  return {};
}

int32_t TokenTable::find(std::string_view token) const {
  auto found = ids.find(token);
  return found == ids.end() ? -1 : found->second;
}

Result<std::vector<RankedBpe::Merge>> TokenTable::merges(const std::string &name,
                                                         const std::vector<std::pair<std::string, std::string>> &rules,
                                                         const std::string &continuing) const {
  std::vector<RankedBpe::Merge> result;
  for (size_t i = 0; i != rules.size(); ++i) {
    const auto &[left, right] = rules[i];
    std::string behind = right.starts_with(continuing) ? right.substr(continuing.size()) : right;
    RankedBpe::Merge merge{find(left), find(right), find(left + behind)};
    for (auto [id, token] : {std::pair(merge.left, &left), std::pair(merge.right, &right)})
      if (id < 0)
        return failure("{}: merge {}: the vocabulary has no token {}", name, i + 1, ticked(*token));
    if (merge.merged < 0)
      return failure("{}: merge {}: {} and {} would make {}, and the vocabulary has no such token", name, i + 1,
                     ticked(left), ticked(right), ticked(left + behind));
    result.push_back(merge);
  }
  return result;
}

} // namespace heed::runtime
