// One name: what it refers to here, and what to say if it refers to nothing. And the search for functions that lead
// back to themselves.
#include "lang/check/Resolve.h"
#include "lang/check/Resolver.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace heed {

const Binding *Resolver::lookup(std::string_view name) const {
  for (auto level = levels.rbegin(); level != levels.rend(); ++level)
    if (auto found = level->find(name); found != level->end())
      return &found->second;
  return nullptr;
}

void Resolver::bindName(const ast::Name &name, Binding binding) {
  if (!name.text.empty() && name.text != "_")
    levels.back().insert_or_assign(name.text, std::move(binding));
}

/// Inner names first, then the file's, then what is built in.
void Resolver::reference(const std::string &name, Range range) {
  if (name.empty())
    return; // stands for something that could not be read
  if (name == "_") {
    diagnostics.error(Kind::DiscardRead, range, "`_` keeps no value").helped("give it a name where it is bound");
    return;
  }
  if (const Binding *binding = lookup(name)) {
    if (binding->method && !inRecipe)
      calls.add(node, binding->method, name, range);
    return;
  }
  if (const Package::Symbol *symbol = package.find(file, name))
    return mention(*symbol, name, range);
  if (inRecipe && findRecipeBuiltin(name))
    return;
  if (!findBuiltin(name))
    return unknown.push_back({name, range, inIndex});
  if (name == "config" && !configAllowed)
    diagnostics.error(Kind::MisplacedConfig, range, "`config` fills hyper-parameters only")
        .helped("make it the default of a hyper-parameter, and use that here");
}

/// `std.name`, unless `std` means something else here and has no such name.
bool Resolver::standardName(const ast::Name &name) {
  if (name.text.empty())
    return true;
  if (const Package::Symbol *symbol = package.findStd(name.text)) {
    mention(*symbol, name.text, name.range);
    return true;
  }
  if (lookup("std") || package.find(file, "std"))
    return false;
  std::vector<std::string> names;
  for (auto &[other, symbol] : package.standard)
    names.push_back(other);
  std::string near = nearest(name.text, names);
  diagnostics.error(Kind::UnknownName, name.range, "`std` has no `{}`", name.text)
      .helped(!near.empty()            ? fmt::format("did you mean `{}`?", near)
              : findBuiltin(name.text) ? fmt::format("`{}` is built in: write it without `std.`", name.text)
                                       : "");
  return true;
}

void Resolver::mention(const Package::Symbol &symbol, std::string_view name, Range range) {
  if (symbol.declaration && !inRecipe)
    calls.add(node, symbol.declaration, std::string(name), range);
}

/// `{name}` in a message, or in the name under which something is stored.
void Resolver::placeholders(const std::string &text, Range within) {
  auto isLetter = [](char c) { return std::isalnum((unsigned char)c) || c == '_'; };
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    size_t end = open + 1;
    while (end < text.size() && isLetter(text[end]))
      ++end;
    std::string name = text.substr(open + 1, end - open - 1);
    bool isName = !name.empty() && !std::isdigit((unsigned char)name[0]) && end < text.size() &&
                  (text[end] == '}' || text[end] == '.');
    if (!isName)
      continue;
    size_t at = package.sources->text(within).find(text.substr(open, end - open));
    if (at == std::string_view::npos) // spelled with escapes
      reference(name, within);
    else
      reference(name, {within.file, uint32_t(within.begin + at + 1), uint32_t(within.begin + at + 1 + name.size())});
  }
}

// ---- unknown names ------------------------------------------------------------------------------------------------

Resolver::Sentence::~Sentence() {
  std::vector<Unknown> mine;
  std::swap(mine, resolver.unknown);
  for (const Unknown &u : mine)
    resolver.reportUnknown(u, firstBinder);
  std::swap(outer, resolver.unknown);
}

std::vector<std::string> Resolver::known() const {
  std::vector<std::string> names = builtinNames();
  for (const Level &level : levels)
    for (auto &[name, binding] : level)
      names.push_back(name);
  for (auto &[name, symbol] : file.visible)
    names.push_back(name);
  if (inRecipe)
    for (std::string &name : recipeBuiltinNames())
      names.push_back(std::move(name));
  return names;
}

void Resolver::reportUnknown(const Unknown &u, size_t firstBinder) {
  bool imported = package.findStd(u.name) && !lookup(u.name);
  if (!(imported ? toldOfFile : told).insert(u.name).second)
    return; // the same mistake
  for (size_t n = endedBinders.size(); n-- > 0;) {
    if (endedBinders[n].name != u.name)
      continue;
    bool same = n >= firstBinder;
    diagnostics
        .error(Kind::UnboundIndex, u.range, "`{}` is used outside the {} that bound it", u.name,
               same ? "reduction" : "statement")
        .mark(endedBinders[n].range, same ? "its reduction ends before `+`, `-` and comparisons" : "bound here")
        .helped(same ? "put the sum in parentheses"
                     : "an index is in force in its own statement only; bind it here too");
    return;
  }
  diagnostics.error(Kind::UnknownName, u.range, "nothing here is called `{}`", u.name).helped(mendOf(u));
}

