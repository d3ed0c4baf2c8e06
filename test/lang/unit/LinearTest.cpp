// Reading takes time in proportion to the text, also where the text is one thing over and over.
#include "lang/parse/Parser.h"

#include <doctest/doctest.h>

#include <ctime>

using namespace heed;

namespace {

std::string repeated(std::string_view piece, size_t bytes) {
  std::string text;
  while (text.size() < bytes)
    text += piece;
  return text;
}

/// Of this process, so that others on the machine do not count.
double secondsToRead(const std::string &text) {
  std::clock_t begin = std::clock();
  Sources sources;
  Diagnostics diagnostics(sources);
  parse(sources, sources.add("repeated", text), diagnostics);
  diagnostics.render();
  return double(std::clock() - begin) / CLOCKS_PER_SEC;
}

} // namespace

TEST_CASE("reading is linear in the text") {
  constexpr size_t kSmall = 1 << 18, kLarge = 1 << 20;
  for (std::string_view piece : {"(",
                                 ")",
                                 "[",
                                 "{",
                                 "}",
                                 "{\n",
                                 "}\n",
                                 "\n  }",
                                 "\"",
                                 "\"\n",
                                 "a ",
                                 "a, ",
                                 "a = 1\n",
                                 "if ",
                                 "fn ",
                                 "fn f(\n",
                                 "- ",
                                 "..",
                                 ":\n",
                                 "block A():\n",
                                 "block A() {\n",
                                 "// x\n",
                                 "/// x\n",
                                 "<<<<<<< x\n",
                                 "“",
                                 "\t",
                                 "@a\n",
                                 "(a, [b, {",
                                 "sum[i] ",
                                 "x[",
                                 "1.5e",
                                 "a b\n",
                                 "f(x = 1, 2)\n"}) {
    CAPTURE(piece);
    double small = secondsToRead(repeated(piece, kSmall)), large = secondsToRead(repeated(piece, kLarge));
    CHECK(large < 12 * small + 0.2); // four times the text; a square would be sixteen times the time
  }
}
