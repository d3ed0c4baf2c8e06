// The stages that a `tokenizer.json` describes beside its model. In: the file as a tree. Out: stages of a Pipeline. A
// stage of a kind is a branch of one of these functions; what is not known is refused by name and place.
#pragma once

#include "runtime/tokenizer/Pipeline.h"
#include "runtime/tokenizer/TokenTable.h"
#include "runtime/tokenizer/text/JsonStage.h"
#include "runtime/tokenizer/text/Pattern.h"

namespace heed::runtime {

class JsonStages {
public:
  explicit JsonStages(const TokenTable &table) : table(table) {}

  /// All that the file says beside its model and its added tokens.
  void into(const JsonStage &file, Pipeline::Parts &);
  /// Whether tokens are spelled in GPT-2's alphabet of bytes.
  bool bytes() const { return byteLevel; }

private:
  const TokenTable &table;
  Libraries libraries;
  bool byteLevel = false;
  double growth = 1; // how much longer a text may become

  /// The stages of a list, where no field of theirs says more.
  template <typename Make> static auto each(const JsonStage &stage, std::string_view key, Make make) {
    std::vector<decltype(make(stage))> all;
    for (const JsonStage &inner : stage.list(key))
      all.push_back(make(inner));
    return all;
  }
  /// Whether a library is there; notes that it was asked for.
  bool have(const JsonStage &, Library);
  Pattern pattern(const JsonStage &);
  Pattern pattern(const JsonStage &, const std::string &);
  /// What a stage replaces, and by what.
  std::pair<Pattern, std::string> replacement(const JsonStage &);
  /// Notes that `what` may be replaced by `by`; a chain of such could make a text of any length.
  void lengthens(const JsonStage &, std::string_view what, std::string_view by);

  Normaliser normaliser(const JsonStage &);
  Splitter splitter(const JsonStage &);
  Splitter byteLevelSplitter(const JsonStage &);
  void around(const JsonStage &, Pipeline::Parts &);
  std::vector<Template::Part> sequence(const JsonStage &list, const JsonStage &special, bool pair);
  int32_t marker(const JsonStage &);
  void cut(const JsonStage &, Pipeline::Parts &);
  void pad(const JsonStage &, Pipeline::Parts &);

  /// What one token becomes in a text: its own bytes are changed. There is no `previous` before the first.
  struct Spelled {
    std::string &token;
    std::optional<std::string_view> previous;
    bool added; // not of the model's vocabulary
  };
  using Decoder = std::function<void(Spelled)>;
  Decoder decoder(const JsonStage &, bool &fused);
  Decoder replacingDecoder(const JsonStage &, bool fused);
};

/// Where what stands for a space is put before a text.
Prefix prefixOf(const JsonStage &);
void replaceAll(std::string &text, std::string_view what, std::string_view by);

} // namespace heed::runtime
