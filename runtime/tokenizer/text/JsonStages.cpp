#include "runtime/tokenizer/text/JsonStages.h"

namespace heed::runtime {

/// How many bytes of a text its stages may make of one byte of it.
constexpr double mostGrowth = 4096;

bool JsonStages::have(const JsonStage &stage, Library library) {
  Result<void> there = libraries.need(library);
  if (!there)
    stage.refuse("{}", there.error().text);
  return bool(there);
}

Pattern JsonStages::pattern(const JsonStage &stage, const std::string &source) {
  Result<Pattern> compiled =
      have(stage, Library::Patterns) ? Pattern::compile(stage.where(), source) : Result<Pattern>(Pattern::literal(""));
  if (compiled)
    return *compiled;
  stage.refuseAs(compiled.error());
  return Pattern::literal("");
}

/// `{"String": " "}` or `{"Regex": " {2,}"}`
Pattern JsonStages::pattern(const JsonStage &stage) {
  if (stage["String"].null() == stage["Regex"].null())
    stage.refuse("one of `String` and `Regex` was expected");
  if (stage["String"].null())
    return pattern(stage, stage.text("Regex"));
  std::string what = stage.text("String");
  if (what.empty())
    stage.refuse("is empty");
  return Pattern::literal(what);
}

std::pair<Pattern, std::string> JsonStages::replacement(const JsonStage &stage) {
  Pattern what = pattern(stage["pattern"]);
  std::string by = stage.text("content");
  if (!stage["pattern"]["Regex"].null() && by.find('$') != std::string::npos)
    stage["content"].refuse("is {}: putting groups of a pattern into its replacement is not supported", ticked(by));
  lengthens(stage, stage["pattern"].text("String", ""), by);
  return {std::move(what), std::move(by)};
}

void JsonStages::lengthens(const JsonStage &stage, std::string_view what, std::string_view by) {
  growth *= std::max(1.0, double(by.size()) / double(std::max<size_t>(1, what.size())));
  if (growth > mostGrowth)
    stage.refuse("replaces until {} bytes may stand for one; at most {} are supported", growth, mostGrowth);
}

void JsonStages::into(const JsonStage &file, Pipeline::Parts &parts) {
  if (!file["normalizer"].null())
    parts.normaliser = normaliser(file["normalizer"]);
  if (!file["pre_tokenizer"].null())
    parts.splitter = splitter(file["pre_tokenizer"]);
  if (!file["post_processor"].null())
    around(file["post_processor"], parts);
  if (!file["truncation"].null())
    cut(file["truncation"], parts);
  if (!file["padding"].null())
    pad(file["padding"], parts);

  growth = 1;
  bool fused = false;
  Decoder decode = [](Spelled it) { it.token.insert(0, it.previous ? " " : ""); };
  if (!file["decoder"].null())
    decode = decoder(file["decoder"], fused);
  std::vector<bool> added(table.size());
  for (const AddedToken &token : parts.added) {
    added[size_t(token.id)] = true;
    if (token.singleWord)
      have(file["added_tokens"], Library::Unicode);
  }
  parts.decode = [added = std::move(added), decode = std::move(decode)](const auto &pieces, int32_t id,
                                                                        int32_t previous) {
    std::string token(pieces[size_t(id)]);
    decode({token, previous < 0 ? std::nullopt : std::optional(pieces[size_t(previous)]), added[size_t(id)]});
    return token;
  };
  parts.libraries = libraries;
}

} // namespace heed::runtime
