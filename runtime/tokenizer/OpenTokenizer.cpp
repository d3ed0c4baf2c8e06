// Which vocabulary a file or a folder holds. In: a path, or bytes. Out: a tokenizer. A format is told by its content; a
// folder's, by the names that the formats' own tools give their files.
#include "runtime/load/PackedTexts.h"
#include "runtime/tokenizer/Vocabularies.h"
#include "runtime/tokenizer/VocabularyFiles.h"
#include "runtime/tokenizer/text/VocabularySettings.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace heed::runtime {
namespace {

namespace fs = std::filesystem;

enum class Format { Llama2c, SentencePiece, TokenizerJson, Table, Merges, WordPiece, Unknown };

/// What the bytes look like. Texts are told by their beginning, which is quick with any file.
Format formatOf(std::string_view bytes) {
  std::string_view head = bytes.substr(0, 1 << 16);
  size_t begin = head.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && head[begin] == '{') {
    bool stages =
        head.find("\"added_tokens\"") != std::string_view::npos || head.find("\"model\"") != std::string_view::npos;
    return stages ? Format::TokenizerJson : Format::Table;
  }
  if (head.starts_with('\n') && head.size() > 1 && head[1] > 2) // field 1, with a length
    return Format::SentencePiece;
  if (head.starts_with("#version"))
    return Format::Merges;
  if (head.find('\0') != std::string_view::npos || head.size() < 4)
    return Format::Llama2c;
  size_t line = head.find('\n');
  std::string_view second =
      line == std::string_view::npos ? head : head.substr(line + 1, head.find('\n', line + 1) - line - 1);
  if (std::count(second.begin(), second.end(), ' ') == 1)
    return Format::Merges;
  bool lines = bytes.starts_with("[UNK]\n") || bytes.find("\n[UNK]") != std::string_view::npos;
  return lines ? Format::WordPiece : Format::Unknown;
}

/// The first of the names that the folder has.
std::optional<std::string> beside(const fs::path &folder, std::initializer_list<const char *> names) {
  std::error_code ignored;
  for (const char *name : names)
    if (fs::is_regular_file(folder / name, ignored))
      return (folder / name).string();
  return {};
}

/// The file of the vocabulary that a folder holds.
Result<std::string> fileWithin(const std::string &path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored))
    return path;
  std::optional<std::string> file =
      beside(path, {"tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "vocab.json",
                    "encoder.json", "vocab.txt", "tokenizer.bin"});
  if (!file)
    return failure("{}: holds no vocabulary: none of tokenizer.json, tokenizer.model, spiece.model, vocab.json, "
                   "encoder.json, vocab.txt",
                   path);
  return *file;
}

constexpr std::initializer_list<const char *> tables = {"vocab.json", "encoder.json"},
                                              merges = {"merges.txt", "vocab.bpe"};

/// The other one of the two files that make a vocabulary.
Result<std::optional<std::string>> otherHalf(const std::string &path, Format format) {
  if (format != Format::Table && format != Format::Merges)
    return std::optional<std::string>();
  std::optional<std::string> other = beside(fs::path(path).parent_path(), format == Format::Table ? merges : tables);
  if (!other)
    return failure("{}: is one of two files, and beside it is neither {}", path,
                   format == Format::Table ? "merges.txt nor vocab.bpe" : "vocab.json nor encoder.json");
  return other;
}

/// The first of the files whose name ends so.
const VocabularyFile *named(std::span<const VocabularyFile> files, std::initializer_list<const char *> names) {
  for (const char *name : names)
    for (const VocabularyFile &file : files)
      if (file.name.ends_with(name))
        return &file;
  return nullptr;
}

/// The vocabulary itself comes first.
MadeTokenizer make(std::span<const VocabularyFile> files, const TokenizerSettings &asked) {
  const VocabularyFile &file = files[0];
  for (const VocabularyFile &each : files)
    if (each.text.size() > PackedTexts::mostBytes)
      return failure("{}: is {} bytes long; at most {} are supported of a vocabulary", each.name, each.text.size(),
                     PackedTexts::mostBytes);
  Format format = formatOf(file.text);
  if (format == Format::Llama2c)
    return readLlama2c(file);
  if (format == Format::Unknown)
    return failure("{}: is no vocabulary: neither tokenizer.json, a SentencePiece model, GPT-2's vocab.json or "
                   "merges.txt, BERT's vocab.txt, nor llama2.c's",
                   file.name);
  Result<VocabularySettings> settings = VocabularySettings::read(files.subspan(1));
  if (!settings)
    return settings.error();
  if (asked.cased)
    settings->lowerCase = false;
  if (format == Format::SentencePiece)
    return readSentencePiece(file, *settings);
  if (format == Format::TokenizerJson)
    return readTokenizerJson(file, *settings);
  if (format == Format::WordPiece)
    return readWordPiece(file, *settings);
  const VocabularyFile *other = named(files.subspan(1), format == Format::Table ? merges : tables);
  if (!other)
    return failure("{}: is one of two files that make a vocabulary, and the other is missing", file.name);
  return format == Format::Table ? readGpt2(file, *other, *settings) : readGpt2(*other, file, *settings);
}

