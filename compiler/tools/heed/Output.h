// Where a verb's result goes: standard output, or a file that appears whole or not at all.
#pragma once

#include "runtime/Result.h"
#include "runtime/load/Signals.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace heed::tools {

/// To standard output if there is no path. False if it could not be written; that has been told.
bool put(std::string_view bytes, const std::string &path);

/// Whether it was done; if not, the reason is told.
bool told(const runtime::Result<void> &outcome);

/// A file for others to write, beside the one that it may become, so that a rename suffices. Deleted unless it becomes
/// that.
class Draft {
public:
  static std::optional<Draft> beside(const std::string &output);
  Draft(Draft &&other) noexcept
      : file(std::exchange(other.file, {})), output(std::move(other.output)), known(std::move(other.known)) {}
  ~Draft();

  const std::string &path() const { return file; }
  bool become();

private:
  Draft(std::string file, std::string output) : file(std::move(file)), output(std::move(output)), known(this->file) {}
  std::string file, output;
  runtime::KnownFile known;
};

} // namespace heed::tools
