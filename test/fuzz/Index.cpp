// Any text is refused, or names files of one folder, each with tensors that are different and in order.
#include "runtime/load/ShardIndex.h"

#include <cstdlib>

using namespace heed::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<ShardIndex> index = parseShardIndex("fuzzed.json", {reinterpret_cast<const char *>(data), size});
  if (!index)
    return 0;
  for (const auto &[file, names] : *index) {
    if (file.find('/') != std::string::npos || file.find('\0') != std::string::npos || file.starts_with('.'))
      std::abort();
    for (size_t i = 1; i < names.size(); ++i)
      if (names[i - 1] >= names[i])
        std::abort();
  }
  return 0;
}
