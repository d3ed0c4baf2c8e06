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

/// A folder for what others write on the way to an output, beside it, so that a rename suffices. It is deleted with all
/// that is in it, whatever they leave.
class Draft {
public:
  static std::optional<Draft> beside(const std::string &output);
  Draft(Draft &&other) noexcept
      : folder(std::exchange(other.folder, {})), output(std::move(other.output)), known(std::move(other.known)) {}
  ~Draft();

  std::string path(const std::string &name) const { return folder + "/" + name; }
  /// The file of this name becomes the output.
  bool become(const std::string &name);

private:
  Draft(std::string folder, std::string output)
      : folder(std::move(folder)), output(std::move(output)), known(this->folder) {}
  std::string folder, output;
  runtime::KnownFile known;
};

} // namespace heed::tools
