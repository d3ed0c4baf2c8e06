#include "runtime/load/PackedTexts.h"

#include <algorithm>
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
  size_t place = places[number];
  if (place == 0)
    return {};
  const char *at = blocks[(place >> blockBits) - 1].get() + (place & ((1 << blockBits) - 1));
  uint32_t length = (unsigned char)*at++;
  if (length == longer) {
    std::memcpy(&length, at, sizeof length);
    at += sizeof length;
  }
  return {at, length};
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
  return slots.empty() ? -1 : int64_t(slots[slotOf(text)]) - 1;
}

bool IndexedTexts::put(size_t number, std::string_view text) {
  if ((count + 1) * 4 > slots.size() * 3)
    grow();
  uint32_t &slot = slots[slotOf(text)];
  if (slot != 0)
    return false;
  if (number >= texts.size())
    texts.resize(number + 1);
  texts.put(number, text);
  slot = uint32_t(number) + 1, ++count;
  return true;
}

PackedTexts IndexedTexts::take() {
  slots = {}, count = 0;
  return std::exchange(texts, {});
}

/// Where the text's number is, or is to be.
size_t IndexedTexts::slotOf(std::string_view text) const {
  size_t mask = slots.size() - 1, slot = hashOf(text) & mask;
  while (slots[slot] != 0 && texts[slots[slot] - 1] != text)
    slot = (slot + 1) & mask;
  return slot;
}

void IndexedTexts::grow() {
  std::vector<uint32_t> old(slots.empty() ? 8 : slots.size() * 2);
  old.swap(slots);
  for (uint32_t number : old)
    if (number != 0)
      slots[slotOf(texts[number - 1])] = number;
}

} // namespace heed::runtime
