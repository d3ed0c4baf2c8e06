// The llama2.c vocabulary, and streams of whole characters.
#include "Files.h"

#include "runtime/tokenizer/Tokenizer.h"
#include "runtime/tokenizer/Utf8.h"

#include <cmath>
#include <doctest/doctest.h>

using namespace heed::runtime;

namespace {

std::string vocabularyOf(const std::vector<std::string> &pieces, int32_t longest = 8) {
  std::string file = bytesOfValue(longest);
  for (const std::string &piece : pieces)
    file += bytesOfValue(-1.0f) + bytesOfValue(int32_t(piece.size())) + piece;
  return file;
}
std::string refusal(std::string_view bytes) { return errorOf(parseTokenizer("v", asBytes(bytes))); }
const std::vector<std::string> start = {"<unk>", "<s>", "</s>"};

} // namespace

TEST_CASE("the trained vocabulary") {
  auto tokenizer = openTokenizer(HEED_EXAMPLES "/stories/tok512.bin");
  REQUIRE(tokenizer);
  CHECK((*tokenizer)->size() == 512);
  CHECK((*tokenizer)->start() == 1);
  CHECK((*tokenizer)->bytes(403, 1) == "Once"); // the first piece loses its space
  CHECK((*tokenizer)->bytes(403, 403) == " Once");
  CHECK((*tokenizer)->bytes(13, 403) == "\n");
  CHECK((*tokenizer)->ends(2));
  CHECK_FALSE((*tokenizer)->ends(3));
}

TEST_CASE("pieces of bytes become whole characters") {
  std::vector<std::string> pieces = start;
  for (const char *piece : {"<0xE2>", "<0x82>", "<0xAC>", " x", "<0xGG>", "<0xf0>"})
    pieces.push_back(piece);
  auto tokenizer = parseTokenizer("v", asBytes(vocabularyOf(pieces)));
  REQUIRE(tokenizer);
  TextStream stream(**tokenizer);
  CHECK(stream.push(3) == "");
  CHECK(stream.push(4) == "");
  CHECK(stream.push(5) == "€");
  CHECK(stream.push(6) == " x");
  CHECK(stream.push(7) == "<0xGG>"); // no byte
  CHECK(stream.push(3) == "");
  CHECK(stream.push(6) == "\uFFFD x"); // the character never became whole
  CHECK(stream.push(8) == "");
  CHECK(stream.finish() == "\uFFFD");
  CHECK(stream.finish() == "");
}

TEST_CASE("ill-formed UTF-8 is replaced, one sign for each maximal part") {
  auto all = [](std::string bytes) { return takeCharacters(bytes, true); };
  CHECK(all("a\x80z") == "a\uFFFDz");
  CHECK(all("\xC0\xAF") == "\uFFFD\uFFFD");           // overlong
  CHECK(all("\xE0\x80\x80") == "\uFFFD\uFFFD\uFFFD"); // overlong
  CHECK(all("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD"); // a surrogate
  CHECK(all("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(all("\xF0\x9F\x98") == "\uFFFD");
  CHECK(all("\xF0\x9F\x98\x80") == "\U0001F600");
  std::string pending = "ab\xF0\x9F";
  CHECK(takeCharacters(pending, false) == "ab");
  CHECK(pending == "\xF0\x9F");
}

TEST_CASE("malformed vocabularies") {
  std::string good = vocabularyOf(start);
  CHECK(refusal(good) == "");
  CHECK(refusal("") == "v: is 0 bytes long; a llama2.c vocabulary begins with 4 that give its longest piece");
  CHECK(refusal(vocabularyOf(start, 0)) ==
        "v: byte 0: the longest piece has 0 bytes; 1 to 65536 were expected of a llama2.c vocabulary");
  CHECK(refusal(vocabularyOf(start, -1)) ==
        "v: byte 0: the longest piece has -1 bytes; 1 to 65536 were expected of a llama2.c vocabulary");
  CHECK(refusal(vocabularyOf(start, 1 << 20)) ==
        "v: byte 0: the longest piece has 1048576 bytes; 1 to 65536 were expected of a llama2.c vocabulary");
  CHECK(refusal(vocabularyOf({"<unk>", "<s>"})) == "v: holds 2 pieces; at least 3 (unknown, start, end) were expected");
  CHECK(refusal(vocabularyOf(start, 4)) == "v: byte 8: piece 0 has 5 bytes; 0 to 4, the file's longest, were expected");
  CHECK(refusal(good + "abc") == "v: byte 40: the file ends within piece 3");
  CHECK(refusal(good + bytesOfValue(0.0f) + bytesOfValue(int32_t(-1))) ==
        "v: byte 44: piece 3 has -1 bytes; 0 to 8, the file's longest, were expected");
  CHECK(refusal(good + bytesOfValue(0.0f) + bytesOfValue(int32_t(3)) + "ab") ==
        "v: byte 40: piece 3 has 3 bytes, but the file ends after 2");
  CHECK(refusal(good + bytesOfValue(NAN) + bytesOfValue(int32_t(0))) ==
        "v: byte 40: the score of piece 3 is not a number");
  CHECK(refusal(good + bytesOfValue(0.0f) + bytesOfValue(INT32_MAX)) ==
        "v: byte 44: piece 3 has 2147483647 bytes; 0 to 8, the file's longest, were expected");
  CHECK(errorOf(openTokenizer("/no/such/file")) == "/no/such/file: can't be opened: No such file or directory");
}
