// Packed texts, against a map.
#include "runtime/load/PackedTexts.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace heed::runtime {
namespace {

std::string anyText(std::mt19937 &random) {
  size_t length = random() % 8 == 0 ? 250 + random() % 10 : random() % 4; // about where a length takes more bytes
  std::string text;
  while (text.size() != length)
    text += char(random() % 3);
  return text;
}

TEST_CASE("packed texts are what was put") {
  std::mt19937 random(1);
  IndexedTexts table;
  std::map<std::string, size_t> known;
  std::map<size_t, std::string> byNumber;
  CHECK(table.find("") == -1);
  for (int i = 0; i != 5000; ++i) {
    std::string text = anyText(random);
    size_t number = random() % 20000;
    if (byNumber.contains(number))
      continue;
    bool fresh = known.emplace(text, number).second;
    CHECK(table.put(number, text) == fresh);
    if (fresh)
      byNumber[number] = text;
    std::string other = anyText(random);
    auto found = known.find(other);
    int64_t expected = found == known.end() ? -1 : int64_t(found->second);
    CHECK(table.find(other) == expected);
  }
  std::vector<std::string> many;
  for (int i = 0; i != 200; ++i)
    many.push_back(anyText(random));
  std::vector<int64_t> numbers(many.size());
  table.find(std::vector<std::string_view>(many.begin(), many.end()), numbers);
  for (size_t i = 0; i != many.size(); ++i)
    CHECK(numbers[i] == table.find(many[i]));
  PackedTexts texts = table.take();
  CHECK(table.find(known.begin()->first) == -1);
  REQUIRE(texts.size() == byNumber.rbegin()->first + 1);
  for (size_t number = 0; number != texts.size(); ++number) {
    CHECK(texts.has(number) == byNumber.contains(number));
    std::string expected = byNumber.contains(number) ? byNumber[number] : "";
    CHECK(texts[number] == expected);
  }
}

} // namespace
} // namespace heed::runtime
