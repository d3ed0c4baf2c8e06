// `tokenizer.json` (the library tokenizers): added tokens, and a stage of each kind as an object with a `type`. What is
// not known is refused by name.
#include "runtime/tokenizer/text/JsonModel.h"
#include "runtime/tokenizer/text/JsonStages.h"
#include "runtime/tokenizer/text/Unicode.h"
#include "runtime/tokenizer/text/VocabularySettings.h"

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
  std::string real(double value) override { return JsonTreeBuilder::real(value); }
  std::string spelledReal(double value, std::string_view digits) override {
    return depth ? vocabulary.real(scoreOf(digits)) : real(value);
  }
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

void addTokens(const JsonStage &list, JsonVocabulary &vocabulary, Pipeline::Parts &parts) {
  for (const JsonStage &each : list.items()) {
    AddedToken token{.text = each.text("content"), .id = int32_t(each.whole("id", -1, 0, INT32_MAX))};
    token.special = each.truth("special", false);
    token.stripLeft = each.truth("lstrip", false), token.stripRight = each.truth("rstrip", false);
    token.singleWord = each.truth("single_word", false), token.inNormalised = each.truth("normalized", !token.special);
    if (token.id < 0)
      each.refuse("has no `id`");
    else if (vocabulary.table.find(token.text) != token.id)
      if (std::string wrong = vocabulary.table.add(token.text, token.id); !wrong.empty())
        each.refuse("{}", wrong);
    parts.added.push_back(std::move(token));
  }
}

/// What is looked for in a normalised text is normalised itself.
Result<void> normalise(Pipeline::Parts &parts) {
  for (AddedToken &token : parts.added) {
    if (!token.inNormalised || !parts.normaliser)
      continue;
    Result<Aligned> changed = parts.normaliser(Aligned(token.text));
    if (!changed)
      return changed.error();
    token.text = std::string(changed->text());
  }
  return {};
}

} // namespace

MadeTokenizer readTokenizerJson(const VocabularyFile &described, const VocabularySettings &settings) {
  const std::string &name = described.name;
  constexpr int deepest = 32;
  FileReader reader(described.text.size());
  if (Result<void> read = readJson(name, described.text, deepest, reader); !read)
    return read.error();
  described.forget();
  JsonProblem problem{name, {}};
  JsonStage file(problem, reader.root);
  JsonVocabulary &vocabulary = reader.vocabulary;
  Pipeline::Parts parts;
  parts.name = name;
  addTokens(file["added_tokens"], vocabulary, parts);
  if (problem.error)
    return *problem.error;
  if (file["model"].null())
    return failure("{}: has no `model`", name);
  if (vocabulary.table.size() == 0)
    return failure("{}: holds no tokens", name);
  parts.special.resize(vocabulary.table.size());
  for (const AddedToken &token : parts.added)
    parts.special[size_t(token.id)] = token.special;

  JsonStages stages(vocabulary.table);
  stages.into(file, parts);
  parts.model = vocabulary.model(file["model"], stages.bytes());
  if (problem.error)
    return *problem.error;
  parts.pieces = vocabulary.table.take();
  for (size_t id = 0; id != parts.pieces.size(); ++id)
    if (!parts.pieces.has(id)) // stands for nothing in a text
      parts.special[id] = true;
  // The token before a text begins one, and the last one behind it ends one.
  if (parts.around.one.front().id >= 0)
    parts.start = parts.around.one.front().id;
  if (parts.around.one.back().id >= 0)
    parts.ends = {parts.around.one.back().id};
  if (Result<void> set = settings.into(parts, true); !set)
    return set.error();
  if (Result<void> normalised = normalise(parts); !normalised)
    return normalised.error();
  if (&heed_unicode)
    parts.isWordCharacter = isWordCharacter;
  return std::unique_ptr<Tokenizer>(std::make_unique<Pipeline>(std::move(parts)));
}

} // namespace heed::runtime
