// From parsed files to a checked program: the last room that a person's mistakes reach.
//
// In: the files of a package, names resolved. Out: one model with its hyper-parameters fixed, as parameters and entries
// (Checked.h), or diagnostics. The work is elaboration: functions and blocks are run on compile-time values, and what
// they do to data is written down.
#pragma once

#include "lang/check/Checked.h"
#include "lang/check/Package.h"
#include "lang/diagnostics/Diagnostics.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace heed {

/// A value of a checkpoint's config; `std::monostate` is null.
struct ConfigValue {
  using List = std::vector<ConfigValue>;
  std::variant<std::monostate, bool, int64_t, double, std::string, List> value;
};

struct CheckOptions {
  /// `GPT2`, or `GPT2(depth = 48)`: which model, with which hyper-parameters. Empty: the file's only model.
  std::string model;
  /// Or the recipe whose model it is; then what the recipe says is checked too.
  const ast::Declaration *recipe = nullptr;
  /// The checkpoint that is read: what its architecture is called, and its config. Empty: none, and `config(key,
  /// value)` is `value`.
  std::string architecture;
  std::map<std::string, ConfigValue> config;
  std::set<std::string> stored; // the names of its tensors
  /// Which inputs a caller of an entry gives, as far as they may be left out. Unset: every choice is made.
  std::optional<std::set<std::string>> given;
};

/// How many variants of one entry are made at most: leaving out n inputs or not is 2^n.
constexpr size_t mostVariants = 16;

/// Names of the models of the main file, in order.
std::vector<std::string> modelsOf(const Package &);
/// Recipes of the main file.
std::vector<const ast::Declaration *> recipesOf(const Package &);

/// A fingerprint of all source text, hexadecimal.
std::string digestOf(const Sources &, const Package &);

/// Null exactly when an error was reported.
std::unique_ptr<checked::Program> check(Sources &, const Package &, const CheckOptions &, Diagnostics &);

/// Reports what is wrong with the main file's declarations that none of its models and recipes leads to, as far as that
/// shows without a caller.
void checkAlone(Sources &, const Package &, Diagnostics &);

/// Reports what a checked program has and no later stage takes yet, each at its place.
void refuseNotYet(const checked::Program &, Diagnostics &);
/// Whether there is nothing of that.
bool isCompilable(const checked::Program &, const Sources &);

} // namespace heed
