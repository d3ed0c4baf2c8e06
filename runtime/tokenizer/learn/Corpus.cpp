#include "runtime/tokenizer/learn/Corpus.h"

#include "runtime/load/Lines.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/text/Formats.h"
#include "runtime/tokenizer/text/TextStages.h"
#include "runtime/tokenizer/text/Unicode.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>

namespace heed::runtime {
namespace {

constexpr size_t batch = 8 << 20; // bytes of lines at a time

struct Hash : std::hash<std::string_view> {
  using is_transparent = void;
};
using Counts = std::unordered_map<std::string, int64_t, Hash, std::equal_to<>>;

void add(Counts &counts, std::string_view word, int64_t count) {
  auto known = counts.find(word);
  if (known == counts.end())
    known = counts.emplace(word, 0).first;
  known->second += count;
}

/// A line's words.
using Cut = std::function<Result<void>(std::string_view line, Counts &)>;

Cut byStages(Normaliser normaliser, Splitter splitter) {
  return [=](std::string_view line, Counts &counts) -> Result<void> {
    Aligned text{std::string(line)};
    if (normaliser) {
      Result<Aligned> changed = normaliser(std::move(text));
      if (!changed)
        return changed.error();
      text = std::move(*changed);
    }
    Pieces pieces;
    if (Result<void> split = splitter({std::move(text)}, pieces); !split)
      return split;
    for (const Piece &piece : pieces)
      add(counts, piece.text.text(), 1);
    return {};
  };
}

/// What is between spaces, each with the mark of a space before it. Only U+0020 is a space to SentencePiece's
/// `identity`.
Result<void> cutAtSpaces(std::string_view line, Counts &counts) {
  if (line.ends_with('\n'))
    line.remove_suffix(1);
  for (size_t at = 0; (at = line.find_first_not_of(' ', at)) != std::string_view::npos;) {
    size_t end = std::min(line.find(' ', at), line.size());
    add(counts, "\xE2\x96\x81" + std::string(line.substr(at, end - at)), 1);
    at = end;
  }
  return {};
}

Result<void> cutCharacters(std::string_view line, Counts &counts) {
  for (size_t at = 0; at != line.size();) {
    size_t from = at;
    nextCharacter(line, at);
    add(counts, line.substr(from, at - from), 1);
  }
  return {};
}

Result<Cut> cutOf(const LearnOptions &options) {
  switch (options.kind) {
  case VocabularyKind::Unigram:
    return Cut(cutAtSpaces);
  case VocabularyKind::Characters:
    return Cut(cutCharacters);
  case VocabularyKind::WordPiece:
    return byStages(bertNormaliser({.stripAccents = !options.cased, .lowerCase = !options.cased, .asWords = true}),
                    bertSplitter());
  default:
    break;
  }
  bool bytes = options.kind == VocabularyKind::Bpe;
  Result<Pattern> pattern = Pattern::compile("learning", bytes ? gpt2Pattern() : R"(\w+|[^\w\s]+)");
  if (!pattern)
    return pattern.error();
  return byStages(nullptr, splitBy(*pattern, bytes ? Match::Isolated : Match::Removed, !bytes));
}

/// Counts of a batch of lines are added to `all`: sums, so it doesn't matter who counts what.
Result<void> countBatch(std::span<const std::string_view> lines, const Cut &cut, ThreadPool &pool, Counts &all) {
  std::vector<Counts> parts(size_t(pool.size()));
  std::vector<Result<void>> outcomes(parts.size());
  pool.each(int64_t(parts.size()), 1, [&](int64_t begin, int64_t end) {
    for (size_t p = size_t(begin); p != size_t(end); ++p)
      for (size_t i = lines.size() * p / parts.size(); i != lines.size() * (p + 1) / parts.size() && outcomes[p]; ++i) {
        std::string mended; // as a tokenizer reads what is no UTF-8
        if (!isUtf8(lines[i])) {
          std::string bytes(lines[i]);
          mended = takeCharacters(bytes, true);
        }
        outcomes[p] = cut(mended.empty() ? lines[i] : mended, parts[p]);
      }
  });
  for (const Result<void> &outcome : outcomes)
    if (!outcome)
      return outcome;
  for (const Counts &part : parts)
    for (const auto &[word, count] : part)
      add(all, word, count);
  return {};
}

} // namespace

Result<std::vector<CountedWord>> countWords(const std::vector<std::string> &files, const LearnOptions &options,
                                            ThreadPool &pool, const Progress &progress) {
  Result<Cut> cut = cutOf(options);
  if (!cut)
    return cut.error();
  uint64_t size = 0, before = 0;
  for (const std::string &file : files) {
    std::error_code none; // a pipe has no size, and then no share is right
    size += std::filesystem::is_regular_file(file, none) ? std::filesystem::file_size(file, none) : 0;
  }
  Counts counts;
  for (const std::string &file : files) {
    Result<Lines> lines = Lines::open(file);
    if (!lines)
      return lines.error();
    for (;;) {
      Result<std::span<const std::string_view>> some = lines->next(batch);
      if (!some)
        return some.error();
      if (some->empty())
        break;
      if (Result<void> counted = countBatch(*some, *cut, pool, counts); !counted)
        return counted.error();
      progress("counting words", double(before + lines->taken()) / double(std::max(size, before + lines->taken())));
    }
    before += lines->taken();
  }
  if (counts.empty())
    return failure("{}: holds no words to learn from", files.empty() ? "the corpus" : files[0]);
  std::vector<CountedWord> words;
  for (auto &[word, count] : counts)
    words.push_back({word, count});
  std::sort(words.begin(), words.end(), [](const auto &a, const auto &b) { return a.text < b.text; });
  return words;
}

} // namespace heed::runtime
