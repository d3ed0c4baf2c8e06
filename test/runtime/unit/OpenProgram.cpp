// heed_runtime_open FILE...: opens checkpoints one after the other, and says of each what it holds or why it is
// refused, the most memory that this took besides the mapped file, and how long. Fails if that was more than the file's
// bytes and 16 MiB: twice the file, with the mapping.
#include "runtime/load/Checkpoint.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <malloc.h>
#include <new>

using namespace heed::runtime;

namespace {
size_t held = 0, most = 0;

size_t bytesIn(const std::string &path) {
  if (!std::filesystem::is_directory(path))
    return std::filesystem::file_size(path);
  size_t bytes = 0;
  for (const auto &entry : std::filesystem::directory_iterator(path))
    bytes += entry.file_size();
  return bytes;
}
} // namespace

void *operator new(size_t bytes) {
  void *memory = std::malloc(bytes);
  if (!memory)
    std::abort();
  held += malloc_usable_size(memory) + sizeof(size_t);
  most = std::max(most, held);
  return memory;
}
void operator delete(void *memory) noexcept {
  if (memory)
    held -= malloc_usable_size(memory) + sizeof(size_t);
  std::free(memory);
}
void operator delete(void *memory, size_t) noexcept { operator delete(memory); }

int main(int argc, char **argv) {
  bool within = true;
  for (int i = 1; i < argc; ++i) {
    std::string path = argv[i];
    size_t before = most = held, bytes = bytesIn(path);
    auto begin = std::chrono::steady_clock::now();
    std::string said;
    if (Result<Checkpoint> opened = Checkpoint::open(path))
      said = fmt::format("{} tensors, {} settings", opened->tensors().size(), opened->config().size());
    else
      said = opened.error().text;
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    size_t needed = most - before;
    bool little = needed <= bytes + (16 << 20);
    within &= little;
    fmt::print("{}: {:.1f} MiB, needs {:.1f} MiB{}, {:.0f} ms: {}\n", std::filesystem::path(path).filename().string(),
               double(bytes) / (1 << 20), double(needed) / (1 << 20), little ? "" : " TOO MUCH", seconds * 1e3, said);
  }
  return within ? 0 : 1;
}
