// Kinds, names that were meant, and reports as they are drawn.
#include "lang/diagnostics/Diagnostics.h"

#include <doctest/doctest.h>

using namespace heed;

namespace {

/// One file, and the range of a text in it.
struct Fixture {
  explicit Fixture(std::string text) : file(sources.add("block.heed", std::move(text))) {}
  Range at(std::string_view text, size_t from = 0) const {
    size_t begin = sources.text(file).find(text, from);
    REQUIRE(begin != std::string_view::npos);
    return {file, uint32_t(begin), uint32_t(begin + text.size())};
  }
  Sources sources;
  Diagnostics diagnostics{sources};
  FileId file;
};

} // namespace

TEST_CASE("kinds have codes") {
  CHECK(code(Kind::UnexpectedToken) == "E0101");
  CHECK(kindOf("E0101") == Kind::UnexpectedToken);
  CHECK(kindOf("e0101") == Kind::UnexpectedToken);
  CHECK(kindOf("101") == Kind::UnexpectedToken);
  CHECK(!kindOf("E9999"));
  CHECK(!kindOf("E01x"));
  CHECK(!kindOf(""));
  CHECK(title(Kind::ChainedComparison) == "comparisons do not chain");
}

TEST_CASE("the name that was meant") {
  std::vector<std::string> known = {"LayerNorm", "Linear", "causal", "window", "x", "gelu_tanh"};
  CHECK(nearest("LayrNorm", known) == "LayerNorm");
  CHECK(nearest("layernorm", known) == "LayerNorm");
  CHECK(nearest("cuasal", known) == "causal"); // neighbours swapped
  CHECK(nearest("windows", known) == "window");
  CHECK(nearest("X", known) == "x");
  CHECK(nearest("y", known) == ""); // any one letter would be near any other
  CHECK(nearest("transformer", known) == "");
  CHECK(nearest("", known) == "");
}

TEST_CASE("the excerpt of the house style") {
  Fixture f(std::string(13, '\n') + "  x = x + mlp(x)\n");
  Range left = f.at("x +");
  left.end = left.begin + 1;
  f.diagnostics.error(Kind::UnexpectedToken, f.at("mlp(x)"), "residual adds {} to {}", "[B, T, 768]", "[B, T, 1024]")
      .labelled("[B, T, 1024], from `out` in feed_forward.heed:9")
      .mark(left, "[B, T, 768]")
      .helped("set `out: 768`");
  CHECK(f.diagnostics.render() == R"(error[E0101]: residual adds [B, T, 768] to [B, T, 1024]
  block.heed:14:11
14 |   x = x + mlp(x)
   |       -   ^^^^^^ [B, T, 1024], from `out` in feed_forward.heed:9
   |       [B, T, 768]
   = help: set `out: 768`
)");
}

TEST_CASE("three marks on a line, and a wider one elsewhere") {
  Fixture f("a = first + second * third\n\nb = a\n");
  f.diagnostics.error(Kind::UnexpectedToken, f.at("third"), "no")
      .labelled("third")
      .mark(f.at("first"), "one")
      .mark(f.at("second"), "two")
      .mark(f.at("b"), "below");
  CHECK(f.diagnostics.render() == R"(error[E0101]: no
  block.heed:1:22
1 | a = first + second * third
  |     -----   ------   ^^^^^ third
  |     |       two
  |     one
...
3 | b = a
  | - below
)");
}

TEST_CASE("marks far away and notes stand below") {
  Fixture f("a = 1\n" + std::string(20, '\n') + "b = a(2)\n");
  f.diagnostics.error(Kind::UnexpectedToken, f.at("a(2)"), "`a` is no function")
      .mark(f.at("a"), "bound here")
      .helped("drop `(2)`");
  CHECK(f.diagnostics.render() == R"(error[E0101]: `a` is no function
  block.heed:22:5
22 | b = a(2)
   |     ^^^^
   = note: bound here
  block.heed:1:1
1 | a = 1
  | -
   = help: drop `(2)`
)");
}

TEST_CASE("underlines stand under what a person sees") {
  Fixture f("\tσ = 漢字 + x\n");
  f.diagnostics.error(Kind::UnexpectedToken, f.at("x"), "here").mark(f.at("漢字"), "wide");
  CHECK(f.diagnostics.render() == "error[E0101]: here\n"
                                  "  block.heed:1:16\n"
                                  "1 |     σ = 漢字 + x\n"
                                  "  |         ----   ^\n"
                                  "  |         wide\n");
}

TEST_CASE("an empty range, the end of a line, several lines") {
  Fixture f("x = (\n  y)\n");
  f.diagnostics.error(Kind::UnexpectedToken, {f.file, 5, 5}, "the end of the line");
  f.diagnostics.error(Kind::UnclosedBracket, f.at("(\n  y)"), "two lines");
  f.diagnostics.error(Kind::UnexpectedToken, {f.file, 11, 11}, "the end of the file");
  CHECK(f.diagnostics.render() == R"(error[E0102]: two lines
  block.heed:1:5
1 | x = (
  |     ^

error[E0101]: the end of the line
  block.heed:1:6
1 | x = (
  |      ^

error[E0101]: the end of the file
  block.heed:3:1
3 |
  | ^
)");
}

TEST_CASE("what a terminal would obey is not printed") {
  Fixture f("x = \x1B[2J\n");
  f.diagnostics.error(Kind::UnknownCharacter, {f.file, 4, 5}, "control");
  CHECK(f.diagnostics.render().find('\x1B') == std::string::npos);
}

TEST_CASE("a very long line is shown around the fault") {
  Fixture f(std::string(5000, 'a') + " ! " + std::string(5000, 'b'));
  f.diagnostics.error(Kind::UnknownCharacter, f.at("!"), "odd");
  std::string drawn = f.diagnostics.render();
  CHECK(drawn.size() < 600);
  CHECK(drawn.find("…a") != std::string::npos);
  CHECK(drawn.find("b…") != std::string::npos);
}

TEST_CASE("a mistake is told once, and not more than a person would read") {
  Fixture f(std::string(3000, 'x'));
  f.diagnostics.error(Kind::UnexpectedToken, {f.file, 1, 2}, "first").helped("kept");
  f.diagnostics.error(Kind::UnexpectedToken, {f.file, 1, 2}, "again").helped("lost");
  CHECK(f.diagnostics.count() == 1);
  CHECK(f.diagnostics.all()[0].help == "kept");
  for (uint32_t i = 0; i < 3000; ++i)
    f.diagnostics.error(Kind::UnexpectedToken, {f.file, i, i + 1}, "many");
  CHECK(f.diagnostics.count() == Diagnostics::kMostReports);
  CHECK(f.diagnostics.render().ends_with("only the first 200 errors are shown\n"));
}

TEST_CASE("a file that could not be read has no excerpt") {
  Fixture f("");
  f.diagnostics.error(Kind::UnreadableFile, {f.file, 0, 0}, "cannot read `block.heed`: No such file or directory");
  CHECK(f.diagnostics.render() == "error[E0001]: cannot read `block.heed`: No such file or directory\n  block.heed\n");
}
