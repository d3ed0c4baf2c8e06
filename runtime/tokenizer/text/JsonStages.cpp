#include "runtime/tokenizer/text/JsonStages.h"

#include "runtime/tokenizer/ByteAlphabet.h"
#include "runtime/tokenizer/Charsmap.h"
#include "runtime/tokenizer/text/Base64.h"
#include "runtime/tokenizer/text/Formats.h"
#include "runtime/tokenizer/text/TextStages.h"
#include "runtime/tokenizer/text/Unicode.h"

namespace heed::runtime {

Error JsonStages::unknown(std::string_view stage, const JsonTree &described) const {
  return failure("{}: {}: the type {} is not supported", name, stage, ticked(described.type()));
}

Result<Pattern> JsonStages::pattern(const JsonTree &described) {
  if (!described["String"].null())
    return Pattern::literal(name, described["String"].text());
  return Pattern::compile(name, described["Regex"].text());
}

// ---- normalizer ----

Result<Normaliser> JsonStages::normaliser(const JsonTree &stage) {
  std::string type = stage.type();
  if (type == "Sequence") {
    std::vector<Normaliser> all;
    for (const JsonTree &each : stage["normalizers"].list()) {
      Result<Normaliser> made = normaliser(each);
      if (!made)
        return made;
      all.push_back(std::move(*made));
    }
    return inSequence(std::move(all));
  }
  if (type == "BertNormalizer") {
    bool lower = stage["lowercase"].truth(true);
    return bertNormaliser({.clean = stage["clean_text"].truth(true),
                           .setIdeographsApart = stage["handle_chinese_chars"].truth(true),
                           .stripAccents = stage["strip_accents"].truth(lower),
                           .lowerCase = lower});
  }
  for (auto [form, spelled] : {std::pair(NormalForm::C, "NFC"), std::pair(NormalForm::D, "NFD"),
                               std::pair(NormalForm::KC, "NFKC"), std::pair(NormalForm::KD, "NFKD")})
    if (type == spelled)
      return Normaliser([form](Aligned text) -> Result<Aligned> { return normalised(text, form); });
  if (type == "Lowercase")
    return Normaliser([](Aligned text) -> Result<Aligned> { return lowerCased(text, false); });
  if (type == "StripAccents")
    return withoutMarks();
  if (type == "Strip")
    return stripped(stage["strip_left"].truth(true), stage["strip_right"].truth(true));
  if (type == "Prepend")
    return prepended(stage["prepend"].text());
  if (type == "Replace") {
    Result<Pattern> what = pattern(stage["pattern"]);
    if (!what)
      return what.error();
    return replacing(*what, stage["content"].text());
  }
  if (type == "Precompiled") {
    std::optional<std::string> compiled = fromBase64(stage["precompiled_charsmap"].text());
    if (!compiled)
      return failure("{}: normalizer: `precompiled_charsmap` is no base64", name);
    Result<Charsmap> map = Charsmap::parse(name, *compiled);
    if (!map)
      return map.error();
    return Normaliser([map = *map](Aligned text) -> Result<Aligned> { return map.apply(text); });
  }
  return unknown("normalizer", stage);
}

// ---- pre_tokenizer ----

Result<Splitter> JsonStages::byteLevelSplitter(const JsonTree &stage) {
  byteLevel = true;
  std::vector<Splitter> all;
  if (stage["add_prefix_space"].truth(true))
    all.push_back(spaced());
  if (stage["use_regex"].truth(true)) {
    Result<Pattern> words = Pattern::compile(name, gpt2Pattern());
    if (!words)
      return words.error();
    all.push_back(splitBy(*words, Match::Isolated));
  }
  return splitInSequence(std::move(all));
}

static std::optional<Match> matchOf(const std::string &behaviour) {
  if (behaviour == "Removed")
    return Match::Removed;
  if (behaviour == "Isolated")
    return Match::Isolated;
  if (behaviour == "MergedWithPrevious")
    return Match::MergedWithPrevious;
  if (behaviour == "MergedWithNext")
    return Match::MergedWithNext;
  if (behaviour == "Contiguous")
    return Match::Contiguous;
  return {};
}

static Prefix prefixOf(const JsonTree &stage) {
  std::string scheme = stage["prepend_scheme"].text(stage["add_prefix_space"].truth(true) ? "always" : "never");
  return scheme == "always" ? Prefix::Always : scheme == "first" ? Prefix::First : Prefix::Never;
}

Result<Splitter> JsonStages::splitter(const JsonTree &stage) {
  std::string type = stage.type();
  if (type == "Sequence") {
    std::vector<Splitter> all;
    for (const JsonTree &each : stage["pretokenizers"].list()) {
      Result<Splitter> made = splitter(each);
      if (!made)
        return made;
      all.push_back(std::move(*made));
    }
    return splitInSequence(std::move(all));
  }
  if (type == "ByteLevel")
    return byteLevelSplitter(stage);
  if (type == "BertPreTokenizer")
    return bertSplitter();
  if (type == "WhitespaceSplit")
    return splitAt(isWhiteSpace, Match::Removed);
  if (type == "Metaspace")
    return metaspace(stage["replacement"].text("\xE2\x96\x81"), prefixOf(stage), stage["split"].truth(true));
  if (type == "Digits")
    return splitAt(isNumber, stage["individual_digits"].truth(false) ? Match::Isolated : Match::Contiguous);
  if (type == "Whitespace" || type == "Split") {
    Result<Pattern> what = type == "Split" ? pattern(stage["pattern"]) : Pattern::compile(name, R"(\w+|[^\w\s]+)");
    std::optional<Match> how = matchOf(type == "Split" ? stage["behavior"].text() : "Removed");
    if (!what)
      return what.error();
    if (!how)
      return failure("{}: pre_tokenizer: the behaviour {} is not known", name, ticked(stage["behavior"].text()));
    return splitBy(*what, *how, type == "Whitespace" || stage["invert"].truth(false));
  }
  if (type == "Punctuation") {
    std::optional<Match> how = matchOf(stage["behavior"].text("Isolated"));
    if (!how)
      return failure("{}: pre_tokenizer: the behaviour {} is not known", name, ticked(stage["behavior"].text()));
    return splitAt([](char32_t c) { return isPunctuation(c) || (c < 128 && std::ispunct(int(c))); }, *how);
  }
  if (type == "CharDelimiterSplit") {
    Result<Pattern> what = Pattern::literal(name, stage["delimiter"].text());
    if (!what)
      return what.error();
    return splitBy(*what, Match::Removed);
  }
  return unknown("pre_tokenizer", stage);
}

// ---- post_processor ----

/// `[{"SpecialToken": {"id": "[CLS]"}}, {"Sequence": {"id": "A"}}, …]`
Result<std::vector<int32_t>> JsonStages::sequence(const JsonTree &list, const JsonTree &special) {
  std::vector<int32_t> result;
  for (const JsonTree &item : list.list()) {
    if (!item["Sequence"].null()) {
      result.push_back(item["Sequence"]["id"].text() == "B" ? Template::second : Template::first);
      continue;
    }
    std::string token = item["SpecialToken"]["id"].text();
    const JsonTree::List &ids = special[token]["ids"].list();
    if (ids.empty())
      return failure("{}: post_processor: the special token {} has no ids", name, ticked(token));
    for (const JsonTree &id : ids) {
      int64_t known = id.whole(-1);
      if (known < 0 || known >= int64_t(table.tokens.size()))
        return failure("{}: post_processor: the id {} of {} is not in the vocabulary", name, known, ticked(token));
      result.push_back(int32_t(known));
    }
  }
  return result;
}

Result<void> JsonStages::around(const JsonTree &stage, Template &into) {
  std::string type = stage.type();
  if (type == "Sequence") {
    for (const JsonTree &each : stage["processors"].list())
      if (Result<void> made = around(each, into); !made)
        return made;
    return {};
  }
  if (type == "ByteLevel") // changes places of tokens only
    return {};
  if (type == "TemplateProcessing") {
    Result<std::vector<int32_t>> one = sequence(stage["single"], stage["special_tokens"]);
    Result<std::vector<int32_t>> two = sequence(stage["pair"], stage["special_tokens"]);
    if (!one || !two)
      return one ? two.error() : one.error();
    into = {std::move(*one), std::move(*two)};
    return {};
  }
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    int32_t begin = table.find(stage["cls"].list().empty() ? "" : stage["cls"].list()[0].text());
    int32_t end = table.find(stage["sep"].list().empty() ? "" : stage["sep"].list()[0].text());
    if (begin < 0 || end < 0)
      return failure("{}: post_processor: `cls` or `sep` is no token of the vocabulary", name);
    into.one = {begin, Template::first, end};
    into.two = {begin, Template::first, end, Template::second, end};
    if (type == "RobertaProcessing") // two separators between
      into.two.insert(into.two.begin() + 3, end);
    return {};
  }
  return unknown("post_processor", stage);
}

