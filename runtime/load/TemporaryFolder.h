// A folder for files on the way to an output. In: the path that its own begins with. Out: a folder that only this user
// reads, gone with all that is in it when this is, or when a signal ends the process.
#pragma once

#include "runtime/Result.h"
#include "runtime/load/Signals.h"

namespace heed::runtime {

class TemporaryFolder {
public:
  /// `beside`.XXXXXX
  static Result<TemporaryFolder> create(const std::string &beside);
  TemporaryFolder(TemporaryFolder &&other) noexcept
      : path(std::exchange(other.path, {})), known(std::move(other.known)) {}
  TemporaryFolder &operator=(TemporaryFolder &&) = delete;
  ~TemporaryFolder();

  std::string file(std::string_view name) const { return fmt::format("{}/{}", path, name); }
  const std::string &name() const { return path; }

private:
  TemporaryFolder(std::string path, KnownFile known) : path(std::move(path)), known(std::move(known)) {}

  std::string path;
  KnownFile known;
};

} // namespace heed::runtime
