#include "runtime/tokenizer/learn/SavedForms.h"

#include "runtime/load/Json.h"
#include "runtime/tokenizer/ByteAlphabet.h"

#include <algorithm>
#include <bit>

namespace heed::runtime {
namespace {

bool isSpecial(const LearntVocabulary &vocabulary, size_t id) {
  return std::find(vocabulary.special.begin(), vocabulary.special.end(), int32_t(id)) != vocabulary.special.end();
}

/// A token as vocabularies of its kind spell it.
std::string spelled(const LearntVocabulary &vocabulary, size_t id) {
  bool bytes = vocabulary.kind == VocabularyKind::Bpe && !isSpecial(vocabulary, id);
  return bytes ? inAlphabet(vocabulary.tokens[id]) : vocabulary.tokens[id];
}

/// `{"token": id, …}`
std::string table(const LearntVocabulary &vocabulary) {
  std::string text = "{";
  for (size_t id = 0; id != vocabulary.tokens.size(); ++id)
    text += fmt::format("{}{}: {}", id == 0 ? "" : ", ", jsonText(spelled(vocabulary, id)), id);
  return text + "}";
}

/// Calls `each(left, right)` for every merge.
template <typename Each> void eachMerge(const LearntVocabulary &vocabulary, Each each) {
  for (auto [left, right] : vocabulary.merges)
    each(spelled(vocabulary, size_t(left)), spelled(vocabulary, size_t(right)));
}

} // namespace

// ---- GPT-2's pair ----

std::string gpt2Table(const LearntVocabulary &vocabulary) { return table(vocabulary) + "\n"; }

std::string gpt2Merges(const LearntVocabulary &vocabulary) {
  std::string text = "#version: 0.2\n";
  eachMerge(vocabulary, [&](const std::string &left, const std::string &right) { text += left + " " + right + "\n"; });
  return text;
}

// ---- SentencePiece's protocol buffer (sentencepiece_model.proto) ----

namespace {

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7)
    bytes += char(value | 0x80);
  return bytes + char(value);
}
std::string number(int field, uint64_t value) { return varint(uint64_t(field) << 3) + varint(value); }
std::string block(int field, std::string_view content) {
  return varint(uint64_t(field) << 3 | 2) + varint(content.size()) + std::string(content);
}
std::string real(int field, float value) {
  std::string bytes = varint(uint64_t(field) << 3 | 5);
  for (uint32_t bits = std::bit_cast<uint32_t>(value), i = 0; i != 4; ++i, bits >>= 8)
    bytes += char(bits);
  return bytes;
}

} // namespace

std::string sentencePieceModel(const LearntVocabulary &vocabulary) {
  constexpr int unknown = 2, control = 3;
  std::string model;
  for (size_t id = 0; id != vocabulary.tokens.size(); ++id) {
    std::string piece = block(1, vocabulary.tokens[id]) + real(2, vocabulary.scores[id]);
    if (isSpecial(vocabulary, id))
      piece += number(3, id == 0 ? unknown : control);
    model += block(1, piece);
  }
  // Of the trainer: kind (3), size (4), ids of what is unknown, begin, end, padding (40 to 43); of the normaliser: name
  // (1), a space in front (3), single spaces (4), marked (5).
  std::string trainer = number(3, 1) + number(4, vocabulary.tokens.size()) + number(40, 0) + number(41, 1) +
                        number(42, 2) + number(43, uint64_t(-1));
  model += block(2, trainer);
  model += block(3, block(1, "identity") + number(3, 1) + number(4, 1) + number(5, 1));
  return model;
}

// ---- tokenizer.json ----

namespace {

/// The parts of `tokenizer.json` that differ from kind to kind, each as JSON.
struct Stages {
  std::string normaliser = "null", splitter = "null", around = "null", decoder = "null", model;
};

constexpr const char *bytes =
    R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true})";

Stages bpeStages(const LearntVocabulary &vocabulary) {
  std::string merges;
  eachMerge(vocabulary, [&](const std::string &left, const std::string &right) {
    merges += (merges.empty() ? "" : ", ") + jsonText(left + " " + right);
  });
  return {.splitter = bytes,
          .decoder = bytes,
          .model = fmt::format(
              R"({{"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, )"
              R"("end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": {}, "merges": [{}]}})",
              table(vocabulary), merges)};
}

