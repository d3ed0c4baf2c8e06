// CLI11 words its errors for programmers; here they are told again: what was found, what was expected.
#include "runtime/program/WrongCommandLine.h"

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace heed::runtime {
namespace {

/// How many letters have to be inserted, removed or replaced.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j)
      corner = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1])}));
  }
  return row[b.size()];
}

std::vector<std::string> flagsOf(const CLI::App &verb) {
  std::vector<std::string> flags;
  for (const CLI::Option *option : verb.get_options())
    if (!option->get_group().empty() && !option->get_lnames().empty())
      flags.push_back("--" + option->get_lnames()[0]);
  return flags;
}

/// What is left over, if anything is: a flag that is not known, or one argument more.
std::string leftOver(const CLI::App &verb, const std::string &command) {
  std::vector<std::string> left = verb.remaining(true);
  if (left.empty() && verb.get_parent())
    left = verb.get_parent()->remaining(true);
  auto flag = std::ranges::find_if(left, [](const std::string &each) { return each.starts_with("-"); });
  if (flag != left.end()) {
    std::string given = flag->substr(0, flag->find('=')), meant;
    size_t least = std::max<size_t>(2, given.size() / 3 + 1);
    for (const std::string &known : flagsOf(verb))
      if (size_t far = distance(given, known); far < least)
        least = far, meant = known;
    return fmt::format("`{}` has no flag `{}`{}", command, given,
                       meant.empty() ? "" : fmt::format("; did you mean `{}`?", meant));
  }
  return left.empty() ? "" : fmt::format("`{}` is an argument more than `{}` takes", left.back(), command);
}

/// ": where the result goes", as `--help` says of the option.
std::string purpose(const CLI::App &verb, const std::string &name) {
  const CLI::Option *option = verb.get_option_no_throw(name);
  std::string text = option ? option->get_description() : "";
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > 1 && !std::isupper(static_cast<unsigned char>(text[1])))
    text[0] = char(std::tolower(static_cast<unsigned char>(text[0])));
  return text.empty() ? "" : ": " + text;
}

/// The text between two others; nothing if it is worded in another way.
std::optional<std::pair<std::string, std::string>> parted(std::string_view text, std::string_view by) {
  size_t at = text.find(by);
  if (at == text.npos)
    return std::nullopt;
  return std::pair(std::string(text.substr(0, at)), std::string(text.substr(at + by.size())));
}

} // namespace

std::string whatIsWrong(const CLI::ParseError &error, const CLI::App &verb, const std::string &command) {
  std::string text = error.what();
  bool extra = dynamic_cast<const CLI::ExtrasError *>(&error);
  std::string more = leftOver(verb, command); // a flag that is not known may be why another thing is missing
  if (!more.empty() && (extra || more.find(" has no flag ") != more.npos))
    return more;
  if (auto missing = parted(text, " is required"))
    return fmt::format("`{}` needs `{}`{}", command, missing->first, purpose(verb, missing->first));
  if (auto missing = parted(text, ": 1 required"))
    return fmt::format("`{}` needs a value{}", missing->first, purpose(verb, missing->first));
  if (auto number = parted(text, "Could not convert: "))
    if (auto given = parted(number->second, " = "))
      return fmt::format("`{}` takes a number, and `{}` is none", given->first, given->second);
  if (auto outside = parted(text, " not in range "))
    if (auto given = parted(outside->first, ": Value "))
      return fmt::format("`{}` takes a number from {}, and this is `{}`", given->first, outside->second, given->second);
  return text;
}

CLI::Validator oneOf(std::vector<std::string> words) {
  auto check = [words](const std::string &given) {
    bool known = std::find(words.begin(), words.end(), given) != words.end();
    return known ? "" : fmt::format("there is no `{}`; there is {}", given, fmt::join(words, ", "));
  };
  return CLI::Validator(check, "");
}

} // namespace heed::runtime
