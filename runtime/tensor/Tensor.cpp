// Shapes, memory, and filling.
#include "runtime/tensor/Tensor.h"

#include <fmt/ranges.h>

#include <cstring>

#include <sys/mman.h>

namespace heed::runtime {

CheckedSize elementsOf(const Shape &shape) {
  CheckedSize elements = 1;
  for (int64_t extent : shape)
    elements = elements * extent;
  return elements;
}

CheckedSize bytesOf(ElementType type, const Shape &shape) { return elementsOf(shape) * bytesOf(type); }

std::string textOf(const Shape &shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::string textOf(ElementType type, const Shape &shape) { return fmt::format("{} {}", nameOf(type), textOf(shape)); }

std::string placeOf(int64_t element, const Shape &shape) {
  Shape place(shape.size());
  for (size_t axis = shape.size(); axis-- != 0; element /= shape[axis])
    place[axis] = element % shape[axis];
  return textOf(place);
}

/// Rows of a head lie a page or so apart, and each new page costs a walk through tables: two pages' worth of memory or
/// more asks for large ones.
static constexpr size_t hugePage = size_t(2) << 20;

Result<Buffer> Buffer::allocate(CheckedSize bytes, std::string_view purpose) {
  CheckedSize padded = bytes + (HEED_ALIGNMENT - 1);
  if (!padded.isValid())
    return failure("{}: more bytes than 63 bits can count", purpose);
  size_t rounded = padded.value() / HEED_ALIGNMENT * HEED_ALIGNMENT;
  bool large = rounded >= 2 * hugePage;
  void *memory; // not by aligned_alloc, which takes whole multiples of the alignment only
  if (posix_memalign(&memory, large ? hugePage : HEED_ALIGNMENT, rounded ? rounded : HEED_ALIGNMENT) != 0)
    return failure("{}: there is not enough memory for {} bytes", purpose, bytes.value());
  Buffer buffer;
  buffer.memory.reset(static_cast<std::byte *>(memory));
  if (large)
    madvise(buffer.data(), rounded, MADV_HUGEPAGE); // a wish: a kernel without huge pages declines
  buffer.bytes = bytes.value();
  return buffer;
}

Result<Tensor> Tensor::allocate(ElementType type, Shape shape, std::string_view purpose) {
  Result<Buffer> buffer = Buffer::allocate(runtime::bytesOf(type, shape), purpose);
  if (!buffer)
    return buffer.error();
  Tensor tensor;
  tensor.buffer = std::move(*buffer);
  tensor.described = {type, std::move(shape), tensor.buffer.data()};
  return tensor;
}

void Tensor::fill(double value) {
  // The first element by conversion, all others as copies of its bytes.
  int64_t count = described.elements(), size = bytesOf(type());
  if (count == 0)
    return;
  if (isFloat(type())) {
    convert(ElementType::F64, reinterpret_cast<const std::byte *>(&value), type(), data(), 1);
  } else {
    int64_t whole = int64_t(value);
    convert(ElementType::I64, reinterpret_cast<const std::byte *>(&whole), type(), data(), 1);
  }
  for (int64_t i = 1; i != count; ++i)
    std::memcpy(data() + i * size, data(), size_t(size));
}

} // namespace heed::runtime
