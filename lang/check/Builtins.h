// The names that are there without being declared: functions and values of the language (Builtins.def), and those that
// stand in recipes (Recipes.def).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed {

struct Builtin {
  enum class Kind {
    Function,
    Draw,
    Value,
    Cast,
    // only in recipes
    Source,
    Tokenizer,
    Optimizer,
    Schedule,
    Amount, // how much a batch holds, how gradients are clipped, how often something is done
    Metric,
  };
  std::string_view name;
  Kind kind;
  std::string_view options; // arguments that may be named, separated by spaces

  bool takes(std::string_view option) const;
  std::vector<std::string> optionNames() const;
};

/// The builtin of the language; null if there is none of that name.
const Builtin *findBuiltin(std::string_view name);
/// What stands for itself in the entries of a recipe only.
const Builtin *findRecipeBuiltin(std::string_view name);
std::vector<std::string> builtinNames();
std::vector<std::string> recipeBuiltinNames();

/// Fields of the batches that a source of data gives.
std::vector<std::string> fieldsOf(std::string_view source);

/// `data`, `batch`, …: what a recipe can set.
bool isSetting(std::string_view name);
std::vector<std::string> settingNames();

} // namespace heed