namespace {
/// Names that other languages and libraries have.
std::string habitOf(std::string_view name) {
  static const std::map<std::string_view, std::string_view> habits = {
      {"self", "members are known by their names alone, and functions of a block do not list it"},
      {"this", "members are known by their names alone, and functions of a block do not list it"},
      {"super", "a block has no parent; bind another block as a member and call it"},
      {"range", "a range is `0..n`"},
      {"enumerate", "numbers come along by `for l, x in xs`"},
      {"None", "there is no such value: an input that may be missing is `name?: type`, asked by `given(name)`"},
      {"null", "there is no such value: an input that may be missing is `name?: type`, asked by `given(name)`"},
      {"inf", "what is left out by a `where` counts for nothing; there is no infinite number"},
      {"einsum", "products are summed by an index statement: `y[i, k] = sum[j] a[i, j] * b[j, k]`"},
      {"matmul", "products are summed by an index statement: `y[i, k] = sum[j] a[i, j] * b[j, k]`"},
      {"transpose", "axes are reordered by an index statement: `y[j, i] = x[i, j]`"},
      {"reshape", "axes are split and merged by composites: `y[b, h, e] = x[b, (h, e)]`"},
      {"zeros", "every element is said: `y[i in n] = f32(0)`"},
      {"ones", "every element is said: `y[i in n] = f32(1)`"},
      {"arange", "a range is `0..n`"},
      {"shape", "the axes of a tensor have their names in its type: `x: [B, T, D]`"},
      {"print", "a result is given back by name; `heed run` shows it"},
  };
  static const std::set<std::string_view> libraries = {"np", "numpy", "torch", "nn", "jnp", "jax", "math", "tf", "F"};
  if (libraries.count(name))
    return "functions are called by their names alone: `tanh(x)`, or `softmax(x)` after `use std.{softmax}`";
  auto found = habits.find(name);
  return found == habits.end() ? "" : std::string(found->second);
}
} // namespace

std::string Resolver::mendOf(const Unknown &u) const {
  if (endedValues.count(u.name))
    return fmt::format(
        "what a loop binds ends with the turn: bind `{}` before the loop, or collect it over the loop's index", u.name);
  if (u.name == "std")
    return "a name of the standard library follows it: `std.softmax`";
  if (package.findStd(u.name))
    return fmt::format("the standard library has it: `use std.{{{}}}`", u.name);
  if (std::string habit = habitOf(u.name); !habit.empty())
    return habit;
  std::vector<std::string> names = known();
  std::string near = nearest(u.name, names);
  if (u.index && functionDepth > 0 && (near.empty() || u.name.size() < 3))
    return fmt::format("an index is bound by what is defined, `y[{0}] = …`, or by a reduction, `sum[{0}] …`", u.name);
  if (!near.empty())
    return fmt::format("did you mean `{}`?", near);
  if (inBlock)
    for (const ast::Member &m : inBlock->members)
      for (const ast::Target &t : m.targets)
        if (t.name.text == u.name)
          return "members are known after they are bound: move it up";
  if (u.name[0] >= 'A' && u.name[0] <= 'Z' && functionDepth > 0)
    return fmt::format("a size is bound by an axis of a parameter's type, `[{0}]`, or a name by `{0} = …`", u.name);
  if (u.name[0] >= 'A' && u.name[0] <= 'Z' && inBlock)
    return "the shape of a parameter is made of hyper-parameters; sizes of data are known to functions only";
  if (!inRecipe && findRecipeBuiltin(u.name))
    return "this name is known in recipes only";
  return u.name.size() <= 2 ? shortNames() : "";
}

/// Names of one or two letters are too near to each other to suggest one: all that are bound here.
std::string Resolver::shortNames() const {
  std::set<std::string> names;
  for (const Level &level : levels)
    for (auto &[name, binding] : level)
      if (name.size() <= 2 && name != "_")
        names.insert(fmt::format("`{}`", name));
  constexpr size_t most = 8;
  if (names.empty() || names.size() > most)
    return "";
  return fmt::format("short names that are bound here: {}", fmt::join(names, ", "));
}

// ---- recursion ----------------------------------------------------------------------------------------------------

void CallGraph::search(const void *node, std::vector<const Edge *> &path, std::set<const void *> &done,
                       Diagnostics &diagnostics) const {
  auto found = edges.find(node);
  if (done.count(node) || found == edges.end())
    return;
  for (const Edge &edge : found->second) {
    auto begin = std::find_if(path.begin(), path.end(), [&](const Edge *e) { return e->to == edge.to; });
    if (begin == path.end()) {
      path.push_back(&edge);
      search(edge.to, path, done, diagnostics);
      path.pop_back();
      continue;
    }
    std::string chain;
    for (auto step = begin + 1; step != path.end(); ++step)
      chain += fmt::format("`{}`, which calls ", (*step)->name);
    diagnostics.error(Kind::Recursion, edge.at, "`{}` calls {}", edge.name, chain.empty() ? "itself" : chain + "it")
        .helped("functions and blocks do not call themselves; write a loop, a reduction or a list");
  }
  done.insert(node);
}

void CallGraph::reportCycles(Diagnostics &diagnostics) const {
  std::set<const void *> done;
  for (const void *node : order) {
    Edge start{node, "", {}};
    std::vector<const Edge *> path{&start};
    search(node, path, done, diagnostics);
  }
}

void resolve(const Package &package, Diagnostics &diagnostics) {
  CallGraph calls;
  for (auto &file : package.files)
    if (file->whole)
      Resolver(package, *file, calls, diagnostics).wholeFile();
  calls.reportCycles(diagnostics);
}

} // namespace heed
