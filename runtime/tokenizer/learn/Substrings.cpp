#include "runtime/tokenizer/learn/Substrings.h"

#include <algorithm>

namespace heed::runtime {
namespace {

struct Suffix {
  uint32_t word, begin;
};

class Suffixes {
public:
  Suffixes(const std::vector<std::pair<std::u32string, int64_t>> &words, size_t longest)
      : words(words), longest(longest) {
    for (uint32_t w = 0; w != words.size(); ++w)
      for (uint32_t i = 0; i + 1 < words[w].first.size(); ++i)
        all.push_back({w, i});
    std::sort(all.begin(), all.end(), [&](Suffix a, Suffix b) { return text(a) < text(b); });
  }

  /// Calls `found(text, count)` for each part that more than one suffix begins with, and for each suffix as a whole.
  template <typename Found> void each(Found found) const {
    struct Open { // parts that what was seen last begins with
      size_t length;
      int64_t count;
    };
    std::vector<Open> open;
    for (size_t i = 0; i <= all.size(); ++i) {
      size_t same = i == all.size() || i == 0 ? 0 : shared(text(all[i - 1]), text(all[i]));
      int64_t count = 0; // of parts that are over, which begin with what stays open
      while (!open.empty() && open.back().length > same) {
        count += open.back().count;
        if (open.back().length >= 2)
          found(text(all[i - 1]).substr(0, open.back().length), count);
        size_t above = open.size() > 1 ? open[open.size() - 2].length : 0;
        open.pop_back();
        if (above < same) {
          open.push_back({same, count});
          count = 0;
          break;
        }
      }
      if (count != 0 && !open.empty())
        open.back().count += count;
      if (i == all.size())
        break;
      if (size_t length = text(all[i]).size(); !open.empty() && open.back().length == length)
        open.back().count += words[all[i].word].second;
      else
        open.push_back({length, words[all[i].word].second});
    }
  }

private:
  const std::vector<std::pair<std::u32string, int64_t>> &words;
  size_t longest;
  std::vector<Suffix> all;

  std::u32string_view text(Suffix suffix) const {
    return std::u32string_view(words[suffix.word].first).substr(suffix.begin, longest);
  }
  static size_t shared(std::u32string_view a, std::u32string_view b) {
    size_t count = 0;
    while (count < a.size() && count < b.size() && a[count] == b[count])
      ++count;
    return count;
  }
};

} // namespace

std::vector<Substring> frequentSubstrings(const std::vector<std::pair<std::u32string, int64_t>> &words, size_t longest,
                                          size_t most, bool (*isToken)(std::u32string_view)) {
  std::vector<Substring> result;
  Suffixes(words, longest).each([&](std::u32string_view text, int64_t count) {
    if (count >= 2 && isToken(text))
      result.push_back({std::u32string(text), count});
  });
  auto worth = [](const Substring &s) { return s.count * int64_t(s.text.size()); };
  std::sort(result.begin(), result.end(), [&](const Substring &a, const Substring &b) {
    return worth(a) != worth(b) ? worth(a) > worth(b) : a.text < b.text;
  });
  if (result.size() > most)
    result.resize(most);
  return result;
}

} // namespace heed::runtime
