// Recipes: what they say fits the model that they train. In: the elaborated model and the recipe's entries. Out:
// errors; running one is the business of `heed train`.
#include "lang/check/Builtins.h"
#include "lang/check/Elaborator.h"
#include "lang/check/Paths.h"

#include <limits>

namespace heed {

std::vector<const ast::Declaration *> recipesOf(const Package &package) {
  std::vector<const ast::Declaration *> recipes;
  for (const ast::Declaration &declaration : package.main->tree.declarations)
    if (declaration.kind == ast::Declaration::Kind::Recipe)
      recipes.push_back(&declaration);
  return recipes;
}

struct Elaborator::Recipe {
  const ast::Declaration &declaration;
  std::map<std::string, const ast::Setting *, std::less<>> settings;

  const ast::Expr *operator[](std::string_view name) const {
    auto found = settings.find(name);
    return found == settings.end() ? nullptr : found->second->value.get();
  }
};

namespace {
constexpr double kAnyNumber = std::numeric_limits<double>::infinity();

/// `adamw(…)`, or `characters` alone: what a recipe's own name stands for, if it is of this kind.
const Builtin *builtinIn(const ast::Expr &e, Builtin::Kind kind) {
  auto call = ast::as<ast::Call>(&e);
  auto name = ast::as<ast::NameExpr>(call ? call->callee.get() : &e);
  const Builtin *builtin = name ? findRecipeBuiltin(name->name) : nullptr;
  return builtin && builtin->kind == kind ? builtin : nullptr;
}

const ast::Expr *argument(const ast::Expr &e, std::string_view name) {
  auto call = ast::as<ast::Call>(&e);
  const Builtin *builtin = nullptr;
  if (auto callee = call ? ast::as<ast::NameExpr>(call->callee) : nullptr)
    builtin = findRecipeBuiltin(callee->name);
  if (!builtin)
    return nullptr;
  std::vector<std::string> options = builtin->optionNames();
  for (size_t i = 0; i < call->arguments.size(); ++i) {
    const ast::Argument &a = call->arguments[i];
    if (a.name ? a.name->text == name : i < options.size() && options[i] == name)
      return a.value.get();
  }
  return nullptr;
}

const ast::Expr *named(const ast::Tuple &tuple, std::string_view name) {
  for (const ast::Argument &entry : tuple.entries)
    if (entry.name && entry.name->text == name)
      return entry.value.get();
  return nullptr;
}

std::string listed(const std::vector<std::string> &names) { return fmt::format("`{}`", fmt::join(names, "`, `")); }

std::vector<std::string> namesOf(Builtin::Kind kind) {
  std::vector<std::string> names;
  for (const std::string &name : recipeBuiltinNames())
    if (findRecipeBuiltin(name)->kind == kind)
      names.push_back(name);
  return names;
}
} // namespace

Diagnostic &Elaborator::misfit(const ast::Expr &e, std::string_view setting, std::string_view wanted) {
  return diagnostics.error(Kind::BadSetting, e.range, "`{}` is {}, and this is `{}`", setting, wanted,
                           sources.text(e.range));
}

/// A number within [least, below); none with an error.
std::optional<double> Elaborator::numberIn(const ast::Expr &e, double least, double below, std::string_view what) {
  Value value = eval(e, fileScope(package.main));
  auto number = value.as<Number>();
  if (number && number->value() >= least && number->value() < below)
    return number->value();
  if (!value.poisoned())
    misfit(e, what,
           below == kAnyNumber ? fmt::format("a number of at least {}", least)
                               : fmt::format("a number from {} to below {}", least, below));
  return std::nullopt;
}

bool Elaborator::wholeIn(const ast::Expr &e, std::string_view what) {
  Value value = eval(e, fileScope(package.main));
  auto number = value.as<Number>();
  bool fits = number && number->whole() && *number->whole() >= 1;
  if (!fits && !value.poisoned())
    misfit(e, what, "a whole number of at least 1");
  return fits;
}

void Elaborator::checkRecipe(const ast::Declaration &declaration) {
  Recipe recipe{declaration, {}};
  for (const ast::Setting &setting : declaration.settings)
    recipe.settings[setting.name.text] = &setting;
  for (std::string_view needed : {"data", "batch", "objective"})
    if (!recipe[needed])
      diagnostics.error(Kind::MissingSetting, declaration.name.range, "the recipe `{}` has no `{}`",
                        declaration.name.text, needed);
  if (!recipe["steps"] && !recipe["epochs"])
    diagnostics
        .error(Kind::MissingSetting, declaration.name.range, "the recipe `{}` does not say when it ends",
               declaration.name.text)
        .helped("set `steps` or `epochs`");
  if (!recipe["optimizer"] && !program->parameters.empty())
    diagnostics
        .error(Kind::MissingSetting, declaration.name.range, "the recipe `{}` trains parameters and has no `optimizer`",
               declaration.name.text)
        .helped("for example `optimizer = adamw(rate = 1e-3)`");
  for (const ast::Setting &setting : declaration.settings)
    checkSetting(recipe, setting);
}

void Elaborator::checkSetting(Recipe &recipe, const ast::Setting &setting) {
  const std::string &name = setting.name.text;
  const ast::Expr &e = *setting.value;
  if (name == "data")
    return checkData(recipe, setting);
  if (name == "objective")
    return checkObjective(recipe, setting);
  if (name == "optimizer")
    return checkOptimizer(recipe, setting);
  if (name == "evaluate")
    return checkEvaluate(recipe, setting);
  if (name == "groups")
    return checkGroups(recipe, setting);
  if (name == "shard")
    return checkShard(recipe, setting);
  if (name == "mesh")
    return checkMesh(recipe, setting);
  if (name == "batch") {
    auto tuple = ast::as<ast::Tuple>(&e);
    const Builtin *amount = builtinIn(e, Builtin::Kind::Amount);
    if (amount && amount->name == "tokens") {
      if (auto count = argument(e, "count"))
        wholeIn(*count, "tokens");
    } else if (tuple && tuple->entries.size() == 2) {
      wholeIn(*tuple->entries[0].value, name), wholeIn(*tuple->entries[1].value, name);
    } else if (tuple || amount) {
      misfit(e, name, "rows, rows and positions as in `(64, 256)`, or `tokens(n)`");
    } else {
      wholeIn(e, name);
    }
  } else if (name == "train") {
    auto list = ast::as<ast::List>(&e);
    std::vector<const ast::Expr *> patterns = {&e};
    if (list) {
      patterns.clear();
      for (const ast::ExprPtr &element : list->elements)
        patterns.push_back(element.get());
    }
    for (const ast::Expr *pattern : patterns)
      if (auto text = ast::as<ast::String>(pattern))
        checkPath(text->value, pattern->range);
      else
        misfit(*pattern, name, "a path or a list of paths");
  } else if (name == "clip") {
    const Builtin *amount = builtinIn(e, Builtin::Kind::Amount);
    const ast::Expr *limit = amount && amount->name == "elementwise" ? argument(e, "limit") : &e;
    if (limit)
      numberIn(*limit, 0, kAnyNumber, name);
  } else if (name == "steps" || name == "epochs") {
    wholeIn(e, name);
  } else if (name == "continued") {
    if (Value value = eval(e, fileScope(package.main)); !value.as<bool>() && !value.poisoned())
      misfit(e, name, "`true` or `false`");
  } else if (name == "start") {
    auto other = ast::as<ast::NameExpr>(&e);
    const Package::Symbol *symbol = other ? package.find(*package.main, other->name) : nullptr;
    bool isRecipe = symbol && symbol->declaration && symbol->declaration->kind == ast::Declaration::Kind::Recipe;
    if (isRecipe && symbol->declaration == &recipe.declaration)
      misfit(e, name, "another recipe");
    else if (!isRecipe && !ast::as<ast::String>(&e))
      misfit(e, name, "a checkpoint's folder, as text, or another recipe");
  }
}

void Elaborator::checkData(Recipe &, const ast::Setting &setting) {
  const ast::Expr &e = *setting.value;
  if (!builtinIn(e, Builtin::Kind::Source)) {
    misfit(e, "data", "a source of batches")
        .helped(fmt::format("there are {}", listed(namesOf(Builtin::Kind::Source))));
    return;
  }
  auto tokenizer = argument(e, "tokenizer");
  if (tokenizer && !builtinIn(*tokenizer, Builtin::Kind::Tokenizer))
    misfit(*tokenizer, "tokenizer", "what cuts text into tokens")
        .helped(fmt::format("there are {}", listed(namesOf(Builtin::Kind::Tokenizer))));
  else if (tokenizer)
    checkTokenizer(*tokenizer);
  for (std::string_view share : {"holdout", "random_next", "short"})
    if (auto value = argument(e, share))
      numberIn(*value, 0, 1, share);
  for (std::string_view count : {"length", "stride", "predict", "step"})
    if (auto value = argument(e, count))
      wholeIn(*value, count);
}

/// A vocabulary that there is, or how many tokens to learn from the data's own text.
void Elaborator::checkTokenizer(const ast::Expr &e) {
  const Builtin &builtin = *builtinIn(e, Builtin::Kind::Tokenizer);
  bool learns = builtin.takes("shared");
  const ast::Expr *which = argument(e, "vocabulary");
  if (builtin.takes("vocabulary") && !which) {
    auto &report = diagnostics.error(Kind::MissingSetting, e.range, "`{}` does not say which vocabulary", builtin.name);
    report.helped(
        learns ? fmt::format("`{0}(\"FOLDER\")` opens one, and `{0}(8000)` learns one from the data", builtin.name)
               : fmt::format("`{}(\"FOLDER\")` opens one", builtin.name));
  } else if (which) {
    auto name = ast::as<ast::String>(which);
    Value size = name ? Value() : eval(*which, fileScope(package.main));
    auto number = size.as<Number>();
    bool fits = name ? !name->value.empty() : learns && number && number->whole() && *number->whole() >= 1;
    if (!fits && (name || !size.poisoned()))
      misfit(*which, builtin.name,
             learns ? "a vocabulary's file, folder or name, or how many tokens to learn"
                    : "a vocabulary's file, folder or name");
  }
  if (auto frequency = argument(e, "frequency"))
    wholeIn(*frequency, "frequency");
  if (auto shared = argument(e, "shared"))
    if (Value truth = eval(*shared, fileScope(package.main)); !truth.as<bool>() && !truth.poisoned())
      misfit(*shared, "shared", "`true` or `false`");
}

const checked::Entry *Elaborator::entryNamed(const ast::Expr &e) {
  if (auto name = ast::as<ast::NameExpr>(&e))
    for (const auto &entry : program->entries)
      if (entry->name == name->name)
        return entry.get();
  return nullptr;
}

/// An entry, whose first result is a number to make small, and whose inputs are fields of the data.
void Elaborator::checkObjective(Recipe &recipe, const ast::Setting &setting) {
  const ast::Expr &e = *setting.value;
  const checked::Entry *objective = entryNamed(e);
  if (!objective) {
    std::vector<std::string> names;
    for (const auto &entry : program->entries)
      if (entry->without.empty()) // of its variants the whole one
        names.push_back(entry->name);
    misfit(e, "objective", fmt::format("an entry of `{}`", program->model))
        .helped(names.empty() ? "" : fmt::format("there are {}", listed(names)));
    return;
  }
  if (objective->results.empty()) // was reported
    return;
  const checked::Tensor &first = *objective->results[0].tensor;
  if (!first.axes.empty() || !checked::isFloat(first.element))
    diagnostics
        .error(Kind::BadSetting, e.range,
               "the first result of an objective is minimised, so it is one float, and `{}` is {}",
               objective->results[0].name, describe(Value(wholeTensor(&first))))
        .note(objective->range, "declared here");
  else if (!recipe["train"]) // else what never changes may be meant to
    checkDraws(*objective);
  const Builtin *source = recipe["data"] ? builtinIn(*recipe["data"], Builtin::Kind::Source) : nullptr;
  std::vector<std::string> fields = source ? fieldsOf(source->name) : std::vector<std::string>();
  auto mayBeMissing = [&](const std::string &name) {
    return std::any_of(program->entries.begin(), program->entries.end(), [&](const auto &entry) {
      return entry->name == objective->name &&
             std::find(entry->without.begin(), entry->without.end(), name) != entry->without.end();
    });
  };
  for (const checked::Tensor *input : objective->inputs) {
    const std::string &name = input->name;
    if (!source || mayBeMissing(name) || std::find(fields.begin(), fields.end(), name) != fields.end())
      continue;
    diagnostics
        .error(Kind::BadSetting, e.range, "`{}` wants `{}`, which `{}` does not give", objective->name, name,
               source->name)
        .note(input->range, "declared here")
        .helped(fmt::format("its fields are {}; an input with a default may be missing", listed(fields)));
  }
}

void Elaborator::checkOptimizer(Recipe &, const ast::Setting &setting) {
  const ast::Expr &e = *setting.value;
  if (!builtinIn(e, Builtin::Kind::Optimizer)) {
    misfit(e, "optimizer", "a rule by which parameters change")
        .helped(fmt::format("there are {}", listed(namesOf(Builtin::Kind::Optimizer))));
    return;
  }
  if (auto rate = argument(e, "rate"))
    checkRate(*rate);
  else
    diagnostics.error(Kind::MissingSetting, e.range, "this optimizer has no `rate`")
        .helped("a number, a schedule such as `cosine(1e-3, warmup = 100)`, or `fn (step) = …`");
  for (std::string_view number : {"eps", "decay", "momentum"})
    if (auto value = argument(e, number))
      numberIn(*value, 0, kAnyNumber, number);
  if (auto betas = argument(e, "betas")) {
    auto tuple = ast::as<ast::Tuple>(betas);
    if (!tuple || tuple->entries.size() != 2)
      misfit(*betas, "betas", "two numbers");
    else
      for (const ast::Argument &beta : tuple->entries)
        numberIn(*beta.value, 0, 1, "betas");
  }
  for (std::string_view flag : {"bias_correction", "nesterov"})
    if (auto value = argument(e, flag))
      if (Value truth = eval(*value, fileScope(package.main)); !truth.as<bool>() && !truth.poisoned())
        misfit(*value, flag, "`true` or `false`");
}

/// A number, a schedule, or a function of the step.
void Elaborator::checkRate(const ast::Expr &e) {
  if (builtinIn(e, Builtin::Kind::Schedule)) {
    if (auto rate = argument(e, "rate"))
      numberIn(*rate, 0, kAnyNumber, "rate");
    else
      diagnostics.error(Kind::MissingSetting, e.range, "this schedule has no `rate`");
    for (std::string_view number : {"warmup", "floor"})
      if (auto value = argument(e, number))
        numberIn(*value, 0, kAnyNumber, number);
    return;
  }
  Value value = eval(e, fileScope(package.main));
  if (value.poisoned())
    return;
  if (value.callable()) { // asked once, at a step that is a number
    Value at = call(value, e.range, {{"", Value(Number(1)), e.range}}, e.range);
    if (!at.poisoned() && !at.as<Number>())
      misfit(e, "rate", "a number at each step").labelled(fmt::format("gives {}", describe(at)));
    return;
  }
  if (auto number = value.as<Number>(); !number || number->value() < 0)
    misfit(e, "rate", "a number of at least 0, a schedule or a function of the step");
}

void Elaborator::checkEvaluate(Recipe &recipe, const ast::Setting &setting) {
  const ast::Expr &e = *setting.value;
  const Builtin *amount = builtinIn(e, Builtin::Kind::Amount);
  auto what = argument(e, "what"), steps = argument(e, "steps");
  if (!amount || amount->name != "every" || !what || !steps) {
    misfit(e, "evaluate", "`every(steps, what)`");
    return;
  }
  wholeIn(*steps, "every");
  if (!entryNamed(*what) && !builtinIn(*what, Builtin::Kind::Metric))
    misfit(*what, "evaluate",
           fmt::format("an entry of `{}`, or one of {}", program->model, listed(namesOf(Builtin::Kind::Metric))));
}

/// A path that no parameter has is a mistake.
void Elaborator::checkPath(const std::string &pattern, Range range) {
  std::vector<std::string> paths;
  for (const auto &parameter : program->parameters) {
    if (fitsPath(pattern, parameter->path)) {
      auto layers = parameter->stacked ? parameter->tensor->axes[0].constant() : std::nullopt;
      if (!layers || fitsLayer(pattern, parameter->path, *layers))
        return;
    }
    paths.push_back(parameter->path);
  }
  std::vector<std::string> tails;
  for (const std::string &path : paths)
    tails.push_back(path.substr(path.rfind('.') + 1));
  size_t tail = pattern.rfind('.') + 1;
  auto &report = diagnostics.error(Kind::NoSuchPath, range, "no parameter of `{}` has a path that fits `{}`",
                                   program->model, pattern);
  if (auto near = nearest(pattern, paths); !near.empty())
    report.helped(fmt::format("did you mean `{}`?", near));
  else if (!pattern.ends_with("*") &&
           std::any_of(paths.begin(), paths.end(), [&](const std::string &p) { return fitsPath(pattern + ".**", p); }))
    report.helped(fmt::format("that is a block; its parameters are `{}.**`", pattern));
  else if (auto word = nearest(std::string_view(pattern).substr(tail), tails); !word.empty())
    report.helped(fmt::format("did you mean `{}{}`?", pattern.substr(0, tail), word));
}

/// `{"**.bias": (decay = 0)}`: settings of the optimizer for some parameters.
void Elaborator::checkGroups(Recipe &recipe, const ast::Setting &setting) {
  const ast::Expr &e = *setting.value;
  auto map = ast::as<ast::Map>(&e);
  if (!map) {
    misfit(e, "groups", "settings by path: `{\"**.bias\": (decay = 0)}`");
    return;
  }
  const Builtin *optimizer = recipe["optimizer"] ? builtinIn(*recipe["optimizer"], Builtin::Kind::Optimizer) : nullptr;
  for (const auto &entry : map->entries) {
    checkPath(entry.key, entry.keyRange);
    auto paren = ast::as<ast::Tuple>(entry.value);
    if (!paren) {
      misfit(*entry.value, "groups", "settings with names, such as `(decay = 0)`");
      continue;
    }
    for (const ast::Argument &option : paren->entries)
      if (!optimizer) { // was reported
        break;
      } else if (!option.name || !optimizer->takes(option.name->text)) {
        misfit(*option.value, "groups", "settings of the optimizer")
            .helped(fmt::format("`{}` takes {}", optimizer->name, listed(optimizer->optionNames())));
      } else if (option.name->text == "rate") {
        checkRate(*option.value);
      } else {
        numberIn(*option.value, 0, kAnyNumber, option.name->text);
      }
  }
}

/// `mesh = (data = 2, tensor = 4)`: how many processes there are in each direction.
void Elaborator::checkMesh(Recipe &, const ast::Setting &setting) {
  auto tuple = ast::as<ast::Tuple>(setting.value);
  if (!tuple || std::any_of(tuple->entries.begin(), tuple->entries.end(), [](auto &a) { return !a.name; })) {
    misfit(*setting.value, "mesh", "directions with names, such as `(data = 2, tensor = 4)`");
    return;
  }
  for (const ast::Argument &direction : tuple->entries)
    wholeIn(*direction.value, "mesh");
}

/// `shard = {"**.up.weight": (axis = 1, over = "tensor")}`: which axis of a parameter is spread over which direction.
void Elaborator::checkShard(Recipe &recipe, const ast::Setting &setting) {
  const ast::Expr &e = *setting.value;
  auto map = ast::as<ast::Map>(&e);
  if (!map) {
    misfit(e, "shard", "an axis by path: `{\"**.up.weight\": (axis = 1, over = \"tensor\")}`");
    return;
  }
  auto mesh = recipe["mesh"] ? ast::as<ast::Tuple>(recipe["mesh"]) : nullptr;
  for (const auto &entry : map->entries) {
    checkPath(entry.key, entry.keyRange);
    auto tuple = ast::as<ast::Tuple>(entry.value);
    const ast::Expr *axis = tuple ? named(*tuple, "axis") : nullptr, *over = tuple ? named(*tuple, "over") : nullptr;
    auto direction = over ? ast::as<ast::String>(over) : nullptr;
    Value number = axis ? eval(*axis, fileScope(package.main)) : Value();
    auto at = number.as<Number>() ? number.as<Number>()->whole() : std::nullopt;
    if (!direction || !at || tuple->entries.size() != 2) {
      misfit(*entry.value, "shard", "an axis and a direction: `(axis = 1, over = \"tensor\")`");
      continue;
    }
    if (!mesh || !named(*mesh, direction->value))
      misfit(*over, "shard", "spread over a direction of `mesh`");
    for (const auto &parameter : program->parameters) {
      int64_t rank = parameter->tensor->axes.size() - parameter->stacked;
      if (fitsPath(entry.key, parameter->path) && (*at >= rank || *at < -rank)) {
        misfit(*axis, "shard", fmt::format("spread along an axis of `{}`, which has {}", parameter->path, rank));
        break;
      }
    }
  }
}

} // namespace heed