// ---- decoder ----

static void replaceAll(std::string &text, std::string_view what, std::string_view by) {
  for (size_t at = 0; !what.empty() && (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

/// English as it is written: no space before what leans on the word before it.
static void tidy(std::string &text) {
  for (auto [what, by] : {std::pair(" .", "."), std::pair(" ?", "?"), std::pair(" !", "!"), std::pair(" ,", ","),
                          std::pair(" ' ", "'"), std::pair(" n't", "n't"), std::pair(" 'm", "'m"),
                          std::pair(" 's", "'s"), std::pair(" 've", "'ve"), std::pair(" 're", "'re")})
    replaceAll(text, what, by);
}

Result<JsonStages::Decoder> JsonStages::decoder(const JsonTree &stage) {
  std::string type = stage.type();
  if (type == "Sequence") {
    std::vector<Decoder> all;
    for (const JsonTree &each : stage["decoders"].list()) {
      Result<Decoder> made = decoder(each);
      if (!made)
        return made;
      all.push_back(std::move(*made));
    }
    return Decoder([all = std::move(all)](std::string &token, bool first) {
      for (const Decoder &each : all)
        each(token, first);
    });
  }
  if (type == "ByteLevel")
    return Decoder([](std::string &token, bool) { token = bytesOfAlphabet(token).value_or(token); });
  if (type == "ByteFallback")
    return Decoder([](std::string &token, bool) {
      unsigned byte = 0;
      char end = 0;
      if (token.size() == 6 && std::sscanf(token.c_str(), "<0x%2X%c", &byte, &end) == 2 && end == '>')
        token = std::string(1, char(byte));
    });
  if (type == "Fuse")
    return Decoder([](std::string &, bool) {});
  if (type == "Metaspace")
    return Decoder([mark = stage["replacement"].text("\xE2\x96\x81"),
                    bare = prefixOf(stage) != Prefix::Never](std::string &token, bool first) {
      if (first && bare && token.starts_with(mark))
        token.erase(0, mark.size());
      replaceAll(token, mark, " ");
    });
  if (type == "WordPiece")
    return Decoder(
        [prefix = stage["prefix"].text("##"), clean = stage["cleanup"].truth(true)](std::string &token, bool first) {
          if (!first)
            token = token.starts_with(prefix) ? token.substr(prefix.size()) : " " + token;
          if (clean)
            tidy(token);
        });
  if (type == "Replace") {
    if (stage["pattern"]["String"].null())
      return failure("{}: decoder: a replacement by a pattern is not supported", name);
    return Decoder([what = stage["pattern"]["String"].text(), by = stage["content"].text()](std::string &token, bool) {
      replaceAll(token, what, by);
    });
  }
  if (type == "Strip")
    return Decoder([what = stage["content"].text(" "), left = stage["start"].whole(0)](std::string &token, bool first) {
      for (int64_t i = 0; first && i < left && token.starts_with(what); ++i)
        token.erase(0, what.size());
    });
  if (type == "BPEDecoder")
    return Decoder(
        [suffix = stage["suffix"].text("</w>")](std::string &token, bool) { replaceAll(token, suffix, " "); });
  return unknown("decoder", stage);
}

// ---- all of them ----

Result<void> JsonStages::into(Pipeline::Parts &parts) {
  if (!file["normalizer"].null()) {
    Result<Normaliser> made = normaliser(file["normalizer"]);
    if (!made)
      return made.error();
    parts.normaliser = std::move(*made);
  }
  if (!file["pre_tokenizer"].null()) {
    Result<Splitter> made = splitter(file["pre_tokenizer"]);
    if (!made)
      return made.error();
    parts.splitter = std::move(*made);
  }
  if (!file["post_processor"].null())
    if (Result<void> made = around(file["post_processor"], parts.around); !made)
      return made;
  Decoder decode = [](std::string &token, bool first) { token = first ? token : " " + token; };
  if (!file["decoder"].null()) {
    Result<Decoder> made = decoder(file["decoder"]);
    if (!made)
      return made.error();
    decode = std::move(*made);
  }
  std::vector<bool> added(parts.pieces.size()); // are written as they are
  for (const AddedToken &token : parts.added)
    added[size_t(token.id)] = true;
  parts.decode = [pieces = parts.pieces, added = std::move(added), decode = std::move(decode)](int32_t id,
                                                                                               int32_t previous) {
    std::string token = pieces[size_t(id)];
    if (!added[size_t(id)])
      decode(token, previous < 0);
    return token;
  };
  return {};
}

} // namespace heed::runtime
