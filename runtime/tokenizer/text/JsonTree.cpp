#include "runtime/tokenizer/text/JsonTree.h"

namespace heed::runtime {

/// Many times what any known file holds besides its vocabulary.
constexpr size_t mostNodes = 200'000;

const JsonTree &JsonTree::operator[](std::string_view key) const {
  static const JsonTree nothing;
  auto object = std::get_if<Object>(&value);
  if (!object)
    return nothing;
  auto found = object->find(key);
  return found == object->end() ? nothing : found->second;
}

std::pair<JsonTree *, std::string> JsonTreeBuilder::put(JsonTree tree) {
  if (++nodes > mostNodes)
    return {nullptr, fmt::format("more than {} values besides the vocabulary", mostNodes)};
  if (path.empty())
    return {&(root = std::move(tree)), ""};
  if (auto list = std::get_if<JsonTree::List>(&path.back()->value))
    return {&list->emplace_back(std::move(tree)), ""};
  auto &object = std::get<JsonTree::Object>(path.back()->value);
  return {&(object[names.back()] = std::move(tree)), ""};
}

std::string JsonTreeBuilder::opened(JsonTree tree) {
  auto [place, wrong] = put(std::move(tree));
  if (place)
    path.push_back(place), names.emplace_back();
  return wrong;
}

std::string JsonTreeBuilder::open(JsonTree::Object object) { return opened({std::move(object)}); }
std::string JsonTreeBuilder::open(JsonTree::List list) { return opened({std::move(list)}); }

std::string JsonTreeBuilder::close() { return path.pop_back(), names.pop_back(), ""; }

} // namespace heed::runtime
