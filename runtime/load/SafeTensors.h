// The safetensors format: 8 bytes of header length, a JSON header, then the tensors' bytes, each byte in exactly one of
// them. In: mapped bytes, never trusted. Out: views of every tensor. And back: tensors into a file that appears whole
// or not at all.
#pragma once

#include "runtime/Result.h"
#include "runtime/tensor/Tensor.h"

#include <map>
#include <span>

namespace heed::runtime {

/// A tensor under the name a file gives it.
struct StoredTensor {
  std::string name;
  TensorView tensor;
};

/// Sorted by name. `name` is the file, for messages. The views point into `bytes`.
Result<std::vector<StoredTensor>> parseSafeTensors(const std::string &name, std::span<const std::byte> bytes);

/// Aligned, the widest first, then by name: byte for byte as the format's own library writes them. `metadata` becomes
/// `__metadata__`.
Result<void> writeSafeTensors(const std::string &path, std::span<const StoredTensor> tensors,
                              const std::map<std::string, std::string> &metadata = {});

} // namespace heed::runtime
