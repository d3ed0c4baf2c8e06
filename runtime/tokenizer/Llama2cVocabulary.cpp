// The vocabulary file of llama2.c (its tokenizer.py): int32 length of the longest piece, then of each piece float32
// score, int32 length, bytes. Ids 0, 1, 2 are unknown, start, end; `<0xNN>` is one byte.
#include "runtime/tokenizer/Bpe.h"
#include "runtime/tokenizer/BytePiece.h"
#include "runtime/tokenizer/Pipeline.h"
#include "runtime/tokenizer/Vocabularies.h"

#include <algorithm>
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

/// Scores and pieces, as the file has them.
Result<void> readPieces(const std::string &name, std::span<const std::byte> bytes, std::vector<std::string> &pieces,
                        std::vector<float> &scores) {
  std::span<const std::byte> rest = bytes;
  if (rest.size() < sizeof(int32_t))
    return failure("{}: is {} bytes long; a llama2.c vocabulary begins with 4 that give its longest piece", name,
                   rest.size());
  int32_t longest = take<int32_t>(rest);
  if (longest < 1 || longest > longestPiece)
    return failure("{}: byte 0: the longest piece has {} bytes; 1 to {} were expected of a llama2.c vocabulary", name,
                   longest, longestPiece);
  while (!rest.empty()) {
    size_t place = bytes.size() - rest.size(), id = pieces.size();
    if (rest.size() < sizeof(float) + sizeof(int32_t))
      return failure("{}: byte {}: the file ends within piece {}", name, place, id);
    scores.push_back(take<float>(rest));
    if (std::isnan(scores.back()))
      return failure("{}: byte {}: the score of piece {} is not a number", name, place, id);
    int32_t length = take<int32_t>(rest);
    if (length < 0 || length > longest)
      return failure("{}: byte {}: piece {} has {} bytes; 0 to {}, the file's longest, were expected", name,
                     place + sizeof(float), id, length, longest);
    if (size_t(length) > rest.size())
      return failure("{}: byte {}: piece {} has {} bytes, but the file ends after {}", name, place, id, length,
                     rest.size());
    pieces.emplace_back(reinterpret_cast<const char *>(rest.data()), size_t(length));
    rest = rest.subspan(size_t(length));
  }
  if (pieces.size() < specials)
    return failure("{}: holds {} pieces; at least {} (unknown, start, end) were expected", name, pieces.size(),
                   specials);
  return {};
}

} // namespace

MadeTokenizer readLlama2c(const VocabularyFile &file) {
  const std::string &name = file.name;
  std::span bytes(reinterpret_cast<const std::byte *>(file.text.data()), file.text.size());
  Pipeline::Parts parts;
  parts.name = name;
  std::vector<float> scores;
  std::vector<std::string> pieces;
  if (Result<void> read = readPieces(name, bytes, pieces, scores); !read)
    return read.error();
  Fallback fallback;
  fallback.unknown = 0, fallback.toBytes = true;
  std::vector<Trie::Entry> entries;
  for (size_t id = specials; id != pieces.size(); ++id)
    if (std::optional<char> byte = byteOfPiece(pieces[id]))
      fallback.bytes[(unsigned char)*byte] = int32_t(id);
    else if (!pieces[id].empty())
      entries.push_back({pieces[id], int32_t(id)});
  std::sort(entries.begin(), entries.end()); // of two pieces that are alike, the first counts
  entries.erase(std::unique(entries.begin(), entries.end(),
                            [](const Trie::Entry &a, const Trie::Entry &b) { return a.first == b.first; }),
                entries.end());
  parts.model = std::make_unique<ScoredBpe>(entries, std::move(scores), std::vector<bool>(pieces.size()), fallback);
  parts.pieces = PackedTexts(pieces);
  parts.special.resize(pieces.size());
  parts.special[1] = parts.special[2] = true;
  parts.normaliser = prepended(" "); // as in the texts that the vocabulary was trained on
  bool acrossWords = std::any_of(entries.begin(), entries.end(), [](const Trie::Entry &entry) {
    return entry.first.find(' ', 1) != std::string_view::npos;
  });
  if (!acrossWords) // a piece never joins two words
    parts.splitter = metaspace(" ", Prefix::Never, true);
  parts.start = 1;
  parts.ends = {1, 2}; // in training data the start of the next text ends the one before
  parts.around.one = {1, Template::first};
  parts.decode = [](const auto &pieces, int32_t id, int32_t previous) {
    std::string_view piece = pieces[size_t(id)];
    if (std::optional<char> byte = byteOfPiece(piece))
      return std::string(1, *byte);
    return std::string((previous < 0 || previous == 1) && piece.starts_with(' ') ? piece.substr(1) : piece);
  };
  return std::unique_ptr<Tokenizer>(std::make_unique<Pipeline>(std::move(parts)));
}

} // namespace heed::runtime
