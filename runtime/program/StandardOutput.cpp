// fwrite and fflush with their outcomes.
#include "runtime/program/StandardOutput.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace heed::runtime {

Result<void> putOut(std::string_view text) {
  if (fwrite(text.data(), 1, text.size(), stdout) == text.size() && fflush(stdout) == 0)
    return {};
  return failure("standard output: can't be written: {}", std::strerror(errno));
}

void tell(std::string_view text) { fwrite(text.data(), 1, text.size(), stderr); }

} // namespace heed::runtime