Stages wordPieceStages(const LearntVocabulary &vocabulary) {
  auto idOf = [&](const char *token) {
    return std::find(vocabulary.tokens.begin(), vocabulary.tokens.end(), token) - vocabulary.tokens.begin();
  };
  auto token = [&](const char *name, int type) {
    return fmt::format(R"({{"SpecialToken": {{"id": "{}", "type_id": {}}}}})", name, type);
  };
  auto text = [](char name, int type) {
    return fmt::format(R"({{"Sequence": {{"id": "{}", "type_id": {}}}}})", name, type);
  };
  auto known = [&](const char *name) {
    return fmt::format(R"("{0}": {{"id": "{0}", "ids": [{1}], "tokens": ["{0}"]}})", name, idOf(name));
  };
  std::string one = token("[CLS]", 0) + ", " + text('A', 0) + ", " + token("[SEP]", 0);
  return {
      .normaliser = fmt::format(
          R"({{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, )"
          R"("lowercase": {}}})",
          !vocabulary.cased),
      .splitter = R"({"type": "BertPreTokenizer"})",
      .around = fmt::format(
          R"({{"type": "TemplateProcessing", "single": [{0}], "pair": [{0}, {1}, {2}], "special_tokens": {{{3}, {4}}}}})",
          one, text('B', 1), token("[SEP]", 1), known("[CLS]"), known("[SEP]")),
      .decoder = R"({"type": "WordPiece", "prefix": "##", "cleanup": true})",
      .model = fmt::format(R"({{"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", )"
                           R"("max_input_chars_per_word": 100, "vocab": {}}})",
                           table(vocabulary))};
}

/// Spaces are made single, none is left at either end; one stands before every word.
Stages unigramStages(const LearntVocabulary &vocabulary) {
  std::string tokens;
  for (size_t id = 0; id != vocabulary.tokens.size(); ++id)
    tokens +=
        fmt::format("{}[{}, {:.9g}]", id == 0 ? "" : ", ", jsonText(vocabulary.tokens[id]), vocabulary.scores[id]);
  constexpr const char *spaces =
      R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true})";
  return {.normaliser = R"({"type": "Sequence", "normalizers": [)"
                        R"({"type": "Replace", "pattern": {"Regex": "\\A +| +\\z"}, "content": ""}, )"
                        R"({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]})",
          .splitter = spaces,
          .decoder = spaces,
          .model = fmt::format(R"({{"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [{}]}})", tokens)};
}

/// Each character, or each word and each run of signs, is a token.
Stages wholeStages(const LearntVocabulary &vocabulary) {
  bool words = vocabulary.kind == VocabularyKind::Words;
  constexpr const char *each =
      R"-({"type": "Split", "pattern": {"Regex": "(?s:.)"}, "behavior": "Isolated", "invert": false})-";
  return {.splitter = words ? R"({"type": "Whitespace"})" : each,
          .decoder = words ? "null" : R"({"type": "Fuse"})",
          .model = fmt::format(R"({{"type": "WordLevel", "vocab": {}, "unk_token": "<unk>"}})", table(vocabulary))};
}

Stages stagesOf(const LearntVocabulary &vocabulary) {
  switch (vocabulary.kind) {
  case VocabularyKind::Bpe:
    return bpeStages(vocabulary);
  case VocabularyKind::WordPiece:
    return wordPieceStages(vocabulary);
  case VocabularyKind::Unigram:
    return unigramStages(vocabulary);
  default:
    return wholeStages(vocabulary);
  }
}

} // namespace

std::string tokenizerJson(const LearntVocabulary &vocabulary) {
  std::string added;
  for (int32_t id : vocabulary.special)
    added += fmt::format(R"({}{{"id": {}, "content": {}, "single_word": false, "lstrip": false, "rstrip": false, )"
                         R"("normalized": false, "special": true}})",
                         added.empty() ? "" : ", ", id, jsonText(vocabulary.tokens[size_t(id)]));
  Stages stages = stagesOf(vocabulary);
  return fmt::format(R"({{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [{}],
"normalizer": {},
"pre_tokenizer": {},
"post_processor": {},
"decoder": {},
"model": {}}}
)",
                     added, stages.normaliser, stages.splitter, stages.around, stages.decoder, stages.model);
}

} // namespace heed::runtime
