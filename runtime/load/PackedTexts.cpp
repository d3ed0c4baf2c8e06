#include "runtime/load/PackedTexts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <random>
#include <utility>

namespace heed::runtime {
namespace {

struct HashKey {
  uint64_t words[2];
  HashKey() {
    std::random_device random;
    for (uint64_t &word : words)
      word = uint64_t(random()) << 32 | random();
  }
};

/// SipHash with one round for each word and three at the end.
struct Sip {
  uint64_t a, b, c, d;

  void round() {
    a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
    c += d, d = std::rotl(d, 16) ^ c;
    a += d, d = std::rotl(d, 21) ^ a;
    c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
  }
  void take(uint64_t word) { d ^= word, round(), a ^= word; }
};

uint64_t hashOf(std::string_view text) {
  static const HashKey key;
  const auto &[k0, k1] = key.words;
  Sip sip{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
  size_t at = 0;
  uint64_t word;
  for (; text.size() - at >= sizeof word; at += sizeof word)
    std::memcpy(&word, text.data() + at, sizeof word), sip.take(word);
  word = 0;
  std::memcpy(&word, text.data() + at, text.size() - at);
  sip.take(word | uint64_t(text.size()) << 56);
  sip.c ^= 0xFF;
  for (int i = 0; i != 3; ++i)
    sip.round();
  return sip.a ^ sip.b ^ sip.c ^ sip.d;
}

/// Lengths from here on have four bytes of their own.
constexpr unsigned char longer = 255;

} // namespace

PackedTexts::PackedTexts(const std::vector<std::string> &texts) {
  reserve(texts.size());
  for (const std::string &text : texts)
    push_back(text);
}

std::string_view PackedTexts::operator[](size_t number) const {
  const char *text = at(number);
  if (!text)
    return {};
  uint32_t length = (unsigned char)*text++;
  if (length == longer) {
    std::memcpy(&length, text, sizeof length);
    text += sizeof length;
  }
  return {text, length};
}

/// So many bytes at the end of the last block, or of a new one.
char *PackedTexts::room(size_t bytes) {
  if (blocks.empty() || lastSize - used < bytes) {
    constexpr size_t whole = size_t(1) << blockBits, least = 64;
    lastSize = std::max(bytes, std::min(whole, least << std::min<size_t>(blocks.size(), blockBits)));
    blocks.push_back(std::make_unique_for_overwrite<char[]>(lastSize)), used = 0;
  }
  return blocks.back().get() + std::exchange(used, used + bytes);
}

void PackedTexts::put(size_t number, std::string_view text) {
  uint32_t length = uint32_t(text.size());
  bool isLong = length >= longer;
  char *at = room(text.size() + (isLong ? 1 + sizeof length : 1));
  places[number] = uint32_t(blocks.size() << blockBits | size_t(at - blocks.back().get()));
  *at++ = char(isLong ? longer : length);
  if (isLong)
    std::memcpy(at, &length, sizeof length), at += sizeof length;
  std::copy(text.begin(), text.end(), at);
}

int64_t IndexedTexts::find(std::string_view text) const {
  if (slots.empty())
    return -1;
  size_t slot = placeOf(text, hashOf(text)).slot;
  return tags[slot] == 0 ? -1 : int64_t(slots[slot]);
}

void IndexedTexts::find(std::span<const std::string_view> wanted, std::span<int64_t> numbers) const {
  constexpr size_t together = 64;
  std::array<uint64_t, together> hashes;
  if (slots.empty())
    return std::ranges::fill(numbers, -1), void();
  size_t mask = slots.size() - 1;
  for (size_t begin = 0; begin < wanted.size(); begin += together) {
    size_t count = std::min(together, wanted.size() - begin);
    for (size_t i = 0; i != count; ++i) {
      hashes[i] = hashOf(wanted[begin + i]);
      __builtin_prefetch(&tags[hashes[i] & mask]);
      __builtin_prefetch(&slots[hashes[i] & mask]);
    }
    for (size_t i = 0; i != count; ++i)
      if (size_t slot = hashes[i] & mask; tags[slot] != 0)
        texts.prefetchPlace(slots[slot]);
    for (size_t i = 0; i != count; ++i)
      if (size_t slot = hashes[i] & mask; tags[slot] != 0)
        texts.prefetch(slots[slot]);
    for (size_t i = 0; i != count; ++i) {
      size_t slot = placeOf(wanted[begin + i], hashes[i]).slot;
      numbers[begin + i] = tags[slot] == 0 ? -1 : int64_t(slots[slot]);
    }
  }
}

bool IndexedTexts::put(size_t number, std::string_view text) {
  if ((count + 1) * 4 > slots.size() * 3)
    grow();
  auto [slot, tag] = placeOf(text, hashOf(text));
  if (tags[slot] != 0)
    return false;
  if (number >= texts.size())
    texts.resize(number + 1);
  texts.put(number, text);
  tags[slot] = tag, slots[slot] = uint32_t(number), ++count;
  return true;
}

PackedTexts IndexedTexts::take() {
  tags = {}, slots = {}, count = 0;
  return std::exchange(texts, {});
}

/// Where the text's number is, or is to be. What waits for memory here is the reading of a text, so only one is read
/// whose tag is the same.
IndexedTexts::Place IndexedTexts::placeOf(std::string_view text, uint64_t hash) const {
  uint8_t tag = uint8_t(std::max<uint64_t>(hash >> 56, 1));
  size_t mask = slots.size() - 1, slot = hash & mask;
  while (tags[slot] != 0 && (tags[slot] != tag || texts[slots[slot]] != text))
    slot = (slot + 1) & mask;
  return {slot, tag};
}

void IndexedTexts::grow() {
  size_t size = slots.empty() ? 8 : slots.size() * 2;
  std::vector<uint8_t> oldTags(size);
  oldTags.swap(tags);
  std::vector<uint32_t> oldSlots(size);
  oldSlots.swap(slots);
  for (size_t i = 0; i != oldSlots.size(); ++i)
    if (oldTags[i] != 0) {
      std::string_view text = texts[oldSlots[i]];
      Place place = placeOf(text, hashOf(text));
      tags[place.slot] = place.tag, slots[place.slot] = oldSlots[i];
    }
}

} // namespace heed::runtime
