// What a checkpoint folder says of its vocabulary beside the vocabulary's own file: `tokenizer_config.json`,
// `special_tokens_map.json`, `added_tokens.json`, and the ids of `config.json` and `generation_config.json`. In: those
// of them that there are. Out: settings, and what they change in a Pipeline.
#pragma once

#include "runtime/tokenizer/Pipeline.h"
#include "runtime/tokenizer/Vocabularies.h"

namespace heed::runtime {

struct VocabularySettings {
  static constexpr std::string_view files[] = {"tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
                                               "config.json", "generation_config.json"};
  static Result<VocabularySettings> read(std::span<const VocabularyFile> files);

  std::string name; // of the file that says what is wrong, where something is
  std::string tokenizerClass;
  std::optional<bool> lowerCase, stripAccents, setIdeographsApart, prefixSpace, addStart, addEnd;
  std::optional<std::string> start, end, padding;
  std::vector<std::string> special; // tokens by their text
  std::vector<AddedToken> added;    // in the order of their ids
  int64_t extraIds = 0;             // T5's `<extra_id_0>` and so on
  std::optional<int64_t> startId;
  std::vector<int64_t> endIds;

  /// Whether the class of tokenizers begins so: "Llama" holds LlamaTokenizer and LlamaTokenizerFast.
  bool isOf(std::string_view family) const { return tokenizerClass.starts_with(family); }
  /// Adds tokens and sets those that stand before a text, behind it and in its place. `templated`: the vocabulary's own
  /// file says what stands around a text.
  Result<void> into(Pipeline::Parts &, bool templated) const;

private:
  void readTokenizerConfig(const class JsonStage &);
  void readAdded(const class JsonStage &);
  void readIds(const class JsonStage &);
  Result<void> addTokens(Pipeline::Parts &) const;
};

} // namespace heed::runtime
