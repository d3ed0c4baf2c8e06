// Threads that share out one range of rows and panels at a time. In: a range function, its arguments, how far it goes.
// Out: all of it was called. Which thread does which piece is chance, so range functions must not let results depend on
// it.
#pragma once

#include "runtime/abi/heed.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace heed::runtime {

/// The cores that this process may use.
int availableCores();

class ThreadPool {
public:
  /// The caller of `run` is one of the threads; 0 means one a core.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  int size() const { return int(workers.size()) + 1; }

  /// What is to be done: rows x panels, in pieces of at least `grain` rows.
  struct Job {
    heed_range range;
    const void *args;
    int64_t rows, panels, grain;
    std::byte *scratch; // of thread i: scratch + i * scratchStride
    size_t scratchStride;
  };
  /// Returns when everything is done. When another caller has the pool, the calling thread does the whole job alone,
  /// with the first scratch: several callers never make more threads than cores.
  void run(const Job &);
  /// Calls `work(begin, end)` until all of `count` is covered, in pieces of at least `grain`.
  template <typename Work> void each(int64_t count, int64_t grain, const Work &work) {
    heed_range range = [](const void *args, int64_t begin, int64_t end, int64_t, int64_t, void *) {
      (*static_cast<const Work *>(args))(begin, end);
    };
    if (count != 0)
      run({range, &work, count, 1, grain, nullptr, 0});
  }

private:
  void work(int thread);
  void takePieces(int thread);
  void openJob(const Job &);
  void closeJob();

  Job job{};
  int64_t rowPieces = 0, panelPieces = 0, pieces = 0;
  alignas(64) std::atomic<int64_t> nextPiece{0};
  // A worker announces itself in `busy` before it looks at `open`; the caller closes before it looks at `busy`. So
  // either the worker sees the closed door, or the caller sees the worker and waits. Workers that sleep through a short
  // job are not waited for.
  alignas(64) std::atomic<bool> open{false};
  alignas(64) std::atomic<int> busy{0};
  alignas(64) std::atomic<uint32_t> jobsSoFar{0};
  std::atomic<bool> stopping{false};
  std::atomic<bool> taken{false};
  std::vector<std::thread> workers;
};

} // namespace heed::runtime
