// A table that handlers may read at any moment: slots are taken and given back by single atomic writes.
#include "runtime/load/Signals.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace heed::runtime {
namespace {

std::array<std::atomic<KnownFile::Entry *>, 8192> known; // a checkpoint may be 4096 files

// ---- only what a handler may call ----

void say(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0)
      return;
    text.remove_prefix(size_t(written));
  }
}

/// With the files in it.
void deleteFolder(const char *path) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return;
  alignas(8) static char entries[1 << 14];
  for (long bytes; (bytes = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0;)
    for (long at = 0; at < bytes;) { // ino64_t, off64_t, unsigned short length, unsigned char type, char name[]
      unsigned short length;
      std::memcpy(&length, entries + at + 16, sizeof length);
      unlinkat(folder, entries + at + 19, 0); // not `.` and `..`
      at += length;
    }
  close(folder);
  rmdir(path);
}

void deleteTemporaries() {
  for (const auto &slot : known)
    if (KnownFile::Entry *entry = slot; entry && entry->mapped.empty())
      if (unlink(entry->path.c_str()) != 0)
        deleteFolder(entry->path.c_str());
}

void onShrunkFile(int, siginfo_t *info, void *) {
  auto *place = static_cast<const std::byte *>(info->si_addr);
  const KnownFile::Entry *found = nullptr;
  for (const auto &slot : known)
    if (KnownFile::Entry *entry = slot;
        entry && place >= entry->mapped.data() && place < entry->mapped.data() + entry->mapped.size())
      found = entry;
  deleteTemporaries();
  say("error: ");
  say(found ? std::string_view(found->path) : "a mapped file");
  say(found ? ": became shorter, or could not be read, while it was in use\n"
            : " could not be read or written; is the disk full?\n");
  _exit(1);
}

void onEnd(int signal) {
  deleteTemporaries();
  std::signal(signal, SIG_DFL); // the caller learns what ended this
  raise(signal);
}

} // namespace

void handleSignals() {
  struct sigaction shrunk{};
  shrunk.sa_sigaction = onShrunkFile;
  shrunk.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &shrunk, nullptr);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction end{}, before{};
    end.sa_handler = onEnd;
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) // as nohup has it
      sigaction(signal, &end, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

KnownFile::KnownFile(std::string path, std::span<const std::byte> mapped) : entry(new Entry{std::move(path), mapped}) {
  for (auto &slot : known) {
    Entry *none = nullptr;
    if (slot.compare_exchange_strong(none, entry.get()))
      return;
  }
}

void KnownFile::Forget::operator()(Entry *entry) const {
  for (auto &slot : known) {
    Entry *mine = entry;
    if (slot.compare_exchange_strong(mine, nullptr))
      break;
  }
  delete entry;
}

} // namespace heed::runtime
