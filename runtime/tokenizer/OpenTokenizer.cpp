// Which vocabulary a file or a folder holds. In: a path, or bytes. Out: a tokenizer. A format is told by its content; a
// folder's, by the names that the formats' own tools give their files.
#include "runtime/load/Config.h"
#include "runtime/tokenizer/Vocabularies.h"
#include "runtime/tokenizer/VocabularyFiles.h"

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
  if (head.find('\0') != std::string_view::npos || head.size() < 4)
    return Format::Llama2c;
  size_t line = head.find('\n');
  std::string_view second =
      line == std::string_view::npos ? head : head.substr(line + 1, head.find('\n', line + 1) - line - 1);
  bool merges = head.starts_with("#version") || std::count(second.begin(), second.end(), ' ') == 1;
  if (merges)
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

/// The file that belongs to one of this format, where it lies beside it.
Result<std::optional<std::string>> companion(const std::string &path, Format format) {
  fs::path folder = fs::path(path).parent_path();
  if (format == Format::WordPiece)
    return beside(folder, {"tokenizer_config.json"});
  if (format != Format::Table && format != Format::Merges)
    return std::optional<std::string>();
  std::optional<std::string> other = format == Format::Table ? beside(folder, {"merges.txt", "vocab.bpe"})
                                                             : beside(folder, {"vocab.json", "encoder.json"});
  if (!other)
    return failure("{}: is one of two files, and beside it is neither {}", path,
                   format == Format::Table ? "merges.txt nor vocab.bpe" : "vocab.json nor encoder.json");
  return other;
}

/// What `tokenizer_config.json` says of a `vocab.txt`.
Result<WordPieceSettings> wordPieceSettings(const VocabularyFile *file) {
  WordPieceSettings settings;
  if (!file)
    return settings;
  Result<Config> config = parseConfig(file->name, file->text);
  if (!config)
    return config.error();
  auto truth = [&](const char *key) -> std::optional<bool> {
    auto found = config->find(key);
    auto value = found == config->end() ? nullptr : std::get_if<bool>(&found->second.value);
    return value ? std::optional(*value) : std::nullopt;
  };
  settings.lowerCase = truth("do_lower_case").value_or(true);
  settings.stripAccents = truth("strip_accents");
  settings.setIdeographsApart = truth("tokenize_chinese_chars").value_or(true);
  return settings;
}

MadeTokenizer make(const VocabularyFile &file, const VocabularyFile *companion, const TokenizerSettings &asked) {
  Format format = formatOf(file.text);
  if (format == Format::Llama2c || format == Format::SentencePiece) {
    std::span bytes(reinterpret_cast<const std::byte *>(file.text.data()), file.text.size());
    return format == Format::Llama2c ? readLlama2c(file.name, bytes) : readSentencePiece(file.name, bytes);
  }
  if (format == Format::Unknown)
    return failure("{}: is no vocabulary: neither tokenizer.json, a SentencePiece model, GPT-2's vocab.json or "
                   "merges.txt, BERT's vocab.txt, nor llama2.c's",
                   file.name);
  if (!&heed_text_vocabularies)
    return failure("{}: this executable was built without vocabularies of that format", file.name);
  if (format == Format::TokenizerJson)
    return heed_text_vocabularies.json(file);
  if (format == Format::WordPiece) {
    Result<WordPieceSettings> settings = wordPieceSettings(companion);
    if (!settings)
      return settings.error();
    if (asked.cased)
      settings->lowerCase = false;
    return heed_text_vocabularies.wordPiece(file, *settings);
  }
  if (!companion)
    return failure("{}: is one of two files that make a vocabulary, and the other is missing", file.name);
  return format == Format::Table ? heed_text_vocabularies.gpt2(file, *companion)
                                 : heed_text_vocabularies.gpt2(*companion, file);
}

// Several files in one, as an executable carries them: this line, the size of the first, the files.
constexpr std::string_view joined = "heed vocabulary of two files\n";

} // namespace

MadeTokenizer parseTokenizer(const std::string &name, std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  if (!text.starts_with(joined))
    return make({name, text}, nullptr, {});
  text.remove_prefix(joined.size());
  uint64_t size = 0;
  if (text.size() < sizeof size)
    return failure("{}: ends within the size of its first file", name);
  std::memcpy(&size, text.data(), sizeof size);
  text.remove_prefix(sizeof size);
  if (size > text.size())
    return failure("{}: its first file has {} bytes, and {} are there", name, size, text.size());
  VocabularyFile second{name, text.substr(size)};
  return make({name, text.substr(0, size)}, &second, {});
}

Result<VocabularyFiles> VocabularyFiles::open(const std::string &path) {
  Result<std::string> file = fileWithin(path);
  if (!file)
    return file.error();
  Result<MappedFile> mapped = MappedFile::open(*file);
  if (!mapped)
    return mapped.error();
  Result<std::optional<std::string>> other = companion(*file, formatOf(mapped->text()));
  if (!other)
    return other.error();
  VocabularyFiles files;
  files.names.push_back(*file), files.mapped.push_back(std::move(*mapped));
  if (*other) {
    Result<MappedFile> second = MappedFile::open(**other);
    if (!second)
      return second.error();
    files.names.push_back(**other), files.mapped.push_back(std::move(*second));
  }
  return files;
}

bool VocabularyFiles::needText() const {
  Format format = formatOf(mapped[0].text());
  return format != Format::Llama2c && format != Format::SentencePiece;
}

MadeTokenizer VocabularyFiles::read(const TokenizerSettings &settings) const {
  if (mapped.size() == 1)
    return make({names[0], mapped[0].text()}, nullptr, settings);
  VocabularyFile second{names[1], mapped[1].text()};
  return make({names[0], mapped[0].text()}, &second, settings);
}

std::string VocabularyFiles::join() const {
  if (mapped.size() == 1)
    return std::string(mapped[0].text());
  uint64_t size = mapped[0].text().size();
  std::string result(joined);
  result.append(reinterpret_cast<const char *>(&size), sizeof size);
  return result.append(mapped[0].text()).append(mapped[1].text());
}

MadeTokenizer openTokenizer(const std::string &path, const TokenizerSettings &settings) {
  Result<VocabularyFiles> files = VocabularyFiles::open(path);
  return files ? files->read(settings) : MadeTokenizer(files.error());
}

} // namespace heed::runtime
