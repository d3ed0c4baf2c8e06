// What golden files can't hold: nesting, sizes, single expressions, odd bytes.
#include "lang/parse/Parser.h"
#include "lang/format/Format.h"
#include "lang/lex/Lexer.h"

#include <doctest/doctest.h>

using namespace heed;

namespace {

struct Read {
  explicit Read(std::string text)
      : file(sources.add("x.heed", std::move(text))), tree(parse(sources, file, diagnostics)) {}
  Sources sources;
  Diagnostics diagnostics{sources};
  FileId file;
  ast::File tree;
};

std::string repeat(std::string_view text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i)
    result += text;
  return result;
}

} // namespace

TEST_CASE("nesting has a limit, told once") {
  for (const std::string &text :
       {"fn f(x) = " + repeat("(", 2000) + "x" + repeat(")", 2000), "fn f(x) = " + repeat("x + ", 20000) + "x",
        "fn f(x) = " + repeat("if x then x else ", 2000) + "x", "fn f(x) = " + repeat("sum[i] ", 2000) + "x",
        "fn f(x) = x" + repeat("^x", 2000), "fn f(x) = x" + repeat("(1)", 2000), "fn f(x) = x" + repeat(".a", 2000),
        "fn f(x) " + repeat("{ ", 2000) + "x" + repeat(" }", 2000),
        "fn f(x: " + repeat("[", 2000) + "D" + repeat("]", 2000) + ") = x",
        "fn f(x) = " + repeat("fn (x) = ", 2000) + "x"}) {
    Read read(text);
    REQUIRE(read.diagnostics.count() == 1);
    CHECK(read.diagnostics.all()[0].kind == Kind::TooDeep);
  }
  CHECK(!Read("fn f(x) = " + repeat("(", 200) + "x" + repeat(")", 200)).diagnostics.any());
}

TEST_CASE("length has none") {
  Read read("fn f(x) {\n" + repeat("  y = x[1, 2] + f(x, a = 3)\n", 20000) + "}\n");
  CHECK(!read.diagnostics.any());
  CHECK(format(read.tree, read.sources, read.diagnostics) == read.sources.text(read.file));
}

TEST_CASE("any text gives errors, or a tree, and an end") {
  for (std::string_view text : {"",
                                "\n",
                                "}",
                                ")))",
                                "((({{{[[[",
                                "\"",
                                "\"\\",
                                "///",
                                "@",
                                "@a",
                                "fn",
                                "fn (",
                                "block",
                                "model M",
                                "recipe r = train",
                                "use",
                                "use a.",
                                "type T =",
                                "model M() { @a",
                                "fn f(x) = x[",
                                "fn f(x) = {",
                                "fn f(x) = {\"a\":",
                                "fn f() = if",
                                "\xEF\xBB\xBF",
                                "fn f() { for",
                                "fn f() { for x in",
                                "fn f() { next",
                                "fn f() { a, b",
                                "block B() { x:",
                                "block B() { x: param",
                                "block B() { x: state = 1 }",
                                "fn f() = 1 2 ( ] 3 }\nfn g() = (\n",
                                "\0\1\2",
                                "fn f(x) = x with",
                                "fn f(x) = attend",
                                "fn f(x) = sum",
                                "fn f(x) = a[(b, c"}) {
    Read read{std::string(text)};
    read.diagnostics.render();
    print(read.tree, read.sources);
  }
}

TEST_CASE("an expression of the command line") {
  Sources sources;
  Diagnostics diagnostics(sources);
  ast::ExprPtr call = parseExpression(sources, sources.add("--model", "GPT2(depth = 48)"), diagnostics);
  REQUIRE(ast::as<ast::Call>(call));
  CHECK(ast::as<ast::Call>(call)->arguments[0].name->text == "depth");
  CHECK(!diagnostics.any());
  CHECK(!parseExpression(sources, sources.add("--model", "GPT2(depth = 48"), diagnostics));
  CHECK(!parseExpression(sources, sources.add("--model", "GPT2() x"), diagnostics));
  CHECK(!parseExpression(sources, sources.add("--model", ""), diagnostics));
  CHECK(diagnostics.count() == 3);
}

TEST_CASE("strings lose their quotes and escapes") {
  CHECK(stringValue(R"("a\n\t\"\\{x}")") == "a\n\t\"\\{x}");
  CHECK(stringValue(R"("open)") == "open");
}

TEST_CASE("an unreadable program is not formatted") {
  Read read("fn  f( x ) = = x\n");
  CHECK(format(read.tree, read.sources, read.diagnostics) == "fn  f( x ) = = x\n");
}
