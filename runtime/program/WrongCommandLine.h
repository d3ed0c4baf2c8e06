// What is wrong with a command line, in our own words, for `heed` and for the programs that it makes.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
class Validator;
} // namespace CLI

namespace heed::runtime {

/// "`heed build` has no flag `--wieghts`; did you mean `--weights`?". `verb` is the one that was asked for, and
/// `command` what it is called with the program's name.
std::string whatIsWrong(const CLI::ParseError &, const CLI::App &verb, const std::string &command);

/// Lets a flag take one of these words and nothing else.
CLI::Validator oneOf(std::vector<std::string> words);

} // namespace heed::runtime
