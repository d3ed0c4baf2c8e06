// `tokenizer.json` (the library tokenizers): added tokens, and a stage of each kind as an object with a `type`. What is
// not known is refused by name.
#include "runtime/tokenizer/text/Formats.h"
#include "runtime/tokenizer/text/JsonModel.h"
#include "runtime/tokenizer/text/JsonStages.h"
#include "runtime/tokenizer/text/Unicode.h"

namespace heed::runtime {
namespace {

/// The file as a tree, but for the vocabulary and the merges, which go straight into tables.
class FileReader final : public JsonTreeBuilder {
public:
  explicit FileReader(size_t fileSize) : vocabulary(fileSize) {}
  JsonVocabulary vocabulary;

  std::string beginObject() override {
    if (inside())
      return ++depth, vocabulary.begin(section(), false);
    std::string wrong = JsonTreeBuilder::beginObject();
    return wrong;
  }
  std::string key(std::string_view name) override { return depth ? vocabulary.key(name) : JsonTreeBuilder::key(name); }
  std::string endObject() override { return depth ? (--depth, vocabulary.end()) : JsonTreeBuilder::endObject(); }
  std::string beginArray() override {
    if (inside())
      return ++depth, vocabulary.begin(section(), true);
    return JsonTreeBuilder::beginArray();
  }
  std::string endArray() override { return depth ? (--depth, vocabulary.end()) : JsonTreeBuilder::endArray(); }
  std::string text(std::string_view value) override {
    return depth ? vocabulary.text(value) : JsonTreeBuilder::text(value);
  }
  std::string integer(int64_t value) override {
    return depth ? vocabulary.integer(value) : JsonTreeBuilder::integer(value);
  }
  std::string real(double value) override { return depth ? vocabulary.real(value) : JsonTreeBuilder::real(value); }
  std::string boolean(bool value) override { return depth ? notHere : JsonTreeBuilder::boolean(value); }
  std::string null() override { return depth ? notHere : JsonTreeBuilder::null(); }

private:
  static constexpr const char *notHere = "a token, a score or an id was expected";
  int depth = 0; // within the vocabulary or the merges

  const std::string &section() const { return names.back(); }
  bool inside() const {
    return depth != 0 || (names.size() == 2 && names[0] == "model" && (names[1] == "vocab" || names[1] == "merges"));
  }
};

Result<void> addTokens(const std::string &name, const JsonTree &list, JsonVocabulary &vocabulary,
                       Pipeline::Parts &parts) {
  for (const JsonTree &each : list.list()) {
    AddedToken token;
    token.text = each["content"].text();
    int64_t id = each["id"].whole(-1);
    token.special = each["special"].truth(false);
    token.stripLeft = each["lstrip"].truth(false), token.stripRight = each["rstrip"].truth(false);
    token.singleWord = each["single_word"].truth(false), token.inNormalised = each["normalized"].truth(false);
    if (int32_t known = vocabulary.table.find(token.text); known < 0 || known != id)
      if (std::string wrong = vocabulary.table.add(token.text, id); !wrong.empty())
        return failure("{}: added_tokens: {}", name, wrong);
    token.id = int32_t(id);
    parts.added.push_back(std::move(token));
  }
  return {};
}

} // namespace

MadeTokenizer readTokenizerJson(const VocabularyFile &described) {
  const auto &[name, text] = described;
  constexpr int deepest = 32;
  FileReader reader(text.size());
  if (Result<void> read = readJson(name, text, deepest, reader); !read)
    return read.error();
  const JsonTree &file = reader.root;
  JsonVocabulary &vocabulary = reader.vocabulary;
  Pipeline::Parts parts;
  parts.name = name, parts.isWordCharacter = isWordCharacter;
  if (Result<void> added = addTokens(name, file["added_tokens"], vocabulary, parts); !added)
    return added.error();
  if (Result<void> whole = vocabulary.table.check(name); !whole)
    return whole.error();
  parts.pieces = vocabulary.table.tokens;
  parts.special.resize(parts.pieces.size());
  for (const AddedToken &token : parts.added)
    parts.special[size_t(token.id)] = token.special;

  JsonStages stages{name, file, vocabulary.table};
  if (Result<void> made = stages.into(parts); !made)
    return made.error();
  Result<std::unique_ptr<PieceModel>> model = vocabulary.model(name, file["model"], stages.bytes());
  if (!model)
    return model.error();
  parts.model = std::move(*model);
  return std::unique_ptr<Tokenizer>(std::make_unique<Pipeline>(std::move(parts)));
}

} // namespace heed::runtime
