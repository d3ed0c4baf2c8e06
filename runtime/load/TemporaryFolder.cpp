#include "runtime/load/TemporaryFolder.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>

#include <sys/stat.h>

namespace heed::runtime {

/// Known before it is there: a signal may come between any two calls.
Result<TemporaryFolder> TemporaryFolder::create(const std::string &beside) {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  for (int tries = 0; tries != 100; ++tries) {
    std::string path = beside + ".";
    for (int i = 0; i != 6; ++i)
      path += letters[random() % letters.size()];
    KnownFile known(path);
    if (mkdir(path.c_str(), 0700) == 0)
      return TemporaryFolder(std::move(path), std::move(known));
    if (errno != EEXIST)
      break;
  }
  return failure("{}: can't be written: {}", beside, std::strerror(errno));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path.empty())
    std::filesystem::remove_all(path, ignored);
}

} // namespace heed::runtime
