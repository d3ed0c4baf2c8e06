// `pre_tokenizer` of a `tokenizer.json`.
#include "runtime/tokenizer/Characters.h"
#include "runtime/tokenizer/text/Formats.h"
#include "runtime/tokenizer/text/JsonStages.h"
#include "runtime/tokenizer/text/TextStages.h"
#include "runtime/tokenizer/text/Unicode.h"

namespace heed::runtime {

static Match matchOf(const JsonStage &stage, std::string_view otherwise) {
  std::string behaviour = stage.text("behavior", otherwise);
  for (auto [spelled, match] :
       {std::pair("Removed", Match::Removed), std::pair("Isolated", Match::Isolated),
        std::pair("MergedWithPrevious", Match::MergedWithPrevious), std::pair("MergedWithNext", Match::MergedWithNext),
        std::pair("Contiguous", Match::Contiguous)})
    if (behaviour == spelled)
      return match;
  stage.refuse("the behavior {} is not known", ticked(behaviour));
  return Match::Removed;
}

Prefix prefixOf(const JsonStage &stage) {
  std::string scheme = stage.text("prepend_scheme", stage.truth("add_prefix_space", true) ? "always" : "never");
  if (scheme != "always" && scheme != "first" && scheme != "never")
    stage.refuse("the prepend_scheme {} is not known; always, first and never are", ticked(scheme));
  return scheme == "always" ? Prefix::Always : scheme == "first" ? Prefix::First : Prefix::Never;
}

Splitter JsonStages::byteLevelSplitter(const JsonStage &stage) {
  byteLevel = true;
  std::vector<Splitter> all;
  if (stage.truth("add_prefix_space", true))
    all.push_back(spaced());
  if (stage.truth("use_regex", true))
    all.push_back(splitBy(pattern(stage, gpt2Pattern()), Match::Isolated));
  return splitInSequence(std::move(all));
}

Splitter JsonStages::splitter(const JsonStage &stage) {
  std::string type = stage.type();
  if (type == "Sequence")
    return splitInSequence(each(stage, "pretokenizers", [&](const JsonStage &inner) { return splitter(inner); }));
  if (type == "ByteLevel")
    return byteLevelSplitter(stage);
  if (type == "WhitespaceSplit")
    return splitAt(isWhiteSpace, Match::Removed);
  if (type == "Metaspace")
    return metaspace(stage.character("replacement", "\xE2\x96\x81"), prefixOf(stage), stage.truth("split", true));
  if (type == "Split")
    return splitBy(pattern(stage["pattern"]), matchOf(stage, "Removed"), stage.truth("invert", false));
  if (type == "Whitespace")
    return splitBy(pattern(stage, R"(\w+|[^\w\s]+)"), Match::Removed, true);
  if (type == "CharDelimiterSplit")
    return splitBy(Pattern::literal(stage.character("delimiter", "")), Match::Removed);
  if (type != "BertPreTokenizer" && type != "Digits" && type != "Punctuation" && type != "UnicodeScripts") {
    stage.refuseType("BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, Metaspace, Punctuation, Sequence, "
                     "Split, UnicodeScripts, Whitespace and WhitespaceSplit");
    return {};
  }
  have(stage, Library::Unicode);
  if (type == "BertPreTokenizer")
    return bertSplitter();
  if (type == "UnicodeScripts")
    return splitByScript();
  if (type == "Digits")
    return splitAt(isNumber, stage.truth("individual_digits", false) ? Match::Isolated : Match::Contiguous);
  return splitAt([](char32_t c) { return isPunctuation(c) || (c < 128 && std::ispunct(int(c))); },
                 matchOf(stage, "Isolated"));
}

} // namespace heed::runtime
