// A pool that spins for some microseconds, then sleeps: kernels follow each other closely, tokens do not.
#include "runtime/device/ThreadPool.h"

#include <algorithm>

#include <immintrin.h>
#include <sched.h>

namespace heed::runtime {
namespace {

constexpr int spins = 2000;          // some microseconds of `pause`
constexpr int64_t piecesAThread = 4; // evens out threads of unequal speed

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

} // namespace

int availableCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return std::max(1, int(std::thread::hardware_concurrency()));
  return std::max(1, CPU_COUNT(&set));
}

ThreadPool::ThreadPool(int threads) {
  int count = threads > 0 ? threads : availableCores();
  for (int thread = 1; thread < count; ++thread)
    workers.emplace_back([this, thread] { work(thread); });
}

ThreadPool::~ThreadPool() {
  stopping = true;
  ++jobsSoFar;
  jobsSoFar.notify_all();
  for (std::thread &worker : workers)
    worker.join();
}

void ThreadPool::run(const Job &asked) {
  if (asked.rows <= 0 || asked.panels <= 0)
    return;
  bool alone = workers.empty() || taken.exchange(true);
  if (alone)
    return asked.range(asked.args, 0, asked.rows, 0, asked.panels, asked.scratch);
  openJob(asked);
  takePieces(0);
  closeJob();
  taken = false;
}

void ThreadPool::openJob(const Job &asked) {
  job = asked;
  int64_t wanted = size() * piecesAThread;
  rowPieces = std::clamp(job.rows / std::max(job.grain, int64_t(1)), int64_t(1), wanted);
  // Panels are cut only where rows do not give every thread something to do.
  panelPieces = rowPieces >= size() ? 1 : std::min(job.panels, divideUp(wanted, rowPieces));
  pieces = rowPieces * panelPieces;
  nextPiece = 0;
  if (pieces == 1)
    return; // not worth waking anyone
  open = true;
  ++jobsSoFar;
  jobsSoFar.notify_all();
}

void ThreadPool::closeJob() {
  open = false;
  for (int spin = 0; busy != 0; ++spin) {
    if (spin < spins) {
      _mm_pause();
    } else if (int now = busy) {
      busy.wait(now);
    }
  }
}

void ThreadPool::takePieces(int thread) {
  std::byte *scratch = job.scratch + size_t(thread) * job.scratchStride;
  for (int64_t piece; (piece = nextPiece++) < pieces;) {
    int64_t row = piece % rowPieces, panel = piece / rowPieces;
    // Pieces differ by one row at most.
    auto rowsBefore = [&](int64_t n) { return job.rows * n / rowPieces; };
    auto panelsBefore = [&](int64_t n) { return job.panels * n / panelPieces; };
    job.range(job.args, rowsBefore(row), rowsBefore(row + 1), panelsBefore(panel), panelsBefore(panel + 1), scratch);
  }
}

void ThreadPool::work(int thread) {
  for (uint32_t seen = 0; !stopping;) {
    for (int spin = 0; spin != spins && jobsSoFar == seen; ++spin)
      _mm_pause();
    jobsSoFar.wait(seen);
    seen = jobsSoFar;
    ++busy;
    if (open)
      takePieces(thread);
    if (--busy == 0)
      busy.notify_all();
  }
}

} // namespace heed::runtime
