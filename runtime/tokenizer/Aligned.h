// Text that remembers where each byte of it comes from. In: a text. Out: what normalising makes of it, aligned with it.
#pragma once

#include "runtime/Result.h"

#include <cstdint>
#include <vector>

namespace heed::runtime {

/// Bytes `begin` to `end` of the input.
struct Extent {
  uint32_t begin = 0, end = 0;
};

class Aligned {
public:
  Aligned() = default;
  /// The input itself, from its byte `offset` on: alignment costs nothing until something changes.
  explicit Aligned(std::string text, uint32_t offset = 0) : bytes(std::move(text)), offset(offset) {}

  const std::string &text() const { return bytes; }
  bool empty() const { return bytes.empty(); }
  /// What bytes `begin` to `end` of this text come from.
  Extent origin(size_t begin, size_t end) const;

  /// A part of this text.
  Aligned part(size_t begin, size_t end) const;
  /// Adds bytes that come from `from`.
  void append(std::string_view text, Extent from);
  /// Adds bytes `begin` to `end` of `other`, with their origins.
  void append(const Aligned &other, size_t begin, size_t end);

private:
  std::string bytes;
  uint32_t offset = 0;
  std::vector<Extent> origins; // one a byte; none while this is the input itself

  void trackEachByte();
};

} // namespace heed::runtime
