#include "runtime/tokenizer/text/Pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

extern "C" const char heed_patterns = 0;

namespace heed::runtime {
namespace {

constexpr uint32_t matchLimit = 10'000'000, depthLimit = 10'000, heapLimitKiB = 64 << 10;
constexpr size_t longestPattern = 1 << 16;

/// `\s` and `\w` spelled by what they hold: PCRE2's own `\s` has U+180E as well, and its `\w` neither marks nor
/// connectors.
std::string withUnicodeClasses(const std::string &pattern) {
  constexpr std::string_view white = R"(\p{Z}\x{9}-\x{d}\x{85})",
                             word = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200c}\x{200d})";
  std::string result;
  bool inClass = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i], next = i + 1 < pattern.size() ? pattern[i + 1] : 0;
    if (c != '\\' || next == 0) {
      inClass = c == '[' || (inClass && c != ']');
      result += c;
      continue;
    }
    ++i;
    std::string_view members = next == 's' || next == 'S' ? white : word;
    if (next == 's' || next == 'w')
      result += inClass ? std::string(members) : fmt::format("[{}]", members);
    else if ((next == 'S' || next == 'W') && !inClass)
      result += fmt::format("[^{}]", members);
    else
      result += c, result += next;
  }
  return result;
}

std::string messageOf(int code) {
  PCRE2_UCHAR text[256];
  pcre2_get_error_message(code, text, sizeof text);
  return reinterpret_cast<const char *>(text);
}

template <auto free> struct Freed {
  template <typename T> void operator()(T *p) const { free(p); }
};

} // namespace

struct Pattern::Compiled {
  std::string name, source;
  std::unique_ptr<pcre2_code, Freed<pcre2_code_free>> code;
};

Result<Pattern> Pattern::compile(const std::string &name, const std::string &pattern) {
  if (pattern.size() > longestPattern)
    return failure("{}: a pattern is {} bytes long; at most {} are taken", name, pattern.size(), longestPattern);
  auto compiled = std::make_shared<Compiled>();
  compiled->name = name, compiled->source = pattern;
  std::string source = withUnicodeClasses(pattern);
  int code = 0;
  PCRE2_SIZE place = 0;
  compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(),
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &code, &place, nullptr));
  if (!compiled->code)
    return failure("{}: the pattern {} cannot be read: {}", name, ticked(pattern), messageOf(code));
  pcre2_jit_compile(compiled->code.get(), PCRE2_JIT_COMPLETE); // where it can't, matching interprets
  Pattern result;
  result.compiled = std::move(compiled);
  return result;
}

Result<std::optional<Extent>> Pattern::next(std::string_view text, size_t from) const {
  // What a thread needs to match; limits are those of every pattern.
  struct Workspace {
    std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>> limits{pcre2_match_context_create(nullptr)};
    std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>> data{pcre2_match_data_create(1, nullptr)};
    Workspace() {
      pcre2_set_match_limit(limits.get(), matchLimit);
      pcre2_set_depth_limit(limits.get(), depthLimit);
      pcre2_set_heap_limit(limits.get(), heapLimitKiB);
    }
  };
  thread_local Workspace workspace;
  int found = pcre2_match(compiled->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                          PCRE2_NO_UTF_CHECK, workspace.data.get(), workspace.limits.get());
  if (found == PCRE2_ERROR_NOMATCH)
    return std::optional<Extent>();
  if (found < 0)
    return failure("{}: the pattern {} was stopped at byte {} of the text: {}", compiled->name,
                   ticked(compiled->source), from, messageOf(found));
  const PCRE2_SIZE *place = pcre2_get_ovector_pointer(workspace.data.get());
  return std::optional(Extent{uint32_t(place[0]), uint32_t(place[1])});
}

} // namespace heed::runtime
