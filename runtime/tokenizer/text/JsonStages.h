// The stages that a `tokenizer.json` describes beside its model: normalizer, pre_tokenizer, post_processor, decoder.
#pragma once

#include "runtime/tokenizer/Pipeline.h"
#include "runtime/tokenizer/TokenTable.h"
#include "runtime/tokenizer/text/JsonTree.h"
#include "runtime/tokenizer/text/Pattern.h"

namespace heed::runtime {

class JsonStages {
public:
  JsonStages(const std::string &name, const JsonTree &file, const TokenTable &table)
      : name(name), file(file), table(table) {}

  Result<void> into(Pipeline::Parts &);
  /// Whether tokens are spelled in GPT-2's alphabet of bytes.
  bool bytes() const { return byteLevel; }

private:
  const std::string &name;
  const JsonTree &file;
  const TokenTable &table;
  bool byteLevel = false;

  Result<Normaliser> normaliser(const JsonTree &);
  Result<Splitter> splitter(const JsonTree &);
  Result<Splitter> byteLevelSplitter(const JsonTree &);
  Result<void> around(const JsonTree &, Template &);
  Result<std::vector<int32_t>> sequence(const JsonTree &list, const JsonTree &special);
  /// One token's text to what it stands for; `previous` is empty before the first one.
  using Decoder = std::function<void(std::string &token, bool first)>;
  Result<Decoder> decoder(const JsonTree &);
  Result<Pattern> pattern(const JsonTree &);
  Error unknown(std::string_view stage, const JsonTree &) const;
};

} // namespace heed::runtime
