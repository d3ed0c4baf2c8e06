// Many short texts by their numbers, and numbers by texts, of files that are not trusted. A text costs its bytes and
// five more, and some ten where it is looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace heed::runtime {

/// Texts by number. Numbers may come in any order, and some may have no text.
class PackedTexts {
public:
  /// There is room for so much whatever the texts are.
  static constexpr size_t mostBytes = size_t(1) << 30;

  PackedTexts() = default;
  explicit PackedTexts(const std::vector<std::string> &texts);

  size_t size() const { return places.size(); }
  bool empty() const { return places.empty(); }
  bool has(size_t number) const { return places[number] != 0; }
  /// Empty where there is none. Stays where it is.
  std::string_view operator[](size_t number) const;
  void resize(size_t size) { places.resize(size); }
  void reserve(size_t size) { places.reserve(size); }
  /// Once for each number.
  void put(size_t number, std::string_view text);
  void push_back(std::string_view text) { places.push_back(0), put(size() - 1, text); }

private:
  static constexpr unsigned blockBits = 16;
  std::vector<uint32_t> places; // by number: block, counted from 1, and place in it of the text's length; 0: none
  std::vector<std::unique_ptr<char[]>> blocks; // of 64 KiB, the first ones smaller; a longer text has its own
  size_t used = 0, lastSize = 0;               // of the last block

  char *room(size_t bytes);
};

/// Numbers by text too. The hash has a key that nobody outside knows (SipHash-1-3; Aumasson and Bernstein, 2012), so no
/// file can make texts collide.
class IndexedTexts {
public:
  PackedTexts texts;

  /// -1 where there is none.
  int64_t find(std::string_view text) const;
  /// Whether there was none like it; else nothing changes.
  bool put(size_t number, std::string_view text);
  /// Gives the texts away, and forgets which there were.
  PackedTexts take();

private:
  std::vector<uint32_t> slots; // numbers + 1 by the hash of their texts, open addressing; 0 is free
  size_t count = 0;

  size_t slotOf(std::string_view text) const;
  void grow();
};

} // namespace heed::runtime
