// `normalizer` of a `tokenizer.json`.
#include "runtime/tokenizer/Charsmap.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/text/Base64.h"
#include "runtime/tokenizer/text/JsonStages.h"
#include "runtime/tokenizer/text/TextStages.h"
#include "runtime/tokenizer/text/Unicode.h"

namespace heed::runtime {

static std::optional<NormalForm> formOf(std::string_view type) {
  for (auto [spelled, form] : {std::pair("NFC", NormalForm::C), std::pair("NFD", NormalForm::D),
                               std::pair("NFKC", NormalForm::KC), std::pair("NFKD", NormalForm::KD)})
    if (type == spelled)
      return form;
  return {};
}

/// The library looks for a rule that a whole grapheme cluster begins with, the shortest one, and puts what it gives in
/// the cluster's place; in clusters of six bytes and more each character is by itself. So its rules are not quite
/// SentencePiece's: of some clusters marks are lost, and others are not composed.
static Aligned byClusters(const Charsmap &map, const Aligned &in) {
  constexpr size_t taken = 6;
  std::string_view text = in.text();
  Aligned result;
  size_t copied = 0;
  auto replace = [&](size_t begin, size_t end) {
    Charsmap::Rule rule = map.shortest(text.substr(begin, end - begin));
    if (rule.length == 0)
      return false;
    result.append(in, copied, begin);
    result.append(rule.by, in.origin(begin, end));
    copied = end;
    return true;
  };
  for (size_t begin = 0, end = 0; begin != text.size(); begin = end) {
    end = graphemeEnd(text, begin);
    if (end - begin < taken && replace(begin, end))
      continue;
    for (size_t at = begin, next = begin; at != end; at = next) {
      nextCharacter(text, next);
      replace(at, next);
    }
  }
  result.append(in, copied, text.size());
  return result;
}

static Normaliser precompiled(const JsonStage &stage) {
  std::optional<std::string> compiled = fromBase64(stage.text("precompiled_charsmap", ""));
  if (!compiled) {
    stage.refuse("`precompiled_charsmap` is no base64");
    return {};
  }
  Result<Charsmap> map = Charsmap::parse("precompiled_charsmap", *compiled);
  if (!map) {
    stage.refuse("{}", map.error().text);
    return {};
  }
  return [map = *map](Aligned text) -> Result<Aligned> { return byClusters(map, text); };
}

Normaliser JsonStages::normaliser(const JsonStage &stage) {
  std::string type = stage.type();
  if (type == "Sequence")
    return inSequence(each(stage, "normalizers", [&](const JsonStage &inner) { return normaliser(inner); }));
  if (type == "Strip")
    return stripped(stage.truth("strip_left", true), stage.truth("strip_right", true));
  if (type == "Precompiled")
    return have(stage, Library::Unicode), precompiled(stage);
  if (type == "Prepend") {
    std::string what = stage.text("prepend");
    lengthens(stage, " ", what);
    return prepended(what, Mark::OfFirst);
  }
  if (type == "Replace") {
    auto [what, by] = replacement(stage);
    return replacing(std::move(what), std::move(by));
  }
  if (type == "Nmt")
    return nmtNormaliser();
  if (type == "BertNormalizer") {
    have(stage, Library::Unicode);
    bool lower = stage.truth("lowercase", true);
    return bertNormaliser({.clean = stage.truth("clean_text", true),
                           .setIdeographsApart = stage.truth("handle_chinese_chars", true),
                           .stripAccents = stage.truth("strip_accents", lower),
                           .lowerCase = lower});
  }
  std::optional<NormalForm> form = formOf(type);
  if (!form && type != "Lowercase" && type != "StripAccents") {
    stage.refuseType("BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, "
                     "Strip and StripAccents");
    return {};
  }
  have(stage, Library::Unicode);
  if (type == "StripAccents")
    return withoutMarks(true);
  if (type == "Lowercase")
    return [](Aligned text) -> Result<Aligned> { return lowerCased(text, false); };
  return [form = *form](Aligned text) -> Result<Aligned> { return normalised(text, form); };
}

} // namespace heed::runtime
