// Two threads walk through the two host functions, on the same buffers. Where the fast one launches a kernel, it waits
// until the plain one comes to the same launch, which then runs both kernels and compares.
#include "compiler/tools/heed/Bisect.h"

#include "compiler/codegen/Describe.h"
#include "compiler/codegen/Faults.h"
#include "compiler/codegen/Launches.h"
#include "compiler/dialect/Variants.h"
#include "compiler/tools/heed/Distance.h"
#include "runtime/abi/Philox.h"
#include "runtime/device/ThreadPool.h"
#include "runtime/program/StandardOutput.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <map>
#include <mutex>
#include <semaphore>
#include <set>
#include <thread>
#include <tuple>

namespace heed::tools {
namespace {

using runtime::Result;
using runtime::TensorView;
using Job = runtime::ThreadPool::Job;

class Lockstep;

/// One of the two runs.
struct Side {
  Lockstep *both = nullptr;
  const heed_entry *entry = nullptr;
  heed_call call{};
  std::mutex mutex;
  int32_t fault = 0;
  int64_t value = 0;

  std::string faultText() const { return runtime::faultOf(*entry, fault, value).text; }
};

/// One result of a launch: where it lies, and its bytes before, and after the fast kernel.
struct Output {
  TensorView view;
  std::byte *data;
  std::vector<std::byte> before, fast;
};

class Lockstep {
public:
  Lockstep(EntryOp entry, const heed_entry &fast, const heed_entry &plain, const runtime::CpuCall &asked, int threads)
      : launches(launchesOf(entry)), asked(asked), pool(threads) {
    for (int32_t i = 0; i != plain.size_count; ++i)
      sizes[plain.sizes[i]] = asked.sizes[i];
    this->fast.entry = &fast;
    this->plain.entry = &plain;
  }

  Result<void> run() {
    const int64_t *sizes = asked.sizes.data();
    auto bytes = std::max(fast.entry->scratch_bytes(sizes), plain.entry->scratch_bytes(sizes));
    stride = (bytes + HEED_ALIGNMENT - 1) / HEED_ALIGNMENT * HEED_ALIGNMENT;
    Result<runtime::Buffer> arena = runtime::Buffer::allocate(plain.entry->arena_bytes(sizes), "the arena");
    Result<runtime::Buffer> memory =
        runtime::Buffer::allocate(runtime::CheckedSize(stride) * pool.size(), "the scratch memory");
    if (!arena || !memory)
      return arena ? memory.error() : arena.error();
    scratch = memory->data();
    for (Side *side : {&fast, &plain})
      begin(*side, arena->data());

    std::thread other([&] {
      fast.entry->run(&fast.call);
      fastEnded = true;
      fastArrived.release();
    });
    plain.entry->run(&plain.call);
    fast.call.failed = 1; // whatever it still waits for is over
    plainMayGo.release();
    other.join();
    return outcome();
  }

private:
  void begin(Side &side, void *arena) {
    static constexpr heed_host host = {
        [](heed_call *call, heed_range range, const void *args, int64_t rows, int64_t panels, int64_t grain) {
          auto &side = *static_cast<Side *>(call->context);
          side.both->launch(side, {range, args, rows, panels, grain, nullptr, 0});
        },
        fail, philox4x32};
    side.both = this;
    side.call = {.host = &host,
                 .context = &side,
                 .sizes = asked.sizes.data(),
                 .inputs = asked.inputs.data(),
                 .outputs = asked.outputs.data(),
                 .weights = asked.weights,
                 .arena = arena,
                 .seed = asked.seed,
                 .failed = 0};
  }

  static void fail(heed_call *call, int32_t fault, int64_t value) {
    auto &side = *static_cast<Side *>(call->context);
    std::lock_guard lock(side.mutex);
    if (!call->failed || std::tie(fault, value) < std::tie(side.fault, side.value))
      std::tie(side.fault, side.value) = std::tie(fault, value);
    __atomic_store_n(&call->failed, 1, __ATOMIC_RELAXED);
  }

  // ---- a launch ----

  void launch(Side &side, Job job) {
    job.scratch = scratch;
    job.scratchStride = stride;
    if (&side == &fast) {
      fastJob = job;
      fastArrived.release();
      plainMayGo.acquire();
      return;
    }
    fastArrived.acquire();
    if (fastEnded || launched == launches.size()) {
      stop("the two versions of the entry do not launch the same kernels");
    } else {
      compare(job);
      ++launched;
    }
    plainMayGo.release();
  }

  /// Both kernels on the same memory: a result may lie where an operand does.
  void compare(const Job &plainJob) {
    std::vector<Output> outputs = outputsOf(launches[launched].kernel, plainJob.args);
    for (Output &output : outputs)
      output.before.assign(output.data, output.data + output.view.bytes());
    pool.run(fastJob);
    for (Output &output : outputs) {
      output.fast.assign(output.data, output.data + output.view.bytes());
      std::memcpy(output.data, output.before.data(), output.before.size());
    }
    pool.run(plainJob);
    kernels.insert(launches[launched].kernel.getOperation());
    if (fast.call.failed && plain.call.failed)
      return;
    if (fast.call.failed || plain.call.failed)
      return stop(fmt::format("{} differs from its plain twin\n  fast: {}\n  plain: {}", launchText(),
                              fast.call.failed ? fast.faultText() : "no fault",
                              plain.call.failed ? plain.faultText() : "no fault"));
    for (auto [number, output] : llvm::enumerate(outputs))
      judge(number, output);
  }

