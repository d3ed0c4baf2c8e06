// Regular expressions from files, through PCRE2, with limits: a pattern that explodes is stopped and told. In: a
// pattern, a text of valid UTF-8. Out: matches. The only file that knows PCRE2 is this one's source, which an
// executable has only if its vocabulary needs it (Libraries.h).
#pragma once

#include "runtime/Result.h"
#include "runtime/tokenizer/Aligned.h"
#include "runtime/tokenizer/Libraries.h"

#include <memory>
#include <optional>

namespace heed::runtime {

class Pattern {
public:
  /// `name` is what messages call the file that holds the pattern. `\s` means White_Space, as it does to the libraries
  /// that such files are written for, and `\w` what Unicode says of words (UTS #18, annex C).
  HEED_OPTIONAL static Result<Pattern> compile(const std::string &name, const std::string &pattern);
  /// Matches this text and nothing else, without a library.
  static Pattern literal(std::string text) {
    Pattern result;
    result.text = std::move(text);
    return result;
  }

  /// Calls `found(begin, end)` for each match from left to right; an empty match is passed over.
  template <typename Found> Result<void> each(std::string_view text, Found found) const {
    if (!compiled) {
      for (size_t at = 0; !this->text.empty() && (at = text.find(this->text, at)) != std::string_view::npos;
           at += this->text.size())
        found(at, at + this->text.size());
      return {};
    }
    for (size_t from = 0; from <= text.size();) {
      Result<std::optional<Extent>> match = next(text, from);
      if (!match)
        return match.error();
      if (!*match)
        break;
      if ((*match)->end != (*match)->begin)
        found(size_t((*match)->begin), size_t((*match)->end));
      from = (*match)->end == from ? from + 1 : (*match)->end;
      while (from < text.size() && (text[from] & 0xC0) == 0x80)
        ++from;
    }
    return {};
  }

private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled; // null: `text` is all that matches
  std::string text;
  HEED_OPTIONAL Result<std::optional<Extent>> next(std::string_view text, size_t from) const;
};

} // namespace heed::runtime
