#include "lang/check/Paths.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace heed {

namespace {
std::optional<int64_t> numberIn(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                   : std::nullopt;
}

/// `*` stands for any letters.
bool fitsLetters(std::string_view part, std::string_view name) {
  if (part.empty())
    return name.empty();
  if (part[0] == '*')
    return fitsLetters(part.substr(1), name) || (!name.empty() && fitsLetters(part, name.substr(1)));
  return !name.empty() && part[0] == name[0] && fitsLetters(part.substr(1), name.substr(1));
}

bool fits(const std::vector<std::string> &pattern, size_t at, const std::vector<std::string> &names, size_t name) {
  if (at == pattern.size())
    return name == names.size();
  if (pattern[at] == "**")
    return fits(pattern, at + 1, names, name) || (name < names.size() && fits(pattern, at, names, name + 1));
  return name < names.size() && fitsName(pattern[at], names[name]) && fits(pattern, at + 1, names, name + 1);
}
} // namespace

std::vector<std::string> namesOfPath(std::string_view path) {
  std::vector<std::string> names = {""};
  bool braces = false; // the points of `{6..12}` separate nothing
  for (char c : path) {
    braces = c == '{' || (braces && c != '}');
    if (c == '.' && !braces)
      names.emplace_back();
    else
      names.back() += c;
  }
  return names;
}

bool fitsName(std::string_view part, std::string_view name) {
  if (part.size() > 2 && part.front() == '{' && part.back() == '}') {
    std::string_view inside = part.substr(1, part.size() - 2);
    size_t points = inside.find("..");
    auto low = numberIn(inside.substr(0, points)),
         high = points == std::string_view::npos ? low : numberIn(inside.substr(points + 2));
    auto number = numberIn(name);
    return low && high && (name == "*" || (number && *number >= *low && *number < *high));
  }
  return fitsLetters(part, name) || (name == "*" && numberIn(part));
}

bool fitsPath(std::string_view pattern, std::string_view path) {
  return fits(namesOfPath(pattern), 0, namesOfPath(path), 0);
}

bool fitsLayer(std::string_view pattern, std::string_view path, int64_t layers) {
  std::vector<std::string> parts = namesOfPath(pattern), names = namesOfPath(path);
  auto stack = std::find(names.begin(), names.end(), "*");
  for (int64_t layer = 0; layer < layers && stack != names.end(); ++layer) {
    *stack = std::to_string(layer);
    if (fits(parts, 0, names, 0))
      return true;
  }
  return stack == names.end();
}

std::vector<std::vector<std::string>> afterName(const std::vector<std::string> &pattern, std::string_view name) {
  if (pattern.empty())
    return {};
  std::vector<std::string> rest(pattern.begin() + 1, pattern.end());
  std::vector<std::vector<std::string>> all;
  if (pattern[0] == "**") {
    all = afterName(rest, name);
    all.insert(all.begin(), pattern);
  } else if (fitsName(pattern[0], name)) {
    all.push_back(std::move(rest));
  }
  return all;
}

bool mayEnd(const std::vector<std::string> &pattern) {
  return std::all_of(pattern.begin(), pattern.end(), [](const std::string &part) { return part == "**"; });
}

} // namespace heed
