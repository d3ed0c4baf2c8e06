// GPT-2's vocabulary in two files: tokens with their ids as JSON, and the merges, best first (Radford et al., 2019).
#include "runtime/load/Json.h"
#include "runtime/tokenizer/Bpe.h"
#include "runtime/tokenizer/ByteAlphabet.h"
#include "runtime/tokenizer/Pipeline.h"
#include "runtime/tokenizer/TokenTable.h"
#include "runtime/tokenizer/text/Formats.h"
#include "runtime/tokenizer/text/TextStages.h"
#include "runtime/tokenizer/text/VocabularySettings.h"

namespace heed::runtime {
namespace {

/// `{"token": id, …}`
class TableReader final : public JsonHandler {
public:
  TokenTable table;
  explicit TableReader(size_t fileSize) : table(fileSize) {}

  std::string beginObject() override { return depth++ == 0 ? "" : notANumber; }
  std::string key(std::string_view name) override { return token = name, ""; }
  std::string endObject() override { return --depth, ""; }
  std::string beginArray() override { return notANumber; }
  std::string endArray() override { return ""; }
  std::string text(std::string_view) override { return notANumber; }
  std::string integer(int64_t id) override { return depth == 0 ? notANumber : table.add(token, id); }
  std::string real(double) override { return notANumber; }
  std::string boolean(bool) override { return notANumber; }
  std::string null() override { return notANumber; }

private:
  static constexpr const char *notANumber = "tokens with their ids were expected: {\"token\": 0, …}";
  std::string token;
  int depth = 0;
};

} // namespace

const char *gpt2Pattern() { return R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"; }

/// Merges as a text: "left right" a line, comments first.
static Result<NamedMerges> linesOfMerges(const std::string &name, std::string_view text) {
  NamedMerges merges;
  for (size_t line = 1; !text.empty(); ++line) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view rule = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (rule.ends_with('\r'))
      rule.remove_suffix(1);
    if (rule.empty() || (line == 1 && rule.starts_with("#version")))
      continue;
    size_t space = rule.find(' ');
    if (space == std::string_view::npos || space == 0 || space + 1 == rule.size() ||
        rule.find(' ', space + 1) != std::string_view::npos)
      return failure("{}: line {}: {} is no merge; two tokens with a space between were expected", name, line,
                     ticked(rule));
    merges.add(rule.substr(0, space), rule.substr(space + 1));
  }
  return merges;
}

MadeTokenizer readGpt2(const VocabularyFile &vocabulary, const VocabularyFile &mergesFile,
                       const VocabularySettings &settings) {
  const std::string &name = vocabulary.name;
  TableReader reader(vocabulary.text.size());
  if (Result<void> read = readJson(name, vocabulary.text, 1, reader); !read)
    return read.error();
  if (reader.table.size() == 0)
    return failure("{}: holds no tokens", name);
  Result<NamedMerges> lines = linesOfMerges(mergesFile.name, mergesFile.text);
  if (!lines)
    return lines.error();
  vocabulary.forget(), mergesFile.forget();
  Result<MergeTable> rules = reader.table.merges(mergesFile.name, *lines);
  if (!rules)
    return rules.error();

  Pipeline::Parts parts;
  parts.name = name;
  int32_t end = reader.table.find("<|endoftext|>");
  parts.pieces = reader.table.take();
  parts.special.resize(parts.pieces.size());
  PackedTexts bytes;
  for (size_t id = 0; id != parts.pieces.size(); ++id) {
    parts.special[id] = !parts.pieces.has(id); // which stands for nothing in a text
    bytes.push_back(bytesOfAlphabet(parts.pieces[id]).value_or(std::string(parts.pieces[id])));
  }
  std::vector<Trie::Entry> entries;
  for (size_t id = 0; id != bytes.size(); ++id)
    if (!bytes[id].empty())
      entries.push_back({bytes[id], int32_t(id)});
  if (end >= 0) {
    parts.special[size_t(end)] = true;
    parts.added.push_back({.text = "<|endoftext|>", .id = end, .special = true});
    parts.start = end, parts.ends = {end};
  }
  if (Result<void> there = parts.libraries.need(Library::Patterns); !there)
    return failure("{}: {}", name, there.error().text);
  Result<Pattern> pattern = Pattern::compile(name, gpt2Pattern());
  if (!pattern)
    return pattern.error();
  parts.splitter = splitBy(*pattern, Match::Isolated);
  if (settings.prefixSpace.value_or(false))
    parts.splitter = splitInSequence({spaced(), std::move(parts.splitter)});
  RankedBpe::Options options;
  options.bytes = true;
  parts.model = std::make_unique<RankedBpe>(std::move(entries), std::move(*rules), options);
  parts.decode = [bytes = std::make_shared<PackedTexts>(std::move(bytes))](const auto &, int32_t id, int32_t) {
    return std::string((*bytes)[size_t(id)]);
  };
  if (Result<void> set = settings.into(parts, false); !set)
    return set.error();
  return std::unique_ptr<Tokenizer>(std::make_unique<Pipeline>(std::move(parts)));
}

} // namespace heed::runtime
