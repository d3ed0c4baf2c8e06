// What becomes of files when a signal ends the process. In: files that are mapped, temporary files. Out: a mapped file
// that becomes shorter while it is read is an error with its name, not SIGBUS; temporary files do not outlive SIGINT,
// SIGTERM and SIGHUP. Programs ask for this in `main`; a library leaves signals to its host.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace heed::runtime {

/// Installs the handlers, and has writing to a closed pipe or a file that became too large give an error to the writer.
void handleSignals();

/// A file that handlers know for as long as this lives. There are places for some thousands; one more is not known.
class KnownFile {
public:
  KnownFile() = default;
  /// Mapped for reading.
  KnownFile(std::string path, std::span<const std::byte> mapped);
  /// Temporary, a file or a folder of files: the handlers delete it.
  explicit KnownFile(std::string path) : KnownFile(std::move(path), {}) {}
  KnownFile(KnownFile &&) = default;
  KnownFile &operator=(KnownFile &&) = default;

  struct Entry {
    std::string path;
    std::span<const std::byte> mapped; // empty: temporary
  };

private:
  struct Forget {
    void operator()(Entry *) const;
  };
  std::unique_ptr<Entry, Forget> entry;
};

} // namespace heed::runtime
