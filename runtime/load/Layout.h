// How a parameter lies in the weights image, by the digits of its indices (heed.h). In: values in row-major order. Out:
// the same values in their places, and back.
#pragma once

#include "runtime/abi/heed.h"
#include "runtime/tensor/Tensor.h"

#include <span>

namespace heed::runtime {

/// The place of an element is the sum of one offset per axis: that of its index there.
class Layout {
public:
  explicit Layout(const heed_parameter &);

  /// Elements that are stored, padding too.
  int64_t storedElements() const { return stored; }
  bool isRowMajor() const { return rowMajor; }
  /// Of the indices of an axis, in elements.
  std::span<const int64_t> offsets(size_t axis) const { return tables[axis]; }

private:
  int64_t stored = 1;
  bool rowMajor;
  std::vector<std::vector<int64_t>> tables;
};

/// Which elements of a parameter, and how a dense tensor holds them: row-major, or with the last two axes exchanged.
struct Box {
  Shape begin, extent;
  bool transposed = false;

  static Box whole(const heed_parameter &);
};

/// Converts the values of a box, which are dense in `from`, into their places; `image` is where the parameter begins.
/// Returns the number within `from` of the first value that does not fit, or of all.
int64_t pack(const heed_parameter &, const Box &, ElementType fromType, const std::byte *from, std::byte *image);

/// The values of a box, dense in `to`; of a whole parameter in row-major order.
void unpack(const heed_parameter &, const Box &, const std::byte *image, std::byte *to);
void unpack(const heed_parameter &, const std::byte *image, std::byte *to);

} // namespace heed::runtime
