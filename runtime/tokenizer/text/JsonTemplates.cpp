// `post_processor`, `truncation` and `padding` of a `tokenizer.json`: what is put around one text or two.
#include "runtime/tokenizer/text/JsonStages.h"

#include <algorithm>

namespace heed::runtime {

/// `[{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, …]`
std::vector<Template::Part> JsonStages::sequence(const JsonStage &list, const JsonStage &special, bool pair) {
  std::vector<Template::Part> result;
  for (const JsonStage &item : list.items()) {
    JsonStage text = item["Sequence"], token = item["SpecialToken"];
    auto type = [](const JsonStage &of) { return int32_t(of.whole("type_id", 0, 0, INT32_MAX)); };
    if (!text.null()) {
      std::string which = text.text("id");
      if (which != "A" && (which != "B" || !pair))
        text.refuse("there is no text {} here", ticked(which));
      result.push_back({which == "B" ? Template::second : Template::first, type(text)});
      continue;
    }
    std::vector<JsonStage> ids = special[token.text("id")].list("ids");
    if (ids.empty())
      token.refuse("the special token {} has no ids in `special_tokens`", ticked(token.text("id")));
    for (const JsonStage &id : ids) {
      int64_t known = id.asWhole().value_or(-1);
      if (known < 0 || known >= int64_t(table.size()))
        id.refuse("the id {} is not in the vocabulary, which has {} tokens", known, table.size());
      else
        result.push_back({int32_t(known), type(token)});
    }
  }
  for (int32_t needed : {Template::first, Template::second})
    if ((needed == Template::first || pair) &&
        std::none_of(result.begin(), result.end(), [&](const Template::Part &part) { return part.id == needed; }))
      list.refuse("the text {} has no place in it", needed == Template::first ? "A" : "B");
  return result;
}

/// `["[CLS]", 101]`
int32_t JsonStages::marker(const JsonStage &stage) {
  std::vector<JsonStage> pair = stage.items();
  std::optional<std::string> token = pair.empty() ? std::nullopt : pair[0].asText();
  std::optional<int64_t> id = pair.size() != 2 ? std::nullopt : pair[1].asWhole();
  if (!token || !id)
    stage.refuse("a token and its id were expected: [\"[SEP]\", 102]");
  else if (table.find(*token) != *id)
    stage.refuse("{} has the id {} here, and {} in the vocabulary", ticked(*token), *id, table.find(*token));
  return int32_t(id.value_or(0));
}

void JsonStages::around(const JsonStage &stage, Pipeline::Parts &parts) {
  std::string type = stage.type();
  if (type == "Sequence") {
    for (const JsonStage &each : stage.list("processors"))
      around(each, parts);
  } else if (type == "ByteLevel") {
    parts.trimmed = stage.truth("trim_offsets", true), parts.spaceAdded = stage.truth("add_prefix_space", true);
  } else if (type == "TemplateProcessing") {
    parts.around.one = sequence(stage["single"], stage["special_tokens"], false);
    parts.around.two = sequence(stage["pair"], stage["special_tokens"], true);
  } else if (type == "BertProcessing" || type == "RobertaProcessing") {
    bool bert = type == "BertProcessing";
    int32_t begin = marker(stage["cls"]), end = marker(stage["sep"]);
    parts.around.one = {begin, Template::first, end};
    if (bert) {
      parts.around.two = {begin, Template::first, end, {Template::second, 1}, {end, 1}};
      return;
    }
    parts.around.two = {begin, Template::first, end, end, Template::second, end};
    parts.trimmed = stage.truth("trim_offsets", true), parts.spaceAdded = stage.truth("add_prefix_space", true);
  } else {
    stage.refuseType("BertProcessing, ByteLevel, RobertaProcessing, Sequence and TemplateProcessing");
  }
}

static bool isLeft(const JsonStage &stage) {
  std::string direction = stage.text("direction", "Right");
  if (direction != "Left" && direction != "Right")
    stage.refuse("the direction {} is not known; Left and Right are", ticked(direction));
  return direction == "Left";
}

void JsonStages::cut(const JsonStage &stage, Pipeline::Parts &parts) {
  parts.truncation.left = isLeft(stage);
  std::string strategy = stage.text("strategy", "LongestFirst");
  for (auto [spelled, which] :
       {std::pair("LongestFirst", Truncation::LongestFirst), std::pair("OnlyFirst", Truncation::OnlyFirst),
        std::pair("OnlySecond", Truncation::OnlySecond)})
    if (strategy == spelled) {
      parts.truncation.which = which;
      return;
    }
  stage.refuse("the strategy {} is not known; LongestFirst, OnlyFirst and OnlySecond are", ticked(strategy));
}

void JsonStages::pad(const JsonStage &stage, Pipeline::Parts &parts) {
  parts.padding.left = isLeft(stage);
  parts.padding.type = int32_t(stage.whole("pad_type_id", 0, 0, INT32_MAX));
  parts.padding.id = int32_t(stage.whole("pad_id", 0, 0, int64_t(table.size()) - 1));
}

} // namespace heed::runtime
