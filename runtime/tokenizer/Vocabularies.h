// The formats that vocabularies come in, each read into a Tokenizer. In: a file's bytes. Out: a Tokenizer, or what is
// wrong with the file. Files are not trusted.
#pragma once

#include "runtime/tokenizer/Tokenizer.h"

namespace heed::runtime {

/// llama2.c's.
MadeTokenizer readLlama2c(const std::string &name, std::span<const std::byte>);
/// A SentencePiece model.
MadeTokenizer readSentencePiece(const std::string &name, std::span<const std::byte>);

/// How `vocab.txt` is to be read.
struct WordPieceSettings {
  bool lowerCase = true;
  std::optional<bool> stripAccents; // as lowerCase, where nothing is said
  bool setIdeographsApart = true;
};
/// A file's name, for messages, and its content.
struct VocabularyFile {
  const std::string &name;
  std::string_view text;
};

/// The formats that need patterns or the properties of characters.
struct TextVocabularies {
  /// BERT's `vocab.txt`: a token a line.
  MadeTokenizer (*wordPiece)(const VocabularyFile &, const WordPieceSettings &);
  /// GPT-2's two files: `vocab.json` or `encoder.json`, and `merges.txt` or `vocab.bpe`.
  MadeTokenizer (*gpt2)(const VocabularyFile &vocabulary, const VocabularyFile &merges);
  /// `tokenizer.json` of the library tokenizers.
  MadeTokenizer (*json)(const VocabularyFile &);
};

} // namespace heed::runtime

/// Null in an executable whose vocabulary needs none of them, which then carries neither PCRE2 nor ICU.
extern "C" __attribute__((weak)) const heed::runtime::TextVocabularies heed_text_vocabularies;
