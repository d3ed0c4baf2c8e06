// write with its outcome: no buffer that could be lost at the end.
#include "runtime/program/StandardOutput.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace heed::runtime {

void occupyStandardFiles() {
  for (int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(file, F_GETFD) < 0)
      open("/dev/null", O_RDONLY); // takes the lowest number that is free: this one
}

Result<void> putOut(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written == 0)
      errno = ENOSPC;
    if (written <= 0)
      return failure("standard output: can't be written: {}", std::strerror(errno));
    text.remove_prefix(size_t(written));
  }
  return {};
}

void tell(std::string_view text) { fwrite(text.data(), 1, text.size(), stderr); }

} // namespace heed::runtime
