// Shows what each arrow of the front end gives, without a compiler behind it. In: `tokens | ast | format | check FILE`, or `names FILE STDLIB`.
// Out: the tokens, the tree, the formatted text or nothing; errors go to standard error, with exit status 1.
#include "lang/check/Resolve.h"
#include "lang/format/Format.h"
#include "lang/lex/Lexer.h"
#include "lang/parse/Parser.h"

#include <cstdio>
#include <string_view>

using namespace heed;

int main(int argc, char **argv) {
  std::string_view what = argc > 1 ? argv[1] : "";
  if (argc != (what == "names" ? 4 : 3)) {
    fmt::print(stderr, "usage: heed-front tokens|ast|format|check FILE, or heed-front names FILE STDLIB\n");
    return 2;
  }
  Sources sources;
  Diagnostics diagnostics(sources);
  if (what == "names") {
    resolve(load(sources, std::string(argv[2]), argv[3], diagnostics), diagnostics);
    fmt::print(stderr, "{}", diagnostics.render());
    return diagnostics.any() ? 1 : 0;
  }
  std::string error;
  std::optional<FileId> file = sources.read(argv[2], error);
  if (!file) {
    file = sources.add(argv[2], "");
    diagnostics.error(Kind::UnreadableFile, {*file, 0, 0}, "cannot read `{}`: {}", argv[2], error);
  } else if (what == "tokens") {
    fmt::print("{}", print(lex(sources, *file, diagnostics), sources));
  } else {
    ast::File tree = parse(sources, *file, diagnostics);
    if (what == "ast")
      fmt::print("{}", print(tree, sources));
    else if (what == "format" && !diagnostics.any())
      fmt::print("{}", format(tree, sources, diagnostics));
  }
  fmt::print(stderr, "{}", diagnostics.render());
  return diagnostics.any() ? 1 : 0;
}
