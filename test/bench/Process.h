// Programs that the table needs: `heed`, what it builds, `nm`. In: a command. Out: what it said.
#pragma once

#include "runtime/Result.h"

#include <vector>

namespace heed::bench {

/// A file of this run's own, in a folder that goes when the program ends.
std::string temporary(std::string_view name);

/// Runs a program and gives what it printed to standard output and standard error together; fails if the program does.
runtime::Result<std::string> outputOf(const std::vector<std::string> &command);

/// All matches of an ECMAScript pattern: the whole first, then its groups.
std::vector<std::vector<std::string>> matchesOf(const char *pattern, const std::string &text);

} // namespace heed::bench
