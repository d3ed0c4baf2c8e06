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
  if (find(token) >= 0)
    return fmt::format("the token {} occurs twice", ticked(token));
  tokens[size_t(id)] = token, taken[size_t(id)] = true;
  if (++count * 2 > slots.size())
    grow();
  slots[placeOf(token)] = int32_t(id);
  return "";
}

/// Where the token's id is, or is to be.
size_t TokenTable::placeOf(std::string_view token) const {
  size_t mask = slots.size() - 1, place = std::hash<std::string_view>()(token) & mask;
  while (slots[place] >= 0 && tokens[size_t(slots[place])] != token)
    place = (place + 1) & mask;
  return place;
}

void TokenTable::grow() {
  std::vector<int32_t> old(std::max<size_t>(64, slots.size() * 2), -1);
  old.swap(slots);
  for (int32_t id : old)
    if (id >= 0)
      slots[placeOf(tokens[size_t(id)])] = id;
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

int32_t TokenTable::find(std::string_view token) const { return slots.empty() ? -1 : slots[placeOf(token)]; }

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
