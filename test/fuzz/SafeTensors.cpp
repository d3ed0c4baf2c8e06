// Any bytes are refused, or become tensors in order of their names that share out all bytes behind the header.
#include "runtime/load/SafeTensors.h"

#include <cstdlib>

using namespace heed::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::span bytes(reinterpret_cast<const std::byte *>(data), size);
  Result<std::vector<StoredTensor>> tensors = parseSafeTensors("fuzzed.safetensors", bytes);
  if (!tensors)
    return 0;
  size_t all = 0;
  const StoredTensor *before = nullptr;
  for (const StoredTensor &stored : *tensors) {
    const TensorView &tensor = stored.tensor;
    all += tensor.bytes();
    if (tensor.data < bytes.data() + 8 || tensor.bytes() > size_t(bytes.data() + size - tensor.data))
      std::abort();
    if (before && before->name >= stored.name)
      std::abort();
    before = &stored;
  }
  uint64_t header = 0;
  for (int i = 7; i >= 0; --i)
    header = header << 8 | data[i];
  if (all != size - 8 - header)
    std::abort();
  return 0;
}
