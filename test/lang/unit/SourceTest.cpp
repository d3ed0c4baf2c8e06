// Offsets, lines and columns; UTF-8.
#include "lang/source/Source.h"
#include "lang/source/Utf8.h"

#include <doctest/doctest.h>

using namespace heed;

TEST_CASE("positions count lines and bytes from one") {
  Sources sources;
  FileId file = sources.add("a.heed", "x = 1\n\n  σ = 2\r\nend");
  auto at = [&](uint32_t offset) { return sources.position(file, offset); };
  CHECK(at(0).line == 1);
  CHECK(at(0).column == 1);
  CHECK(at(5).column == 6); // the newline belongs to its line
  CHECK(at(6).line == 2);
  CHECK(at(7).line == 3);
  CHECK(at(11).column == 5); // behind σ, which has two bytes
  CHECK(at(uint32_t(sources.text(file).size())).line == 4);
  CHECK(sources.line(file, 1) == "x = 1");
  CHECK(sources.line(file, 2) == "");
  CHECK(sources.line(file, 3) == "  σ = 2"); // no carriage return
  CHECK(sources.line(file, 4) == "end");
  CHECK(sources.line(file, 5) == "");
  CHECK(sources.text(Range{file, 9, 11}) == "σ");
}

TEST_CASE("a range spans two in any order") {
  Range early{0, 2, 4}, late{0, 7, 9};
  CHECK(early.to(late) == Range{0, 2, 9});
  CHECK(late.to(early) == Range{0, 2, 9});
  CHECK(Range{0, 3, 3}.empty());
}

TEST_CASE("text stays where it is") {
  Sources sources;
  std::string_view first = sources.text(sources.add("a", "short"));
  for (int i = 0; i < 100; ++i)
    sources.add("b", std::string(100, 'b'));
  CHECK(first == "short");
}

TEST_CASE("what cannot be read says why") {
  Sources sources;
  std::string error;
  CHECK(!sources.read("/nowhere/x.heed", error));
  CHECK(error == "No such file or directory");
  CHECK(!sources.read("/", error));
  CHECK(error == "it is a folder");
}

TEST_CASE("UTF-8 is told from other bytes") {
  CHECK(firstInvalidUtf8("aσ漢😀") == std::string_view::npos);
  CHECK(firstInvalidUtf8("a\xFF") == 1);
  CHECK(firstInvalidUtf8("\xC0\x80") == 0);         // overlong
  CHECK(firstInvalidUtf8("ab\xED\xA0\x80") == 2);   // a surrogate
  CHECK(firstInvalidUtf8("\xF4\x90\x80\x80") == 0); // above U+10FFFF
  CHECK(firstInvalidUtf8("a\xE2\x82") == 1);        // cut off
  CHECK(characterLength("漢") == 3);
  CHECK(characterLength("\x80") == 1);
  CHECK(displayWidth("σ") == 1);
  CHECK(displayWidth("漢") == 2);
  CHECK(displayWidth("\u0301") == 0);
}
