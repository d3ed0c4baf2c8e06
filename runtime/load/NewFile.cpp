// Temporary name, write, fsync, rename, fsync of the folder.
#include "runtime/load/NewFile.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heed::runtime {
namespace {

/// A signal may interrupt any call that waits.
template <typename Call> auto uninterrupted(Call call) {
  decltype(call()) result;
  do
    result = call();
  while (result < 0 && errno == EINTR);
  return result;
}

std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// Where the bytes are to be in the end: a link is followed, so that it stays one.
std::string resolved(const std::string &path) {
  char *real = realpath(path.c_str(), nullptr);
  std::string result = real ? real : path;
  std::free(real);
  return result;
}

} // namespace

Result<NewFile> NewFile::create(const std::string &asked) {
  std::string path = resolved(asked);
  struct stat status;
  bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return failure("{}: is a folder, so no file of this name can be written", asked);
  std::string temporary;
  KnownFile known;
  int file;
  if (exists && !S_ISREG(status.st_mode)) { // /dev/null must not be replaced by a file
    file = uninterrupted([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC); });
  } else {
    temporary = fmt::format("{}.{}.tmp", path, getpid());
    known = KnownFile(temporary); // a signal may come between any two calls
    file = uninterrupted([&] { return ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666); });
  }
  if (file < 0)
    return failure("{}: can't be written: {}", asked, std::strerror(errno));
  return NewFile(std::move(path), std::move(temporary), std::move(known), file);
}

NewFile::NewFile(NewFile &&other) noexcept
    : path(std::move(other.path)), temporary(std::move(other.temporary)), known(std::move(other.known)),
      file(std::exchange(other.file, -1)) {
  other.temporary.clear();
}

NewFile::~NewFile() {
  if (file >= 0)
    close(file);
  if (!temporary.empty())
    unlink(temporary.c_str());
}

Error NewFile::problem(const char *what) const { return failure("{}: {}: {}", path, what, std::strerror(errno)); }

Result<void> NewFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    constexpr size_t most = size_t(1) << 30; // Linux writes at most 2 GiB in one call
    ssize_t written = uninterrupted([&] { return ::write(file, bytes.data(), std::min(bytes.size(), most)); });
    if (written == 0) // no error, and no end of trying either
      errno = ENOSPC;
    if (written <= 0)
      return problem("can't be written");
    bytes = bytes.subspan(size_t(written));
  }
  return {};
}

Result<void> NewFile::pad(size_t bytes) {
  static constexpr std::byte zeros[4096]{};
  while (bytes != 0) {
    size_t now = std::min(bytes, sizeof zeros);
    if (Result<void> written = write({zeros, now}); !written)
      return written;
    bytes -= now;
  }
  return {};
}

Result<void> NewFile::commit() {
  if (!temporary.empty() && uninterrupted([&] { return fsync(file); }) != 0)
    return problem("can't be flushed to the disk");
  // Linux has closed the file even where that was interrupted.
  if (close(std::exchange(file, -1)) != 0 && errno != EINTR)
    return problem("can't be closed");
  if (temporary.empty())
    return {};
  if (rename(temporary.c_str(), path.c_str()) != 0)
    return problem("can't be given its name");
  temporary.clear();
  known = {};
  // The name is in place; only its survival of a power cut depends on the folder, which some file systems can't flush.
  if (int folder = ::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return {};
}

} // namespace heed::runtime
