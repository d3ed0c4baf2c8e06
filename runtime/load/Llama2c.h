// The weight file of llama2.c (github.com/karpathy/llama2.c, export.py, version 0): seven int32, then float32 arrays
// without names. In: mapped bytes, never trusted. Out: the header's fields as settings, the arrays under the format's
// own names, one a layer.
#pragma once

#include "runtime/load/Config.h"
#include "runtime/load/SafeTensors.h"

namespace heed::runtime {

struct Llama2cFile {
  Config config;
  std::vector<StoredTensor> tensors; // in the file's order
};

/// `name` is the file, for messages. The views point into `bytes`.
Result<Llama2cFile> parseLlama2c(const std::string &name, std::span<const std::byte> bytes);

} // namespace heed::runtime
