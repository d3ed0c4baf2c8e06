// Any text is refused, or becomes settings that are not more than a text of its length can hold.
#include "runtime/load/Config.h"

#include <cstdlib>

using namespace heed::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Result<Config> config = parseConfig("fuzzed.json", {reinterpret_cast<const char *>(data), size});
  if (config && config->size() > size)
    std::abort();
  return 0;
}
