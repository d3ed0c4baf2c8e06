// Where a verb's result goes: standard output, or a file that appears whole or not at all.
#pragma once

#include "runtime/Result.h"
#include "runtime/load/TemporaryFolder.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace heed::tools {

/// To standard output if there is no path. False if it could not be written; that has been told.
bool put(std::string_view bytes, const std::string &path);

/// Whether it was done; if not, the reason is told.
bool told(const runtime::Result<void> &outcome);

/// What others write on the way to an output, beside it, so that a rename suffices.
class Draft {
public:
  static std::optional<Draft> beside(const std::string &output);

  /// Where files lie that are deleted at the end.
  const std::string &folder() const { return made.name(); }
  std::string path(std::string_view name) const { return made.file(name); }
  /// The file of this name becomes the output.
  bool become(const std::string &name);

private:
  Draft(runtime::TemporaryFolder made, std::string output) : made(std::move(made)), output(std::move(output)) {}

  runtime::TemporaryFolder made;
  std::string output;
};

} // namespace heed::tools
