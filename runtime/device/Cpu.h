// Runs an entry of a compiled model on this machine's cores. In: an entry, the values of its sizes, buffers. Out:
// filled results, or the fault that the entry reported.
#pragma once

#include "runtime/Result.h"
#include "runtime/abi/heed.h"
#include "runtime/device/ThreadPool.h"
#include "runtime/tensor/Tensor.h"

#include <span>

namespace heed::runtime {

/// Memory that one call at a time works in; grows as needed and is kept from call to call.
struct Workspace {
  Buffer arena, scratch;
};

/// One run of an entry. All pointers begin at multiples of HEED_ALIGNMENT.
struct CpuCall {
  const heed_entry &entry;
  std::span<const int64_t> sizes;
  std::span<void *const> inputs, outputs;
  const void *weights = nullptr;
  uint64_t seed = 0;
};

/// A fault that an entry reported: "stories.heed:21:9: index 600 is outside ...".
Error faultOf(const heed_entry &, int32_t fault, int64_t value);

/// May be used by several threads at once, each with its own workspace.
class Cpu {
public:
  /// 0: as many threads as there are cores.
  explicit Cpu(int threads) : pool(threads) {}

  int threads() const { return pool.size(); }
  Result<void> run(const CpuCall &, Workspace &);

private:
  ThreadPool pool;
};

} // namespace heed::runtime
