// A file's bytes, mapped for reading. In: a path. Out: bytes that stay where they are as long as this lives.
#pragma once

#include "runtime/Result.h"
#include "runtime/load/Signals.h"

#include <cstddef>
#include <span>
#include <string>

namespace heed::runtime {

class MappedFile {
public:
  /// Regular files only; an empty file gives no bytes.
  static Result<MappedFile> open(const std::string &path);
  MappedFile(MappedFile &&other) noexcept : mapped(std::exchange(other.mapped, {})), known(std::move(other.known)) {}
  MappedFile &operator=(MappedFile &&other) noexcept {
    std::swap(mapped, other.mapped);
    std::swap(known, other.known);
    return *this;
  }
  ~MappedFile();

  /// Gives the memory of what was read back; who reads it again has it read from the file again.
  void forget() const;

  std::span<const std::byte> bytes() const { return mapped; }
  std::string_view text() const { return {reinterpret_cast<const char *>(mapped.data()), mapped.size()}; }

private:
  MappedFile(const std::string &path, std::span<const std::byte> mapped) : mapped(mapped) {
    if (!mapped.empty())
      known = KnownFile(path, mapped);
  }
  std::span<const std::byte> mapped;
  KnownFile known;
};

} // namespace heed::runtime
