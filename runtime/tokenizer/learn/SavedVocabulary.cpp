#include "runtime/tokenizer/learn/SavedVocabulary.h"

#include "runtime/load/NewFile.h"
#include "runtime/tokenizer/learn/SavedForms.h"

#include <filesystem>

namespace heed::runtime {

namespace fs = std::filesystem;

namespace {

struct File {
  std::string path, text;
};

std::string suffixOf(const std::string &path) { return fs::path(path).extension(); }

std::string lines(const LearntVocabulary &vocabulary) {
  std::string text;
  for (const std::string &token : vocabulary.tokens)
    text += token + "\n";
  return text;
}

/// The files of a folder, by the names under which they are looked for.
std::vector<File> folderOf(const LearntVocabulary &vocabulary, const std::string &path) {
  auto in = [&](const char *name) { return (fs::path(path) / name).string(); };
  switch (vocabulary.kind) {
  case VocabularyKind::Bpe:
    return {{in("vocab.json"), gpt2Table(vocabulary)}, {in("merges.txt"), gpt2Merges(vocabulary)}};
  case VocabularyKind::WordPiece:
    return {{in("vocab.txt"), lines(vocabulary)},
            {in("tokenizer_config.json"), fmt::format("{{\"do_lower_case\": {}}}\n", !vocabulary.cased)}};
  case VocabularyKind::Unigram:
    return {{in("tokenizer.model"), sentencePieceModel(vocabulary)}};
  default:
    return {{in("tokenizer.json"), tokenizerJson(vocabulary)}};
  }
}

std::vector<File> filesOf(const LearntVocabulary &vocabulary, const std::string &path) {
  std::string suffix = suffixOf(path);
  if (suffix == ".json")
    return {{path, tokenizerJson(vocabulary)}};
  if (suffix == ".txt")
    return {{path, lines(vocabulary)}};
  if (suffix == ".model")
    return {{path, sentencePieceModel(vocabulary)}};
  return folderOf(vocabulary, path);
}

} // namespace

Result<void> canSave(VocabularyKind kind, const std::string &path) {
  std::string suffix = suffixOf(path);
  if (suffix.empty() || suffix == ".json" || (suffix == ".txt" && kind == VocabularyKind::WordPiece) ||
      (suffix == ".model" && kind == VocabularyKind::Unigram))
    return {};
  const char *own = kind == VocabularyKind::WordPiece ? ", a `.txt`"
                    : kind == VocabularyKind::Unigram ? ", a `.model`"
                                                      : "";
  return failure("{}: names no form that this vocabulary can have; a folder{} or a `.json` was expected", path, own);
}

Result<void> saveVocabulary(const LearntVocabulary &vocabulary, const std::string &path) {
  std::error_code problem;
  if (suffixOf(path).empty() && !fs::is_directory(path) && !fs::create_directories(path, problem))
    return failure("{}: can't be made: {}", path, problem.message());
  for (const File &file : filesOf(vocabulary, path)) {
    Result<NewFile> made = NewFile::create(file.path);
    if (!made)
      return made.error();
    if (Result<void> written = made->write(std::string_view(file.text)); !written)
      return written;
    if (Result<void> there = made->commit(); !there)
      return there;
  }
  return {};
}

} // namespace heed::runtime
