// A file's bytes, mapped for reading. In: a path. Out: bytes that stay where they are as long as this lives.
#pragma once

#include "runtime/Result.h"

#include <cstddef>
#include <span>
#include <string>

namespace heed::runtime {

class MappedFile {
public:
  /// Regular files only; an empty file gives no bytes.
  static Result<MappedFile> open(const std::string &path);
  MappedFile(MappedFile &&other) noexcept : mapped(std::exchange(other.mapped, {})) {}
  MappedFile &operator=(MappedFile &&other) noexcept { return std::swap(mapped, other.mapped), *this; }
  ~MappedFile();

  std::span<const std::byte> bytes() const { return mapped; }
  std::string_view text() const { return {reinterpret_cast<const char *>(mapped.data()), mapped.size()}; }

private:
  explicit MappedFile(std::span<const std::byte> mapped) : mapped(mapped) {}
  std::span<const std::byte> mapped;
};

} // namespace heed::runtime
