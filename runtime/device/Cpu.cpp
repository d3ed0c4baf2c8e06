// The host side of the contract: parallel ranges, faults, bits.
#include "runtime/device/Cpu.h"

#include "runtime/abi/Philox.h"

#include <mutex>
#include <tuple>

namespace heed::runtime {
namespace {

/// What `heed_call.context` points to.
struct Running {
  ThreadPool &pool;
  std::byte *scratch;
  size_t scratchStride;
  std::mutex mutex;
  int32_t fault = 0; // the least (fault, value), so that threads in any order report the same
  int64_t value = 0;
};

void parallelFor(heed_call *call, heed_range range, const void *args, int64_t rows, int64_t panels, int64_t grain) {
  auto &running = *static_cast<Running *>(call->context);
  running.pool.run({range, args, rows, panels, grain, running.scratch, running.scratchStride});
}

void fail(heed_call *call, int32_t fault, int64_t value) {
  auto &running = *static_cast<Running *>(call->context);
  std::lock_guard lock(running.mutex);
  if (!call->failed || std::tie(fault, value) < std::tie(running.fault, running.value)) {
    running.fault = fault;
    running.value = value;
  }
  __atomic_store_n(&call->failed, 1, __ATOMIC_RELAXED); // other threads may be looking at it
}

constexpr heed_host host = {parallelFor, fail, philox4x32};

Result<void> grow(Buffer &buffer, CheckedSize bytes, const char *entry, const char *what) {
  if (buffer.data() && bytes.fits(buffer.size()))
    return {};
  buffer = {}; // first give back, then ask
  Result<Buffer> larger = Buffer::allocate(bytes, fmt::format("{} of entry `{}`", what, entry));
  if (!larger)
    return larger.error();
  buffer = std::move(*larger);
  return {};
}

} // namespace

Error faultOf(const heed_entry &entry, int32_t number, int64_t value) {
  if (number < 0 || number >= entry.fault_count)
    return failure("entry `{}` reported a fault that it does not describe ({})", entry.name, number);
  const heed_fault &fault = entry.faults[number];
  std::string message = fault.message;
  if (size_t at = message.find("{}"); at != std::string::npos)
    message.replace(at, 2, std::to_string(value));
  return failure("{}: {}", fault.place, message);
}

Result<void> Cpu::run(const CpuCall &asked, Workspace &workspace) {
  const heed_entry &entry = asked.entry;
  constexpr int64_t line = HEED_ALIGNMENT;
  CheckedSize scratchBytes = CheckedSize(entry.scratch_bytes(asked.sizes.data())) + (line - 1);
  CheckedSize stride = scratchBytes.isValid() ? CheckedSize(scratchBytes.value() / line * line) : scratchBytes;
  if (Result<void> grown = grow(workspace.arena, entry.arena_bytes(asked.sizes.data()), entry.name, "the arena");
      !grown)
    return grown;
  if (Result<void> grown = grow(workspace.scratch, stride * pool.size(), entry.name, "the scratch memory"); !grown)
    return grown;

  Running running{pool, workspace.scratch.data(), stride.value()};
  heed_call call{};
  call.host = &host;
  call.context = &running;
  call.sizes = asked.sizes.data();
  call.inputs = asked.inputs.data();
  call.outputs = asked.outputs.data();
  call.weights = asked.weights;
  call.arena = workspace.arena.data();
  call.seed = asked.seed;
  entry.run(&call);
  if (call.failed)
    return faultOf(entry, running.fault, running.value);
  return {};
}

} // namespace heed::runtime
