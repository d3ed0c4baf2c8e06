// heed_faults.so, for LD_PRELOAD: counts the calls by which a program writes files, and has the n-th of them fail.
//
// HEED_FAULT="N ERRNO": the N-th call fails with this number of an error; "N short": it writes half of what it was
// given. HEED_FAULT_COUNT=FILE: at the end the number of calls is written there. HEED_SHRINK=FILE: once this file is
// mapped, it is made empty. HEED_DENY=FILE: it cannot be opened.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_FILES 4096
static char written[MOST_FILES]; // descriptors that were opened for writing
static int calls;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/// 0: go on; an error; -1: short.
static int next_fault(void) {
  const char *text = getenv("HEED_FAULT");
  int number = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  if (!text || number != atoi(text))
    return 0;
  const char *what = strchr(text, ' ') + 1;
  return strcmp(what, "short") == 0 ? -1 : atoi(what);
}

static int fails(void) {
  int fault = next_fault();
  if (fault <= 0)
    return 0;
  errno = fault;
  return 1;
}

static int is(const char *variable, const char *path) {
  const char *wanted = getenv(variable);
  return wanted && path && strcmp(wanted, path) == 0;
}

__attribute__((destructor)) static void tell_count(void) {
  const char *path = getenv("HEED_FAULT_COUNT");
  if (!path)
    return;
  char text[16];
  int file = (int)syscall(SYS_open, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  int length = snprintf(text, sizeof text, "%d", calls);
  if (syscall(SYS_write, file, text, length) < 0)
    _exit(99);
  syscall(SYS_close, file);
}

// ---- names ----

static int opened(int file, int flags) {
  if (file >= 0 && file < MOST_FILES)
    written[file] = (flags & O_ACCMODE) != O_RDONLY;
  return file;
}

#define OPEN(name)                                                                                                     \
  int name(const char *path, int flags, ...) {                                                                         \
    va_list list;                                                                                                      \
    va_start(list, flags);                                                                                             \
    mode_t mode = va_arg(list, mode_t);                                                                                \
    va_end(list);                                                                                                      \
    if (is("HEED_DENY", path))                                                                                         \
      return errno = EACCES, -1;                                                                                       \
    if ((flags & O_ACCMODE) != O_RDONLY && fails())                                                                    \
      return -1;                                                                                                       \
    return opened(NEXT(name)(path, flags, mode), flags);                                                               \
  }
OPEN(open)
OPEN(open64)

#define MAKE(name)                                                                                                     \
  int name(char *path) { return fails() ? -1 : opened(NEXT(name)(path), O_RDWR); }
MAKE(mkstemp)
MAKE(mkstemp64)

int rename(const char *from, const char *to) { return fails() ? -1 : NEXT(rename)(from, to); }

int close(int file) {
  int counted = file > 2 && file < MOST_FILES && written[file];
  int failed = counted && fails(), error = errno;
  if (counted)
    written[file] = 0;
  int result = NEXT(close)(file); // as Linux does it, whatever goes wrong
  return failed ? (errno = error, -1) : result;
}

// ---- bytes ----

ssize_t write(int file, const void *bytes, size_t count) {
  int fault = file == 2 ? 0 : next_fault();
  if (fault > 0)
    return errno = fault, -1;
  return NEXT(write)(file, bytes, fault && count > 1 ? count / 2 : count);
}

#define PWRITE(name)                                                                                                   \
  ssize_t name(int file, const void *bytes, size_t count, off_t place) {                                               \
    int fault = next_fault();                                                                                          \
    if (fault > 0)                                                                                                     \
      return errno = fault, -1;                                                                                        \
    return NEXT(name)(file, bytes, fault && count > 1 ? count / 2 : count, place);                                     \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

int fsync(int file) { return fails() ? -1 : NEXT(fsync)(file); }
int ftruncate(int file, off_t size) { return fails() ? -1 : NEXT(ftruncate)(file, size); }
int ftruncate64(int file, off64_t size) { return fails() ? -1 : NEXT(ftruncate64)(file, size); }
int posix_fallocate(int file, off_t from, off_t size) {
  return fails() ? errno : NEXT(posix_fallocate)(file, from, size);
}
int posix_fallocate64(int file, off64_t from, off64_t size) {
  return fails() ? errno : NEXT(posix_fallocate64)(file, from, size);
}

static void shrink(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length > 0 && (path[length] = 0, is("HEED_SHRINK", path)) && truncate(path, 0) != 0)
    _exit(99);
}

#define MMAP(name)                                                                                                     \
  void *name(void *place, size_t size, int protection, int flags, int file, off_t offset) {                            \
    int output = file >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE);                                       \
    if (output && fails())                                                                                             \
      return MAP_FAILED;                                                                                               \
    void *result = (void *)syscall(SYS_mmap, place, size, protection, flags, file, offset);                            \
    if (file >= 0)                                                                                                     \
      shrink(file);                                                                                                    \
    return result;                                                                                                     \
  }
MMAP(mmap)
MMAP(mmap64)
