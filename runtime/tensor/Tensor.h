// Dense row-major tensors: their shape, a view of bytes that lie elsewhere, and memory of one's own, aligned as models
// want it.
#pragma once

#include "runtime/Result.h"
#include "runtime/tensor/CheckedSize.h"
#include "runtime/tensor/ElementType.h"

#include <cstdlib>
#include <memory>
#include <vector>

namespace heed::runtime {

using Shape = std::vector<int64_t>;

/// The product of all axes; invalid if one is negative or the product leaves 63 bits.
CheckedSize elementsOf(const Shape &);
CheckedSize bytesOf(ElementType, const Shape &);
/// "[2, 3]".
std::string textOf(const Shape &);
/// "f32 [2, 3]".
std::string textOf(ElementType, const Shape &);

/// "[1, 2]" for the index of an element in row-major order.
std::string placeOf(int64_t element, const Shape &);

/// Memory that begins at a multiple of HEED_ALIGNMENT; never null, even when empty.
class Buffer {
public:
  Buffer() = default;
  /// `purpose` is what the message says if memory runs out.
  static Result<Buffer> allocate(CheckedSize bytes, std::string_view purpose);

  std::byte *data() const { return memory.get(); }
  size_t size() const { return bytes; }

private:
  struct Free {
    void operator()(std::byte *memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> memory;
  size_t bytes = 0;
};

/// Elements that lie elsewhere, perhaps in a mapped file and then not aligned.
struct TensorView {
  ElementType type = ElementType::F32;
  Shape shape;
  const std::byte *data = nullptr;

  int64_t elements() const { return int64_t(elementsOf(shape).value()); }
  size_t bytes() const { return bytesOf(type, shape).value(); }
};

/// A tensor with memory of its own.
class Tensor {
public:
  static Result<Tensor> allocate(ElementType, Shape, std::string_view purpose);

  const TensorView &view() const { return described; }
  ElementType type() const { return described.type; }
  const Shape &shape() const { return described.shape; }
  std::byte *data() const { return buffer.data(); }
  /// Sets every element to the value nearest to `value`.
  void fill(double value);

private:
  TensorView described;
  Buffer buffer;
};

} // namespace heed::runtime
