#include "runtime/tokenizer/text/JsonStage.h"

#include "runtime/tokenizer/Utf8.h"

namespace heed::runtime {

/// What a value is, as messages say it.
static std::string_view kindOf(const JsonTree &tree) {
  constexpr std::string_view kinds[] = {"null",   "a truth value", "a whole number", "a number",
                                        "a text", "a list",        "an object"};
  return kinds[tree.value.index()];
}

JsonStage JsonStage::operator[](std::string_view key) const {
  if (!null() && !std::holds_alternative<JsonTree::Object>(tree->value))
    refuse("is {}; an object was expected", kindOf(*tree));
  return {*problem, (*tree)[key], place.empty() ? std::string(key) : fmt::format("{}.{}", place, key)};
}

std::vector<JsonStage> JsonStage::items() const {
  std::vector<JsonStage> result;
  if (auto list = std::get_if<JsonTree::List>(&tree->value))
    for (size_t i = 0; i != list->size(); ++i)
      result.push_back({*problem, (*list)[i], fmt::format("{}[{}]", place, i)});
  else if (!null())
    refuse("is {}; a list was expected", kindOf(*tree));
  return result;
}

std::vector<std::pair<std::string, JsonStage>> JsonStage::fields() const {
  std::vector<std::pair<std::string, JsonStage>> result;
  if (auto object = std::get_if<JsonTree::Object>(&tree->value))
    for (const auto &[key, value] : *object)
      result.push_back({key, (*this)[key]});
  else if (!null())
    refuse("is {}; an object was expected", kindOf(*tree));
  return result;
}

std::vector<JsonStage> JsonStage::list(std::string_view key) const { return (*this)[key].items(); }

template <typename T> const T *JsonStage::get(std::string_view key, std::string_view expected) const {
  JsonStage field = (*this)[key];
  auto found = std::get_if<T>(&field.tree->value);
  if (!found && !field.null())
    field.refuse("is {}; {} was expected", kindOf(*field.tree), expected);
  return found;
}

bool JsonStage::truth(std::string_view key, bool otherwise) const {
  const bool *found = get<bool>(key, "a truth value");
  return found ? *found : otherwise;
}

int64_t JsonStage::whole(std::string_view key, int64_t otherwise, int64_t least, int64_t most) const {
  const int64_t *found = get<int64_t>(key, "a whole number");
  if (!found)
    return otherwise;
  if (*found < least || *found > most) {
    (*this)[key].refuse("is {}; {} to {} were expected", *found, least, most);
    return otherwise;
  }
  return *found;
}

std::string JsonStage::text(std::string_view key, std::string_view otherwise) const {
  const std::string *found = get<std::string>(key, "a text");
  return found ? *found : std::string(otherwise);
}

std::string JsonStage::text(std::string_view key) const {
  if ((*this)[key].null())
    refuse("has no `{}`", key);
  return text(key, "");
}

std::string JsonStage::character(std::string_view key, std::string_view otherwise) const {
  std::string found = text(key, otherwise);
  if (countCharacters(found) != 1)
    (*this)[key].refuse("is {}; one character was expected", ticked(found));
  return found;
}

std::optional<std::string> JsonStage::asText() const {
  auto found = std::get_if<std::string>(&tree->value);
  return found ? std::optional(*found) : std::nullopt;
}

std::optional<double> JsonStage::asNumber() const {
  auto found = std::get_if<double>(&tree->value);
  std::optional<int64_t> whole = asWhole();
  return found ? std::optional(*found) : whole ? std::optional(double(*whole)) : std::nullopt;
}

std::optional<int64_t> JsonStage::asWhole() const {
  auto found = std::get_if<int64_t>(&tree->value);
  return found ? std::optional(*found) : std::nullopt;
}

} // namespace heed::runtime
