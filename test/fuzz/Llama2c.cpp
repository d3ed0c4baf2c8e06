// Any bytes are refused, or become tensors that share out all bytes behind the header, in order.
#include "runtime/load/Llama2c.h"

#include <cstdlib>

using namespace heed::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::span bytes(reinterpret_cast<const std::byte *>(data), size);
  Result<Llama2cFile> file = parseLlama2c("fuzzed.bin", bytes);
  if (!file)
    return 0;
  const std::byte *next = bytes.data() + 28;
  for (const StoredTensor &stored : file->tensors) {
    if (stored.tensor.data != next)
      std::abort();
    next += stored.tensor.bytes();
  }
  if (next != bytes.data() + size || file->config.size() != 8)
    std::abort();
  return 0;
}
