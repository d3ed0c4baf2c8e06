// SentencePiece's compiled normalisation rules (Kudo and Richardson, 2018): a double array (darts-clone's layout) from
// sequences of characters to what replaces them. In: the compiled rules, text. Out: text.
#pragma once

#include "runtime/tokenizer/Stages.h"

namespace heed::runtime {

class Charsmap {
public:
  static Result<Charsmap> parse(const std::string &name, std::string_view compiled);

  struct Rule {
    size_t length;       // of what is replaced; 0: no rule begins here
    std::string_view by; // what replaces it
  };
  /// The rule for the longest sequence that `text` begins with, or for the shortest.
  Rule longest(std::string_view text) const { return find(text, false); }
  Rule shortest(std::string_view text) const { return find(text, true); }
  Aligned apply(const Aligned &) const;

private:
  std::shared_ptr<const std::string> strings = std::make_shared<std::string>();
  std::vector<uint32_t> units;

  Rule find(std::string_view text, bool first) const;
};

} // namespace heed::runtime
