// A file that appears whole or not at all. In: bytes, in order. Out: on `commit` the file under its name, replacing an
// older one; until then, and after any failure, nothing but a temporary name that the destructor takes away.
#pragma once

#include "runtime/Result.h"
#include "runtime/load/Signals.h"

#include <cstddef>
#include <span>
#include <string>

namespace heed::runtime {

class NewFile {
public:
  static Result<NewFile> create(const std::string &path);
  NewFile(NewFile &&other) noexcept;
  NewFile &operator=(NewFile &&) = delete;
  ~NewFile();

  Result<void> write(std::span<const std::byte> bytes);
  Result<void> write(std::string_view text) { return write(std::as_bytes(std::span(text))); }
  /// Writes zeros.
  Result<void> pad(size_t bytes);
  /// Flushes to the disk, then renames.
  Result<void> commit();

private:
  NewFile(std::string path, std::string temporary, KnownFile known, int file)
      : path(std::move(path)), temporary(std::move(temporary)), known(std::move(known)), file(file) {}
  Error problem(const char *what) const;

  std::string path, temporary; // no temporary name: a device or pipe, written in place
  KnownFile known;
  int file = -1;
};

} // namespace heed::runtime