// Several files in one, as an executable carries them: this line; then for each file the sizes of its name and its
// content, and these. What does not begin so is one file.
constexpr std::string_view joined = "heed vocabulary of several files\n";

std::optional<std::string_view> takeBytes(std::string_view &from, uint64_t size) {
  if (size > from.size())
    return {};
  std::string_view taken = from.substr(0, size);
  from.remove_prefix(size);
  return taken;
}

std::optional<VocabularyFile> takeFile(std::string_view &from) {
  uint64_t sizes[2];
  std::optional<std::string_view> head = takeBytes(from, sizeof sizes);
  if (!head)
    return {};
  std::memcpy(sizes, head->data(), sizeof sizes);
  std::optional<std::string_view> name = takeBytes(from, sizes[0]);
  std::optional<std::string_view> text = name ? takeBytes(from, sizes[1]) : std::nullopt;
  return text ? std::optional(VocabularyFile{std::string(*name), *text}) : std::nullopt;
}

} // namespace

MadeTokenizer parseTokenizer(const std::string &name, std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  std::vector<VocabularyFile> files;
  if (!text.starts_with(joined))
    files.push_back({name, text}), text = {};
  else
    text.remove_prefix(joined.size());
  while (!text.empty()) {
    std::optional<VocabularyFile> file = takeFile(text);
    if (!file)
      return failure("{}: ends within its file {}", name, files.size());
    file->name = fmt::format("{}/{}", name, file->name);
    files.push_back(std::move(*file));
  }
  return files.empty() ? MadeTokenizer(failure("{}: holds no file", name)) : make(files, {});
}

bool VocabularyFiles::isIn(const std::string &path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) && fileWithin(path);
}

Result<VocabularyFiles> VocabularyFiles::open(const std::string &path) {
  Result<std::string> file = fileWithin(path);
  if (!file)
    return file.error();
  VocabularyFiles files;
  auto add = [&](const std::string &each) -> Result<void> {
    Result<MappedFile> mapped = MappedFile::open(each);
    if (!mapped)
      return mapped.error();
    files.names.push_back(each), files.mapped.push_back(std::move(*mapped));
    return {};
  };
  if (Result<void> added = add(*file); !added)
    return added.error();
  Format format = formatOf(files.mapped[0].text());
  Result<std::optional<std::string>> other = otherHalf(*file, format);
  if (!other)
    return other.error();
  if (*other)
    if (Result<void> added = add(**other); !added)
      return added.error();
  if (format != Format::Llama2c && format != Format::Unknown)
    for (std::string_view name : VocabularySettings::files)
      if (std::optional<std::string> found = beside(fs::path(*file).parent_path(), {name.data()}))
        if (Result<void> added = add(*found); !added)
          return added.error();
  return files;
}

MadeTokenizer VocabularyFiles::read(const TokenizerSettings &settings) const {
  std::vector<VocabularyFile> files;
  for (size_t i = 0; i != names.size(); ++i)
    files.push_back({names[i], mapped[i].text(), &mapped[i]});
  return make(files, settings);
}

std::string VocabularyFiles::join() const {
  if (mapped.size() == 1)
    return std::string(mapped[0].text());
  std::string result(joined);
  for (size_t i = 0; i != names.size(); ++i) {
    std::string name = fs::path(names[i]).filename();
    uint64_t sizes[] = {name.size(), mapped[i].text().size()};
    result.append(reinterpret_cast<const char *>(sizes), sizeof sizes).append(name).append(mapped[i].text());
  }
  return result;
}

MadeTokenizer openTokenizer(const std::string &path, const TokenizerSettings &settings) {
  Result<VocabularyFiles> files = VocabularyFiles::open(path);
  return files ? files->read(settings) : MadeTokenizer(files.error());
}

} // namespace heed::runtime
