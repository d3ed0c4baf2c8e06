// The formats that vocabularies come in, each read into a Tokenizer. In: a file's bytes. Out: a Tokenizer, or what is
// wrong with the file. Files are not trusted.
#pragma once

#include "runtime/load/MappedFile.h"
#include "runtime/tokenizer/Tokenizer.h"

namespace heed::runtime {

/// A file's name, for messages, and its content.
struct VocabularyFile {
  std::string name;
  std::string_view text;
  const MappedFile *mapped = nullptr; // null where the text is in memory

  /// What was read need not be held any more.
  void forget() const {
    if (mapped)
      mapped->forget();
  }
};
struct VocabularySettings;

/// llama2.c's.
MadeTokenizer readLlama2c(const VocabularyFile &);
/// A SentencePiece model.
MadeTokenizer readSentencePiece(const VocabularyFile &, const VocabularySettings &);
/// BERT's `vocab.txt`: a token a line.
MadeTokenizer readWordPiece(const VocabularyFile &, const VocabularySettings &);
/// GPT-2's two files: `vocab.json` or `encoder.json`, and `merges.txt` or `vocab.bpe`.
MadeTokenizer readGpt2(const VocabularyFile &vocabulary, const VocabularyFile &merges, const VocabularySettings &);
/// `tokenizer.json` of the library tokenizers.
MadeTokenizer readTokenizerJson(const VocabularyFile &, const VocabularySettings &);

} // namespace heed::runtime
