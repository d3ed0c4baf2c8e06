// The registries of Builtins.def and Recipes.def as tables.
#include "lang/check/Builtins.h"

#include <algorithm>
#include <iterator>

namespace heed {

namespace {
constexpr Builtin kBuiltins[] = {
#define HEED_FUNCTION(name, options) {#name, Builtin::Kind::Function, options},
#define HEED_DRAW(name, options) {#name, Builtin::Kind::Draw, options},
#define HEED_VALUE(name) {#name, Builtin::Kind::Value, ""},
#define HEED_CAST(name) {#name, Builtin::Kind::Cast, ""},
#include "lang/check/Builtins.def"
};

constexpr Builtin kRecipeBuiltins[] = {
#define HEED_RECIPE_NAME(kind, name, options) {#name, Builtin::Kind::kind, options},
#include "lang/check/Recipes.def"
};

/// A source's fields, as its options are.
constexpr Builtin kFields[] = {
#define HEED_SOURCE(name, options, fields) {#name, Builtin::Kind::Source, fields},
#include "lang/check/Recipes.def"
};

constexpr std::string_view kSettings[] = {
#define HEED_SETTING(name) #name,
#include "lang/check/Recipes.def"
};

template <size_t N> const Builtin *find(const Builtin (&table)[N], std::string_view name) {
  auto found = std::find_if(std::begin(table), std::end(table), [&](const Builtin &b) { return b.name == name; });
  return found == std::end(table) ? nullptr : found;
}
template <size_t N> std::vector<std::string> names(const Builtin (&table)[N]) {
  std::vector<std::string> result;
  for (const Builtin &b : table)
    result.emplace_back(b.name);
  return result;
}
} // namespace

std::vector<std::string> Builtin::optionNames() const {
  std::vector<std::string> result;
  for (std::string_view rest = options; !rest.empty();) {
    size_t end = std::min(rest.find(' '), rest.size());
    result.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return result;
}

bool Builtin::takes(std::string_view option) const {
  std::vector<std::string> known = optionNames();
  return std::find(known.begin(), known.end(), option) != known.end();
}

const Builtin *findBuiltin(std::string_view name) { return find(kBuiltins, name); }
const Builtin *findRecipeBuiltin(std::string_view name) { return find(kRecipeBuiltins, name); }
std::vector<std::string> builtinNames() { return names(kBuiltins); }
std::vector<std::string> recipeBuiltinNames() { return names(kRecipeBuiltins); }

std::vector<std::string> fieldsOf(std::string_view source) {
  const Builtin *found = find(kFields, source);
  return found ? found->optionNames() : std::vector<std::string>();
}

bool isSetting(std::string_view name) {
  return std::find(std::begin(kSettings), std::end(kSettings), name) != std::end(kSettings);
}
std::vector<std::string> settingNames() { return {std::begin(kSettings), std::end(kSettings)}; }

} // namespace heed
