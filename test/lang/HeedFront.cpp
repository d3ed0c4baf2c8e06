// Shows what each arrow of the front end gives, without a compiler behind it.
//
// In: `tokens | ast | format FILE`, `names | recipes | alone FILE STDLIB`, or `check | checked | compilable FILE STDLIB
// [MODEL]
// [--architecture=NAME] [KEY=VALUE…]`, where the last ones stand for a checkpoint's config. Out: the tokens, the tree,
// the formatted text, nothing, or the checked program; errors go to standard error, with exit status 1.
#include "lang/check/Check.h"
#include "lang/check/Resolve.h"
#include "lang/format/Format.h"
#include "lang/lex/Lexer.h"
#include "lang/parse/Parser.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace heed;

namespace {
/// Text as config.json would have it: null, a boolean, a number, a list with commas only, else a string.
ConfigValue configValue(const std::string &text) {
  if (text == "null")
    return {};
  if (text == "true" || text == "false")
    return {text == "true"};
  if (text.starts_with("[") && text.ends_with("]")) {
    ConfigValue::List items;
    for (size_t at = 1; at < text.size() - 1;) {
      size_t end = std::min(text.find(',', at), text.size() - 1);
      items.push_back(configValue(text.substr(at, end - at)));
      at = end + 1;
    }
    return {std::move(items)};
  }
  char *end = nullptr;
  long long whole = std::strtoll(text.c_str(), &end, 10);
  if (!text.empty() && !*end)
    return {static_cast<int64_t>(whole)};
  double real = std::strtod(text.c_str(), &end);
  return !text.empty() && !*end ? ConfigValue{real} : ConfigValue{text};
}

CheckOptions optionsOf(int count, char **arguments) {
  CheckOptions options;
  for (int i = 0; i < count; ++i) {
    std::string argument = arguments[i];
    size_t equals = argument.find('=');
    if (argument.rfind("--architecture=", 0) == 0)
      options.architecture = argument.substr(equals + 1);
    else if (equals == std::string::npos || argument.find('(') < equals)
      options.model = argument;
    else
      options.config[argument.substr(0, equals)] = configValue(argument.substr(equals + 1));
  }
  return options;
}

/// The modes that need the files around: names resolved, and the program checked.
void runPackage(std::string_view what, int argc, char **argv, Sources &sources, Diagnostics &diagnostics) {
  Package package = load(sources, std::string(argv[2]), argv[3], diagnostics);
  resolve(package, diagnostics);
  if (what == "names" || diagnostics.any())
    return;
  CheckOptions options = optionsOf(argc - 4, argv + 4);
  if (what == "alone")
    return checkAlone(sources, package, diagnostics);
  if (what == "recipes") {
    for (const ast::Declaration *recipe : recipesOf(package)) {
      options.recipe = recipe;
      check(sources, package, options, diagnostics);
    }
    return;
  }
  auto program = check(sources, package, options, diagnostics);
  if (program && what == "compilable")
    refuseNotYet(*program, diagnostics);
  if (program && what == "checked")
    fmt::print("{}", checked::print(*program, sources));
}

void runFile(std::string_view what, const char *path, Sources &sources, Diagnostics &diagnostics) {
  std::string error;
  std::optional<FileId> file = sources.read(path, error);
  if (!file) {
    file = sources.add(path, "");
    diagnostics.error(Kind::UnreadableFile, {*file, 0, 0}, "cannot read `{}`: {}", path, error);
  } else if (what == "tokens") {
    fmt::print("{}", print(lex(sources, *file, diagnostics), sources));
  } else {
    ast::File tree = parse(sources, *file, diagnostics);
    if (what == "ast")
      fmt::print("{}", print(tree, sources));
    else if (!diagnostics.any())
      fmt::print("{}", format(tree, sources, diagnostics));
  }
}
} // namespace

int main(int argc, char **argv) {
  std::string_view what = argc > 1 ? argv[1] : "";
  bool checks = what == "check" || what == "checked" || what == "compilable";
  bool onePackage = ((what == "names" || what == "recipes" || what == "alone") && argc == 4) || (checks && argc >= 4);
  bool oneFile = (what == "tokens" || what == "ast" || what == "format") && argc == 3;
  if (!onePackage && !oneFile) {
    fmt::print(stderr, "usage: heed-front tokens|ast|format FILE, or names|recipes|alone FILE STDLIB, or "
                       "check|checked|compilable FILE STDLIB "
                       "[MODEL] [KEY=VALUE…]\n");
    return 2;
  }
  Sources sources;
  Diagnostics diagnostics(sources);
  if (onePackage)
    runPackage(what, argc, argv, sources, diagnostics);
  else
    runFile(what, argv[2], sources, diagnostics);
  fmt::print(stderr, "{}", diagnostics.render());
  return diagnostics.any() ? 1 : 0;
}
