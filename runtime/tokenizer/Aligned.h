// Text that remembers where each byte of it comes from. In: a text. Out: what normalising makes of it, aligned with it.
#pragma once

#include "runtime/Result.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace heed::runtime {

/// Bytes `begin` to `end` of the input.
struct Extent {
  uint32_t begin = 0, end = 0;
};

/// Parts and copies share one memory, so that a text of many words costs one allocation; who appends to a shared one
/// gets memory of its own first.
class Aligned {
public:
  Aligned() = default;
  /// The input itself: alignment costs nothing until something changes.
  explicit Aligned(std::string text)
      : content(std::make_shared<Content>(std::move(text))), last(content->bytes.size()) {}

  std::string_view text() const {
    return content ? std::string_view(content->bytes).substr(first, last - first) : std::string_view();
  }
  size_t size() const { return last - first; }
  bool empty() const { return first == last; }
  /// What bytes `begin` to `end` of this text come from.
  Extent origin(size_t begin, size_t end) const {
    if (!content || content->origins.empty())
      return {uint32_t(first + begin), uint32_t(first + end)};
    return tracked(first + begin, first + end);
  }

  /// A part of this text.
  Aligned part(size_t begin, size_t end) const {
    Aligned result = *this;
    result.first = first + begin, result.last = first + end;
    return result;
  }
  /// Room for a text of so many bytes that isn't the input itself.
  void reserve(size_t bytes);
  /// Adds bytes that come from `from`.
  void append(std::string_view text, Extent from);
  /// Adds bytes `begin` to `end` of `other`, with their origins.
  void append(const Aligned &other, size_t begin, size_t end);

private:
  struct Content {
    std::string bytes;
    std::vector<Extent> origins; // one a byte; none while this is the input itself
    explicit Content(std::string bytes) : bytes(std::move(bytes)) {}
  };
  std::shared_ptr<Content> content;
  size_t first = 0, last = 0; // of the content's bytes

  Extent tracked(size_t begin, size_t end) const;
  Content &own();
};

} // namespace heed::runtime