  void judge(size_t number, const Output &output) {
    TensorView made = output.view;
    made.data = output.fast.data();
    Distance distance = distanceOf(made, output.data);
    double tolerance = toleranceOf(made.type);
    if (distance.relative <= tolerance || difference)
      return;
    int64_t at = distance.worst, width = runtime::bytesOf(made.type);
    runtime::Shape place(made.shape.size());
    for (size_t axis = place.size(), rest = size_t(at); axis-- != 0; rest /= made.shape[axis])
      place[axis] = int64_t(rest % made.shape[axis]);
    stop(fmt::format("{} differs from its plain twin\n  result {}, {}: relative distance {:.2g}, tolerance {:.2g}\n"
                     "  worst at {}: fast {}, plain {}",
                     launchText(), number, runtime::textOf(made.type, made.shape), distance.relative, tolerance,
                     runtime::textOf(place), runtime::elementText(made.type, made.data + at * width),
                     runtime::elementText(made.type, output.data + at * width)));
  }

  std::vector<Output> outputsOf(KernelOp kernel, const void *args) {
    llvm::SmallVector<int64_t> fields = pointerFields(kernel);
    auto lookUp = [&](std::string_view name) {
      auto found = sizes.find(name);
      return found == sizes.end() ? std::nullopt : std::optional(found->second);
    };
    std::vector<Output> outputs;
    for (auto [i, result] : llvm::enumerate(kernel.getResults())) {
      auto type = llvm::cast<mlir::RankedTensorType>(result.getType());
      Output output;
      output.view.type = runtime::ElementType(abiTypeOf(type.getElementType()));
      for (const SizeExpr &axis : axesOf(type))
        output.view.shape.push_back(axis.evaluate(lookUp).value_or(0));
      std::memcpy(&output.data, static_cast<const char *>(args) + fields[kernel.getNumOperands() + i],
                  sizeof output.data);
      output.view.data = output.data;
      outputs.push_back(std::move(output));
    }
    return outputs;
  }

  /// "model.heed:12:3: kernel `up` in turn 3".
  std::string launchText() const {
    Launch launch = launches[launched];
    std::string place = placeOf(launch.kernel.getLoc());
    std::string turns = launch.turns.empty() ? "" : fmt::format(" in turn {}", fmt::join(launch.turns, ", "));
    return fmt::format("{}{}kernel `{}`{}", place, place.empty() ? "" : ": ", launch.kernel.getName().str(), turns);
  }

  /// Nothing more is launched.
  void stop(std::string why) {
    difference = std::move(why);
    fast.call.failed = plain.call.failed = 1;
  }

  Result<void> outcome() {
    if (difference)
      return runtime::failure("{}", *difference);
    if (plain.call.failed)
      return runtime::failure("{}", plain.faultText());
    if (launched != launches.size())
      return runtime::failure("the entry launched {} kernels of {}", launched, launches.size());
    return runtime::putOut(fmt::format("{} launches of {} kernels: each within the tolerance of its plain twin\n",
                                       launched, kernels.size()));
  }

  std::vector<Launch> launches;
  const runtime::CpuCall &asked;
  runtime::ThreadPool pool;
  std::map<std::string, int64_t, std::less<>> sizes;
  Side fast, plain;
  Job fastJob{};
  std::byte *scratch = nullptr;
  size_t stride = 0;
  bool fastEnded = false;
  std::counting_semaphore<> fastArrived{0}, plainMayGo{0};
  size_t launched = 0;
  std::set<mlir::Operation *> kernels;
  std::optional<std::string> difference;
};

const heed_entry *entryNamed(const heed_model &model, std::string_view name) {
  for (int32_t i = 0; i != model.entry_count; ++i)
    if (name == model.entries[i].name)
      return &model.entries[i];
  return nullptr;
}

} // namespace

Result<void> bisectCall(mlir::ModuleOp kernels, const heed_model &fast, const heed_model &plain,
                        const runtime::CpuCall &call, int threads) {
  std::string_view name = call.entry.name;
  EntryOp entry;
  kernels.walk([&](EntryOp op) {
    if (calledName(op.getSymName()) == llvm::StringRef(name))
      entry = op;
  });
  // Which kernels a run launches has to be known before it.
  if (entry.walk([](BranchOp) { return mlir::WalkResult::interrupt(); }).wasInterrupted())
    return runtime::failure("`{}` branches at run time, so its kernels are not compared one by one yet", name);
  return Lockstep(entry, *entryNamed(fast, name), *entryNamed(plain, name), call, threads).run();
}

} // namespace heed::tools
