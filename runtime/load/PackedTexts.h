// Many short texts by their numbers, and numbers by texts, of files that are not trusted. A text costs its bytes and
// five more, and some ten where it is looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
  /// Says that the text will be wanted: first where it lies, then itself.
  void prefetchPlace(size_t number) const { __builtin_prefetch(&places[number]); }
  void prefetch(size_t number) const { __builtin_prefetch(at(number)); }
  /// Once for each number.
  void put(size_t number, std::string_view text);
  void push_back(std::string_view text) { places.push_back(0), put(size() - 1, text); }

private:
  static constexpr unsigned blockBits = 16;
  std::vector<uint32_t> places; // by number: block, counted from 1, and place in it of the text's length; 0: none
  std::vector<std::unique_ptr<char[]>> blocks; // of 64 KiB, the first ones smaller; a longer text has its own
  size_t used = 0, lastSize = 0;               // of the last block

  const char *at(size_t number) const {
    uint32_t place = places[number];
    return place == 0 ? nullptr : blocks[(place >> blockBits) - 1].get() + (place & ((1u << blockBits) - 1));
  }
  char *room(size_t bytes);
};

/// Numbers by text too. The hash has a key that nobody outside knows (SipHash-1-3; Aumasson and Bernstein, 2012), so no
/// file can make texts collide.
class IndexedTexts {
public:
  PackedTexts texts;

  /// -1 where there is none.
  int64_t find(std::string_view text) const;
  /// The same of many, which wait for memory together.
  void find(std::span<const std::string_view> wanted, std::span<int64_t> numbers) const;
  /// Whether there was none like it; else nothing changes.
  bool put(size_t number, std::string_view text);
  /// Gives the texts away, and forgets which there were.
  PackedTexts take();

private:
  std::vector<uint8_t> tags;   // by the hash of a text, open addressing: some bits of it; 0 is free
  std::vector<uint32_t> slots; // its number
  size_t count = 0;

  struct Place {
    size_t slot;
    uint8_t tag;
  };
  Place placeOf(std::string_view text, uint64_t hash) const;
  void grow();
};

} // namespace heed::runtime
