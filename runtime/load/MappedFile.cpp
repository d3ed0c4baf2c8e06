// open, fstat, mmap, and what can go wrong with each.
#include "runtime/load/MappedFile.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heed::runtime {

Result<MappedFile> MappedFile::open(const std::string &path) {
  // Without O_NONBLOCK a pipe of this name would wait for its writer before it could be refused.
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return failure("{}: can't be opened: {}", path, std::strerror(errno));
  struct stat status;
  bool known = fstat(file, &status) == 0;
  int problem = errno;
  void *start = nullptr;
  bool regular = known && S_ISREG(status.st_mode);
  if (regular && status.st_size > 0) {
    start = mmap(nullptr, size_t(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    problem = errno;
  }
  close(file);
  if (known && S_ISDIR(status.st_mode))
    return failure("{}: is a folder, a file was expected", path);
  if (known && !regular)
    return failure("{}: is not a regular file", path);
  if (!known || start == MAP_FAILED)
    return failure("{}: can't be read: {}", path, std::strerror(problem));
  return MappedFile(path, {static_cast<const std::byte *>(start), start ? size_t(status.st_size) : 0});
}

void MappedFile::forget() const {
  if (!mapped.empty())
    madvise(const_cast<std::byte *>(mapped.data()), mapped.size(), MADV_DONTNEED);
}

MappedFile::~MappedFile() {
  known = {}; // before the place is another's
  if (!mapped.empty())
    munmap(const_cast<std::byte *>(mapped.data()), mapped.size());
}

} // namespace heed::runtime
