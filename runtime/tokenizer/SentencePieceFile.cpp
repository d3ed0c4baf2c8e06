// A SentencePiece model (Kudo and Richardson, 2018), which is a protocol buffer (`sentencepiece_model.proto`): pieces
// with scores and kinds, what kind of model they are of, and how text is normalised.
#include "runtime/tokenizer/Bpe.h"
#include "runtime/tokenizer/BytePiece.h"
#include "runtime/tokenizer/Charsmap.h"
#include "runtime/tokenizer/Pipeline.h"
#include "runtime/tokenizer/ProtocolBuffer.h"
#include "runtime/tokenizer/Unigram.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/Vocabularies.h"
#include "runtime/tokenizer/WordPiece.h"
#include "runtime/tokenizer/text/VocabularySettings.h"

#include <cmath>
#include <set>

namespace heed::runtime {
namespace {

constexpr std::string_view mark = "\xE2\x96\x81"; // stands for a space

enum class Kind { Normal = 1, Unknown, Control, Own, Unused, Byte };
enum class ModelKind { Unigram = 1, Bpe, Word, Character };

struct Model {
  std::vector<std::string> pieces;
  std::vector<float> scores;
  std::vector<Kind> kinds;
  ModelKind kind = ModelKind::Unigram;
  bool byteFallback = false, spaceBehind = false;
  int64_t start = 1, end = 2;
  std::string unknownText = " \xE2\x81\x87 ";
  std::string rules;
  bool spaceBefore = true, singleSpaces = true, marked = true;
};

Result<void> readPiece(Model &model, ProtocolBuffer fields) {
  model.pieces.emplace_back(), model.scores.push_back(0), model.kinds.push_back(Kind::Normal);
  while (!fields.done()) {
    Result<ProtocolBuffer::Field> field = fields.next();
    if (!field)
      return field.error();
    if (field->number == 1)
      model.pieces.back() = field->bytes;
    else if (field->number == 2)
      model.scores.back() = field->real();
    else if (field->number == 3)
      model.kinds.back() = Kind(field->value);
  }
  size_t id = model.pieces.size() - 1;
  if (std::isnan(model.scores.back()))
    return failure("{}: the score of piece {} is not a number", fields.name(), id);
  if (model.kinds.back() < Kind::Normal || model.kinds.back() > Kind::Byte)
    return failure("{}: piece {} is of kind {}; 1 to 6 were expected", fields.name(), id, int(model.kinds.back()));
  if (!isUtf8(model.pieces.back()))
    return failure("{}: piece {} is no UTF-8", fields.name(), id);
  return {};
}

Result<void> readTraining(Model &model, ProtocolBuffer fields) {
  while (!fields.done()) {
    Result<ProtocolBuffer::Field> field = fields.next();
    if (!field)
      return field.error();
    switch (field->number) {
    case 3:
      model.kind = ModelKind(field->value);
      break;
    case 24:
      model.spaceBehind = field->value != 0;
      break;
    case 35:
      model.byteFallback = field->value != 0;
      break;
    case 41:
      model.start = int64_t(field->value);
      break;
    case 42:
      model.end = int64_t(field->value);
      break;
    case 44:
      model.unknownText = field->bytes;
      break;
    default:
      break;
    }
  }
  if (model.kind < ModelKind::Unigram || model.kind > ModelKind::Character)
    return failure("{}: the model is of kind {}; 1 to 4 were expected", fields.name(), int(model.kind));
  return {};
}

Result<void> readNormalising(Model &model, ProtocolBuffer fields) {
  while (!fields.done()) {
    Result<ProtocolBuffer::Field> field = fields.next();
    if (!field)
      return field.error();
    if (field->number == 2)
      model.rules = field->bytes;
    else if (field->number == 3)
      model.spaceBefore = field->value != 0;
    else if (field->number == 4)
      model.singleSpaces = field->value != 0;
    else if (field->number == 5)
      model.marked = field->value != 0;
  }
  return {};
}

Result<Model> readModel(const std::string &name, std::string_view bytes) {
  Model model;
  ProtocolBuffer fields(name, bytes);
  while (!fields.done()) {
    Result<ProtocolBuffer::Field> field = fields.next();
    if (!field)
      return field.error();
    Result<void> read;
    if (field->number == 1)
      read = readPiece(model, field->message(fields));
    else if (field->number == 2)
      read = readTraining(model, field->message(fields));
    else if (field->number == 3)
      read = readNormalising(model, field->message(fields));
    if (!read)
      return read.error();
  }
  if (model.pieces.empty())
    return failure("{}: holds no pieces; a SentencePiece model was expected", name);
  return model;
}

/// Rules are applied, white space is made single where the model says so, and spaces become marks. What the user asked
/// for as a whole is left alone.
Normaliser normaliserOf(const Model &model, Charsmap rules, std::shared_ptr<const Trie> own) {
  return [=, spaceBefore = model.spaceBefore, single = model.singleSpaces, behind = model.spaceBehind,
          space = model.marked ? std::string(mark) : " "](Aligned in) -> Result<Aligned> {
    std::string_view text = in.text();
    Aligned result;
    bool wasSpace = single, any = false;
    auto write = [&](std::string_view what, Extent from) {
      for (size_t i = 0; i != what.size(); ++i) {
        bool isSpace = what[i] == ' ';
        if (isSpace && wasSpace && single)
          continue;
        if (!any && spaceBefore && !behind)
          result.append(space, {from.begin, from.begin});
        any = true;
        result.append(isSpace ? std::string_view(space) : what.substr(i, 1), from);
        wasSpace = isSpace && single;
      }
    };
    for (size_t at = 0; at != text.size();) {
      size_t from = at;
      Trie::Walk walk;
      size_t whole = 0;
      for (size_t i = at; i != text.size() && own->step(walk, (unsigned char)text[i]); ++i)
        if (own->value(walk) >= 0)
          whole = i + 1 - at;
      if (whole != 0) {
        at += whole;
        write(text.substr(from, whole), in.origin(from, at));
        continue;
      }
      if (Charsmap::Rule rule = rules.longest(text.substr(at)); rule.length != 0) {
        at += rule.length;
        write(rule.by, in.origin(from, at));
      } else {
        nextCharacter(text, at);
        write(text.substr(from, at - from), in.origin(from, at));
      }
    }
    size_t end = result.text().size();
    while (single && result.text().substr(0, end).ends_with(space))
      end -= space.size();
    result = result.part(0, end);
    if (behind && spaceBefore && any)
      result.append(space, in.origin(text.size(), text.size()));
    return result;
  };
}

std::string decoded(const Model &model, const std::string &piece, int32_t id, int32_t previous) {
  switch (model.kinds[size_t(id)]) {
  case Kind::Control:
    return "";
  case Kind::Unknown:
    return model.unknownText;
  case Kind::Byte:
    if (std::optional<char> byte = byteOfPiece(piece))
      return std::string(1, *byte);
    return piece;
  default:
    break;
  }
  bool begins = previous < 0 || model.kinds[size_t(previous)] == Kind::Control;
  std::string text;
  for (size_t at = 0; at != piece.size();)
    if (std::string_view(piece).substr(at).starts_with(mark))
      text += begins && at == 0 && (model.spaceBefore || model.singleSpaces) ? "" : " ", at += mark.size();
    else
      text += piece[at++];
  return text;
}

/// Tokenizers whose ids are not those of their model file, and for which nothing here says which they are.
constexpr std::string_view shifted[] = {"MBart",   "Nllb",   "XGLM",   "Barthez",
                                        "Pegasus", "M2M100", "PLBart", "BigBirdPegasus"};

/// Those that begin with the special tokens of fairseq (Ott et al., 2019), of which the file knows some by other ids.
struct Fairseq {
  std::string_view family;
  std::vector<std::string_view> front; // the unknown one is `<unk>`; it stands for the file's own
  size_t from;                         // the first piece of the file behind them
  int64_t start, end;
};
const Fairseq fairseq[] = {{"XLMRoberta", {"<s>", "<pad>", "</s>", "<unk>"}, 3, 0, 2},
                           {"Camembert", {"<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED"}, 1, 5, 6}};

Result<void> giveIds(const std::string &name, Model &model, const Fairseq &how) {
  for (auto [id, piece] : {std::pair(0, "<unk>"), std::pair(1, "<s>"), std::pair(2, "</s>")})
    if (model.pieces.size() <= size_t(id) || model.pieces[size_t(id)] != piece)
      return failure("{}: piece {} is not {}, as it is in files of a {}", name, id, ticked(piece), ticked(how.family));
  Model given;
  auto add = [&](std::string_view piece, float score, Kind kind) {
    given.pieces.emplace_back(piece), given.scores.push_back(score), given.kinds.push_back(kind);
  };
  for (std::string_view piece : how.front)
    add(piece, 0, piece == "<unk>" ? Kind::Unknown : Kind::Control);
  for (size_t id = how.from; id != model.pieces.size(); ++id)
    add(model.pieces[id], model.scores[id], model.kinds[id]);
  add("<mask>", 0, Kind::Control);
  model.pieces.swap(given.pieces), model.scores.swap(given.scores), model.kinds.swap(given.kinds);
  model.start = how.start, model.end = how.end;
  return {};
}

struct Matter { // what the pieces are to the model
  std::vector<Trie::Entry> tokens, own;
  std::vector<bool> whole;
  Fallback fallback;
};

Result<Matter> matterOf(const std::string &name, const Model &model) {
  Matter matter;
  matter.whole.resize(model.pieces.size());
  matter.fallback.fuse = true, matter.fallback.toBytes = model.byteFallback;
  std::set<std::string_view> known;
  for (size_t id = 0; id != model.pieces.size(); ++id) {
    const std::string &piece = model.pieces[id];
    if (piece.empty())
      return failure("{}: piece {} is empty", name, id);
    if (!known.insert(piece).second)
      return failure("{}: the piece {} occurs twice", name, ticked(piece));
    switch (model.kinds[id]) {
    case Kind::Own:
      matter.whole[id] = true, matter.own.push_back({piece, int32_t(id)});
      [[fallthrough]];
    case Kind::Normal:
      matter.tokens.push_back({piece, int32_t(id)});
      break;
    case Kind::Unknown:
      if (matter.fallback.unknown >= 0)
        return failure("{}: pieces {} and {} are both the unknown one", name, matter.fallback.unknown, id);
      matter.fallback.unknown = int32_t(id);
      break;
    case Kind::Byte:
      if (std::optional<char> byte = byteOfPiece(piece))
        matter.fallback.bytes[(unsigned char)*byte] = int32_t(id);
      else
        return failure("{}: piece {} is to be a byte, and is {}", name, id, ticked(piece));
      break;
    case Kind::Unused:
      if (model.kind == ModelKind::Bpe)
        return failure("{}: piece {} of a BPE model is marked as unused, which is not supported", name, id);
      break;
    case Kind::Control:
      break;
    }
  }
  if (matter.fallback.unknown < 0)
    return failure("{}: no piece stands for what is unknown", name);
  return matter;
}

} // namespace

MadeTokenizer readSentencePiece(const VocabularyFile &file, const VocabularySettings &settings) {
  const std::string &name = file.name;
  for (std::string_view family : shifted)
    if (settings.isOf(family))
      return failure(
          "{}: a {} gives other ids to the pieces than this file does; they are in its tokenizer.json, which "
          "is missing",
          name, ticked(settings.tokenizerClass));
  Result<Model> read = readModel(name, file.text);
  if (!read)
    return read.error();
  auto model = std::make_shared<Model>(std::move(*read));
  bool isFairseq = false;
  for (const Fairseq &how : fairseq)
    if (settings.isOf(how.family)) {
      isFairseq = true;
      if (Result<void> given = giveIds(name, *model, how); !given)
        return given.error();
    }
  Result<Charsmap> rules = Charsmap::parse(name, model->rules);
  if (!rules)
    return rules.error();
  Result<Matter> matter = matterOf(name, *model);
  if (!matter)
    return matter.error();

  Pipeline::Parts parts;
  parts.name = name, parts.anyText = matter->fallback.unknown;
  for (size_t id = 0; id != model->pieces.size(); ++id) {
    bool special = model->kinds[id] == Kind::Control || model->kinds[id] == Kind::Unknown;
    parts.special.push_back(model->kinds[id] == Kind::Control);
    if (special)
      parts.added.push_back({.text = model->pieces[id],
                             .id = int32_t(id),
                             .special = true,
                             .stripLeft = model->pieces[id] == "<mask>"}); // which takes the place of a word
  }
  parts.normaliser = normaliserOf(*model, *rules, std::make_shared<const Trie>(Trie::of(matter->own)));
  // No piece joins words: each can be taken by itself. (Scores are summed over the whole text otherwise, as the
  // original does.)
  bool acrossWords = std::any_of(matter->tokens.begin(), matter->tokens.end(), [](const Trie::Entry &token) {
    return token.first.find(mark, 1) != std::string_view::npos;
  });
  if (!acrossWords && !model->spaceBehind && model->kind != ModelKind::Unigram)
    parts.splitter = metaspace(std::string(mark), Prefix::Never, true);
  switch (model->kind) {
  case ModelKind::Unigram:
    parts.model =
        std::make_unique<Unigram>(matter->tokens, std::vector<double>(model->scores.begin(), model->scores.end()),
                                  matter->whole, matter->fallback, Unigram::Sums::Float);
    break;
  case ModelKind::Bpe:
    parts.model = std::make_unique<ScoredBpe>(matter->tokens, model->scores, matter->whole, matter->fallback);
    break;
  case ModelKind::Word:
    parts.model = std::make_unique<WholeWords>(matter->tokens, matter->fallback.unknown);
    break;
  case ModelKind::Character:
    parts.model =
        std::make_unique<RankedBpe>(matter->tokens, MergeTable(0), RankedBpe::Options{.fallback = matter->fallback});
    break;
  }
  auto control = [&](int64_t id) {
    bool there = id >= 0 && size_t(id) < model->pieces.size() && model->kinds[size_t(id)] == Kind::Control;
    return there ? int32_t(id) : -1;
  };
  parts.start = control(model->start);
  if (int32_t end = control(model->end); end >= 0)
    parts.ends = {end};
  if (isFairseq)
    parts.padding.id = 1;
  parts.pieces = PackedTexts(model->pieces);
  model->pieces = {}; // nothing above looks at them again
  parts.decode = [model](const auto &pieces, int32_t id, int32_t previous) {
    return decoded(*model, std::string(pieces[size_t(id)]), id, previous);
  };
  if (parts.start >= 0)
    parts.around.one = {parts.start, Template::first};
  if (Result<void> set = settings.into(parts, false); !set)
    return set.error();
  return std::unique_ptr<Tokenizer>(std::make_unique<Pipeline>(std::move(parts)));
}

} // namespace heed::runtime
