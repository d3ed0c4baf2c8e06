// Which vocabulary a file or a folder holds. In: a path, or bytes. Out: a tokenizer. A format is told by its content; a
// folder's, by the names that the formats' own tools give their files.
#include "runtime/load/Config.h"
#include "runtime/load/MappedFile.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/Vocabularies.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace heed::runtime {
namespace {

namespace fs = std::filesystem;

enum class Format { Llama2c, SentencePiece, TokenizerJson, Table, Merges, WordPiece };

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
  return merges ? Format::Merges : Format::WordPiece;
}

Error needsText(const std::string &name) {
  return failure("{}: this executable was built without vocabularies of that format", name);
}

/// The first of the names that the folder has.
std::optional<std::string> beside(const fs::path &folder, std::initializer_list<const char *> names) {
  std::error_code ignored;
  for (const char *name : names)
    if (fs::is_regular_file(folder / name, ignored))
      return (folder / name).string();
  return {};
}

/// What `tokenizer_config.json` says of a `vocab.txt` beside it.
Result<WordPieceSettings> settingsBeside(const fs::path &vocabulary) {
  WordPieceSettings settings;
  std::optional<std::string> path = beside(vocabulary.parent_path(), {"tokenizer_config.json"});
  if (!path)
    return settings;
  Result<MappedFile> file = MappedFile::open(*path);
  if (!file)
    return file.error();
  Result<Config> config = parseConfig(*path, file->text());
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

/// A file of GPT-2's pair, and the other one, which lies beside it.
MadeTokenizer openPair(const std::string &path, const MappedFile &file, bool isTable) {
  if (!&heed_text_vocabularies)
    return needsText(path);
  fs::path folder = fs::path(path).parent_path();
  std::optional<std::string> other =
      isTable ? beside(folder, {"merges.txt", "vocab.bpe"}) : beside(folder, {"vocab.json", "encoder.json"});
  if (!other)
    return failure("{}: is one of two files, and beside it is neither {}", path,
                   isTable ? "merges.txt nor vocab.bpe" : "vocab.json nor encoder.json");
  Result<MappedFile> second = MappedFile::open(*other);
  if (!second)
    return second.error();
  NamedText mine{path, file.text()}, theirs{*other, second->text()};
  return isTable ? heed_text_vocabularies.gpt2(mine, theirs) : heed_text_vocabularies.gpt2(theirs, mine);
}

MadeTokenizer openFile(const std::string &path, const TokenizerSettings &asked) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file)
    return file.error();
  Format format = formatOf(file->text());
  if (format == Format::Table || format == Format::Merges)
    return openPair(path, *file, format == Format::Table);
  if (format != Format::WordPiece)
    return parseTokenizer(path, file->bytes());
  if (!&heed_text_vocabularies)
    return needsText(path);
  Result<WordPieceSettings> settings = settingsBeside(path);
  if (!settings)
    return settings.error();
  if (asked.cased)
    settings->lowerCase = false;
  return heed_text_vocabularies.wordPiece({path, file->text()}, *settings);
}

} // namespace

MadeTokenizer parseTokenizer(const std::string &name, std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  switch (formatOf(text)) {
  case Format::Llama2c:
    return readLlama2c(name, bytes);
  case Format::SentencePiece:
    return readSentencePiece(name, bytes);
  case Format::TokenizerJson:
    return &heed_text_vocabularies ? heed_text_vocabularies.json({name, text}) : needsText(name);
  case Format::WordPiece:
    return &heed_text_vocabularies ? heed_text_vocabularies.wordPiece({name, text}, {}) : needsText(name);
  default:
    return failure("{}: is one of two files that make a vocabulary", name);
  }
}

MadeTokenizer openTokenizer(const std::string &path, const TokenizerSettings &settings) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored))
    return openFile(path, settings);
  std::optional<std::string> file =
      beside(path, {"tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "vocab.json",
                    "encoder.json", "vocab.txt", "tokenizer.bin"});
  if (!file)
    return failure("{}: holds no vocabulary: none of tokenizer.json, tokenizer.model, spiece.model, vocab.json, "
                   "encoder.json, vocab.txt",
                   path);
  return openFile(*file, settings);
}

} // namespace heed::runtime
