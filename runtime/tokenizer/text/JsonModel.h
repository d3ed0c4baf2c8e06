// The `model` of a `tokenizer.json`: its vocabulary and merges as they are read, and the model that they make.
#pragma once

#include "runtime/tokenizer/Bpe.h"
#include "runtime/tokenizer/TokenTable.h"
#include "runtime/tokenizer/text/JsonStage.h"

namespace heed::runtime {

/// The library's reading of a number (serde_json's), which is not the nearest one of 64 bits but near it: ways to write
/// a text that are as good as equal are told apart by it.
double scoreOf(std::string_view digits);

class JsonVocabulary {
public:
  explicit JsonVocabulary(size_t fileSize) : table(fileSize) {}
  TokenTable table;
  std::vector<double> scores; // of a Unigram's vocabulary, by id

  // What `readJson` tells of "vocab" and "merges": each returns what is wrong, or nothing.
  std::string begin(const std::string &section, bool isList);
  std::string end();
  std::string key(std::string_view name) { return token = name, ""; }
  std::string text(std::string_view);
  std::string integer(int64_t);
  std::string real(double);

  /// Once, for the merges go into it. `bytes`: tokens are spelled in GPT-2's alphabet of bytes.
  std::unique_ptr<PieceModel> model(const JsonStage &description, bool bytes);

private:
  bool inMerges = false, isTable = false;
  int depth = 0;
  std::string token;
  std::string left;    // of the merge that is read
  int words = 0;       // of it, so far
  bool scored = false; // the token that is read
  NamedMerges rules;

  std::unique_ptr<PieceModel> bpe(const JsonStage &, bool bytes);
  std::unique_ptr<PieceModel> unigram(const JsonStage &) const;
  std::unique_ptr<PieceModel> wordPiece(const JsonStage &) const;
  std::unique_ptr<PieceModel> wholeWords(const JsonStage &) const;
  Fallback fallback(const JsonStage &) const;
  int32_t unknown(const JsonStage &, std::string_view otherwise) const;
};

} // namespace heed::runtime
