#include "runtime/tokenizer/text/VocabularySettings.h"

#include "runtime/tokenizer/text/JsonStage.h"

#include <algorithm>
#include <map>
#include <set>

namespace heed::runtime {

// ---- reading ----

namespace {

/// A token is a text, or an object that has it as `content`.
std::optional<std::string> tokenOf(const JsonStage &stage) {
  if (std::optional<std::string> text = stage.asText())
    return text;
  return stage.null() ? std::nullopt : std::optional(stage.text("content"));
}

std::optional<bool> truthOf(const JsonStage &file, std::string_view key) {
  return file[key].null() ? std::nullopt : std::optional(file.truth(key, false));
}

AddedToken addedOf(const JsonStage &described, int64_t id) {
  AddedToken token{.text = described.text("content"), .id = int32_t(id)};
  token.special = described.truth("special", false);
  token.stripLeft = described.truth("lstrip", false), token.stripRight = described.truth("rstrip", false);
  token.singleWord = described.truth("single_word", false);
  token.inNormalised = described.truth("normalized", !token.special);
  return token;
}

} // namespace

void VocabularySettings::readTokenizerConfig(const JsonStage &file) {
  auto say = [](auto &what, auto found) {
    if (found)
      what = found;
  };
  say(lowerCase, truthOf(file, "do_lower_case")), say(stripAccents, truthOf(file, "strip_accents"));
  say(setIdeographsApart, truthOf(file, "tokenize_chinese_chars"));
  say(prefixSpace, truthOf(file, "add_prefix_space"));
  say(addStart, truthOf(file, "add_bos_token")), say(addEnd, truthOf(file, "add_eos_token"));
  say(start, tokenOf(file["bos_token"])), say(end, tokenOf(file["eos_token"])),
      say(padding, tokenOf(file["pad_token"]));
  if (std::string found = file.text("tokenizer_class", ""); !found.empty())
    tokenizerClass = found;
  extraIds = file.whole("extra_ids", extraIds, 0, 1 << 20);
  for (const char *key : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"})
    if (std::optional<std::string> token = tokenOf(file[key]))
      special.push_back(*token);
  for (const JsonStage &token : file.list("additional_special_tokens"))
    special.push_back(tokenOf(token).value_or(""));
  for (const auto &[id, described] : file["added_tokens_decoder"].fields()) {
    bool isNumber =
        !id.empty() && id.size() < 10 && std::all_of(id.begin(), id.end(), [](char c) { return std::isdigit(c); });
    if (!isNumber)
      described.refuse("{} is no id", ticked(id));
    else
      added.push_back(addedOf(described, std::stoll(id)));
  }
}

/// `{"<pad>": 32000}`
void VocabularySettings::readAdded(const JsonStage &file) {
  for (const auto &[token, id] : file.fields())
    if (std::optional<int64_t> number = id.asWhole(); number && *number >= 0 && *number <= INT32_MAX)
      added.push_back({.text = token, .id = int32_t(*number)});
    else
      id.refuse("an id was expected");
}

/// `"eos_token_id": 2`, or a list of them
void VocabularySettings::readIds(const JsonStage &file) {
  if (std::optional<int64_t> id = file["bos_token_id"].asWhole())
    startId = id;
  JsonStage end = file["eos_token_id"];
  std::vector<JsonStage> ends = end.isList() ? end.items() : std::vector{end};
  std::vector<int64_t> ids;
  for (const JsonStage &each : ends)
    if (std::optional<int64_t> id = each.asWhole())
      ids.push_back(*id);
  if (!ids.empty())
    endIds = ids;
}

Result<VocabularySettings> VocabularySettings::read(std::span<const VocabularyFile> all) {
  VocabularySettings settings;
  for (std::string_view wanted : files)
    for (const VocabularyFile &file : all) {
      if (!file.name.ends_with(wanted))
        continue;
      std::string_view before = std::string_view(file.name).substr(0, file.name.size() - wanted.size());
      if (!before.empty() && !before.ends_with('/')) // another file: my_config.json
        continue;
      JsonTreeBuilder builder;
      if (Result<void> parsed = readJson(file.name, file.text, 64, builder); !parsed)
        return parsed.error();
      JsonProblem problem{file.name, {}};
      JsonStage stage(problem, builder.root);
      if (wanted != "config.json" && wanted != "generation_config.json")
        settings.name = file.name;
      if (wanted == "tokenizer_config.json" || wanted == "special_tokens_map.json")
        settings.readTokenizerConfig(stage);
      else if (wanted == "added_tokens.json")
        settings.readAdded(stage);
      else
        settings.readIds(stage);
      if (problem.error)
        return *problem.error;
    }
  std::sort(settings.added.begin(), settings.added.end(),
            [](const AddedToken &a, const AddedToken &b) { return a.id < b.id; });
  return settings;
}

// ---- applying ----

namespace {

/// Ids of a vocabulary's tokens. Most files ask for a few, which is no reason to index all.
class TokenIds {
public:
  explicit TokenIds(const PackedTexts &pieces) : pieces(pieces) {}

  /// -1 where there is none.
  int32_t of(const std::optional<std::string> &token) {
    if (!token || token->empty())
      return -1;
    if (asked++ < few) {
      for (size_t id = 0; id != pieces.size(); ++id)
        if (pieces[id] == *token)
          return int32_t(id);
      return -1;
    }
    for (; indexed != pieces.size(); ++indexed)
      if (pieces.has(indexed))
        index.put(indexed, pieces[indexed]);
    return int32_t(index.find(*token));
  }

private:
  static constexpr int few = 16;
  const PackedTexts &pieces;
  IndexedTexts index;
  size_t indexed = 0;
  int asked = 0;
};

} // namespace

Result<void> VocabularySettings::addTokens(Pipeline::Parts &parts) const {
  size_t base = parts.pieces.size();
  std::vector<AddedToken> all = added;
  if (isOf("T5") && added.empty()) // the last one first
    for (int64_t i = extraIds; i-- != 0;)
      all.push_back(
          {.text = fmt::format("<extra_id_{}>", i), .id = int32_t(base + size_t(extraIds - 1 - i)), .special = true});
  TokenIds ids(parts.pieces);
  std::set<std::string_view> specials(special.begin(), special.end());
  std::set<int32_t> known;
  for (const AddedToken &token : parts.added)
    known.insert(token.id);
  for (AddedToken &token : all) {
    size_t id = size_t(token.id);
    if (known.contains(token.id) && parts.pieces[id] == token.text)
      continue;
    token.inNormalised = false; // the libraries that read several files look into the text itself
    token.special = token.special || specials.contains(token.text);
    if (id < parts.pieces.size() && parts.pieces[id] != token.text)
      return failure("{}: the token {} is added with the id {}, which is that of {}", name, ticked(token.text), id,
                     ticked(parts.pieces[id]));
    if (id > parts.pieces.size())
      return failure("{}: the token {} is added with the id {}, and there are {} tokens before it", name,
                     ticked(token.text), id, parts.pieces.size());
    if (id == parts.pieces.size()) {
      if (int32_t had = ids.of(token.text); had >= 0)
        return failure("{}: the token {} is added with the id {}, and has {} already", name, ticked(token.text), id,
                       had);
      parts.pieces.push_back(token.text), parts.special.push_back(false);
    }
    parts.special[id] = parts.special[id] || token.special;
    parts.added.push_back(std::move(token));
  }
  if (base == parts.pieces.size())
    return {};
  parts.decode = [decode = std::move(parts.decode), base](const auto &pieces, int32_t id, int32_t previous) {
    return size_t(id) < base ? decode(pieces, id, size_t(previous) < base ? previous : -1)
                             : std::string(pieces[size_t(id)]);
  };
  return {};
}

Result<void> VocabularySettings::into(Pipeline::Parts &parts, bool templated) const {
  if (Result<void> done = addTokens(parts); !done)
    return done;
  TokenIds ids(parts.pieces);
  int32_t begin = ids.of(start), behind = ids.of(end);
  std::map<int32_t, std::string> specials; // that were ordinary ones
  for (const std::string &token : special)
    if (int32_t id = ids.of(token); id >= 0 && !parts.special[size_t(id)])
      specials[id] = token;
  std::erase_if(parts.added, [&](const AddedToken &known) { return specials.contains(known.id); });
  for (const auto &[id, token] : specials) {
    parts.special[size_t(id)] = true;
    parts.added.push_back({.text = token, .id = id, .special = true});
  }
  auto known = [&](int64_t id) { return id >= 0 && id < int64_t(parts.pieces.size()); };
  if (parts.start < 0)
    parts.start = begin >= 0 ? begin : startId && known(*startId) ? int32_t(*startId) : -1;
  if (behind >= 0)
    parts.ends = {behind};
  for (int64_t id : endIds)
    if (known(id) && std::find(parts.ends.begin(), parts.ends.end(), id) == parts.ends.end())
      parts.ends.push_back(int32_t(id));
  if (int32_t id = ids.of(padding); id >= 0)
    parts.padding.id = id;
  if (templated)
    return {};
  bool isFairseq = isOf("XLMRoberta") || isOf("Camembert"); // whose files need not name these two
  if (isFairseq && begin < 0)
    begin = parts.start;
  if (isFairseq && behind < 0 && !parts.ends.empty())
    behind = parts.ends.front();
  if ((isOf("Roberta") || isFairseq) && begin >= 0 && behind >= 0) {
    parts.around.one = {begin, Template::first, behind};
    parts.around.two = {begin, Template::first, behind, behind, Template::second, behind};
    return {};
  }
  bool before = addStart.value_or(!isOf("T5") && parts.around.one.front().id >= 0);
  bool after = addEnd.value_or(isOf("T5")) && behind >= 0;
  int32_t first = begin >= 0 ? begin : parts.start;
  if (before && first < 0)
    return failure("{}: `add_bos_token` is set, and there is no such token", name);
  auto put = [&](std::vector<Template::Part> &to, Template::Part text) {
    if (before)
      to.push_back({first, text.type});
    to.push_back(text);
    if (after)
      to.push_back({behind, text.type});
  };
  parts.around = {{}, {}};
  put(parts.around.one, Template::first);
  put(parts.around.two, Template::first), put(parts.around.two, {Template::second, isOf("T5") ? 0 : 1});
  return {};
}

} // namespace heed::runtime
