// What `heed build` put into an executable: sections that are not loaded but read from the file itself.
// In: this process's own executable. Out: views of `.heed.weights` and `.heed.tokenizer`, where there are any.
#pragma once

#include "runtime/abi/heed.h"
#include "runtime/load/MappedFile.h"

#include <optional>

namespace heed::runtime {

class Embedded {
public:
  static constexpr const char *weightsSection = ".heed.weights", *tokenizerSection = ".heed.tokenizer";

  /// Of /proc/self/exe.
  static Result<Embedded> ofThisProgram() { return open("/proc/self/exe"); }
  /// Of a 64-bit ELF file.
  static Result<Embedded> open(const std::string &path);

  /// Views into the mapped file; they live as long as this.
  std::optional<std::span<const std::byte>> weights, tokenizer;

private:
  explicit Embedded(MappedFile file) : file(std::move(file)) {}
  MappedFile file;
};

} // namespace heed::runtime
