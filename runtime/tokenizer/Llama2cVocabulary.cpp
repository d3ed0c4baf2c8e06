// Reading of the vocabulary, and its pieces as bytes.
#include "runtime/tokenizer/Llama2cVocabulary.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace heed::runtime {
namespace {

constexpr int32_t longestPiece = 1 << 16;
constexpr size_t specials = 3; // unknown, start, end

template <typename T> T take(std::span<const std::byte> &rest) {
  T value;
  std::memcpy(&value, rest.data(), sizeof value);
  rest = rest.subspan(sizeof value);
  return value;
}

/// The byte that `<0x0A>` stands for.
std::optional<char> byteOf(std::string_view piece) {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece[5] != '>')
    return {};
  unsigned byte = 0;
  auto [end, error] = std::from_chars(piece.data() + 3, piece.data() + 5, byte, 16);
  return error == std::errc() && end == piece.data() + 5 ? std::optional(char(byte)) : std::nullopt;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> Llama2cVocabulary::parse(const std::string &name, std::span<const std::byte> bytes) {
  std::span<const std::byte> rest = bytes;
  if (rest.size() < sizeof(int32_t))
    return failure("{}: is {} bytes long; a llama2.c vocabulary begins with 4 that give its longest piece", name,
                   rest.size());
  int32_t longest = take<int32_t>(rest);
  if (longest < 1 || longest > longestPiece)
    return failure("{}: byte 0: the longest piece has {} bytes; 1 to {} were expected of a llama2.c vocabulary", name,
                   longest, longestPiece);

  auto vocabulary = std::make_unique<Llama2cVocabulary>();
  while (!rest.empty()) {
    size_t place = bytes.size() - rest.size(), id = vocabulary->pieces.size();
    if (rest.size() < sizeof(float) + sizeof(int32_t))
      return failure("{}: byte {}: the file ends within piece {}", name, place, id);
    if (float score = take<float>(rest); std::isnan(score))
      return failure("{}: byte {}: the score of piece {} is not a number", name, place, id);
    int32_t length = take<int32_t>(rest);
    if (length < 0 || length > longest)
      return failure("{}: byte {}: piece {} has {} bytes; 0 to {}, the file's longest, were expected", name,
                     place + sizeof(float), id, length, longest);
    if (size_t(length) > rest.size())
      return failure("{}: byte {}: piece {} has {} bytes, but the file ends after {}", name, place, id, length,
                     rest.size());
    vocabulary->pieces.emplace_back(reinterpret_cast<const char *>(rest.data()), size_t(length));
    rest = rest.subspan(size_t(length));
  }
  if (vocabulary->pieces.size() < specials)
    return failure("{}: holds {} pieces; at least {} (unknown, start, end) were expected", name,
                   vocabulary->pieces.size(), specials);
  return std::unique_ptr<Tokenizer>(std::move(vocabulary));
}

std::string Llama2cVocabulary::bytes(int32_t previous, int32_t id) const {
  const std::string &piece = pieces[size_t(id)];
  if (std::optional<char> byte = byteOf(piece))
    return {*byte};
  // The vocabulary was trained on texts with one space put before them.
  return previous == start() && piece.starts_with(' ') ? piece.substr(1) : piece;
}

} // namespace heed::runtime
