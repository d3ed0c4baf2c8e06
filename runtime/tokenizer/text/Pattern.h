// Regular expressions from files, through PCRE2, with limits: a pattern that explodes is stopped and told. In: a
// pattern, a text of valid UTF-8. Out: matches. The only file that knows PCRE2 is this one's source.
#pragma once

#include "runtime/Result.h"
#include "runtime/tokenizer/Aligned.h"

#include <memory>
#include <optional>

namespace heed::runtime {

class Pattern {
public:
  /// `name` is what messages call the file that holds the pattern. `\s` means White_Space, as it does to the libraries
  /// that such files are written for.
  static Result<Pattern> compile(const std::string &name, const std::string &pattern);
  /// Matches this text and nothing else.
  static Result<Pattern> literal(const std::string &name, std::string_view text);

  /// Calls `found(begin, end)` for each match from left to right; an empty match is passed over.
  template <typename Found> Result<void> each(std::string_view text, Found found) const {
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
  std::shared_ptr<const Compiled> compiled;
  Result<std::optional<Extent>> next(std::string_view text, size_t from) const;
};

} // namespace heed::runtime
