#include "Memory.h"

#include "RunPlain.h"

#include "compiler/codegen/Launches.h"
#include "compiler/irgen/IrGen.h"
#include "compiler/kernels/InPlace.h"
#include "compiler/kernels/SampleSizes.h"
#include "compiler/pipelines/Pipelines.h"
#include "lang/check/Check.h"
#include "lang/check/Package.h"
#include "lang/check/Resolve.h"
#include "runtime/abi/Philox.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <sys/mman.h>
#include <utility>

namespace heed::test {

// ---- guards ----

static size_t roundedUp(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }
static constexpr size_t page = 4096;

Guarded::Guarded(size_t bytes, Guard guard, std::byte fill) : size(bytes), fill(fill) {
  size_t lines = roundedUp(std::max<size_t>(bytes, 1), HEED_ALIGNMENT), pages = roundedUp(lines, page);
  mappedSize = pages + 2 * page;
  void *memory = mmap(nullptr, mappedSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  mapped = static_cast<std::byte *>(memory);
  REQUIRE(mprotect(mapped + page, pages, PROT_READ | PROT_WRITE) == 0);
  std::memset(mapped + page, int(fill), pages);
  begin = mapped + page + (guard == Guard::Behind ? pages - lines : 0);
}
Guarded::Guarded(Guarded &&other) noexcept
    : mapped(std::exchange(other.mapped, nullptr)), begin(other.begin), mappedSize(other.mappedSize), size(other.size),
      fill(other.fill) {}
Guarded::~Guarded() {
  if (mapped)
    munmap(mapped, mappedSize);
}
void Guarded::refill() { std::memset(begin, int(fill), size); }
bool Guarded::restIsWhole() const {
  std::byte *end = begin + roundedUp(size, HEED_ALIGNMENT);
  return std::all_of(begin + size, end, [&](std::byte b) { return b == fill; });
}

// ---- compiling ----

Compiled compileProgram(const std::string &file, const std::string &model, const std::string &cpu) {
  Sources sources;
  Diagnostics diagnostics(sources);
  auto clean = [&] {
    if (diagnostics.any())
      REQUIRE_MESSAGE(false, diagnostics.render(false));
  };
  const std::string source = HEED_SOURCE;
  Package package = load(sources, source + "/" + file, source + "/stdlib", diagnostics);
  resolve(package, diagnostics);
  clean();
  CheckOptions options;
  options.model = model;
  std::unique_ptr<checked::Program> program = check(sources, package, options, diagnostics);
  clean();
  auto lower = [&](mlir::ModuleOp module, Stage from, Stage to) {
    mlir::PassManager pm(module.getContext());
    PipelineOptions how;
    how.cpu = cpu;
    buildStages(pm, from, to, how);
    REQUIRE(mlir::succeeded(pm.run(module)));
  };
  auto kernels = generate(*program, sources, compilerContext(), {.precision = "f32"});
  lower(*kernels, Stage::Made, Stage::Kernels);
  mlir::OwningOpRef<mlir::ModuleOp> copy(kernels->clone());
  lower(*copy, Stage::Kernels, Stage::Llvm);
  CodegenOptions how;
  how.cpu = cpu;
  auto objects = emitObjects(*copy, how);
  if (!objects)
    REQUIRE_MESSAGE(false, llvm::toString(objects.takeError()));
  auto loaded = LoadedModel::fromObjects(*objects);
  if (!loaded)
    REQUIRE_MESSAGE(false, llvm::toString(loaded.takeError()));
  return {std::move(kernels), std::move(*loaded)};
}

// ---- the host ----

namespace {

struct Host {
  const heed_entry &entry;
  const Conditions &conditions;
  Sample sizes;
  std::vector<Launch> launches;
  Guarded scratch;
  size_t launched = 0;
  unsigned poisoned = 0;

  /// Whether an op of the block after `kernel` may read the value, itself or as a reshape.
  static bool isReadAfter(mlir::Value value, KernelOp kernel) {
    return llvm::any_of(value.getUsers(), [&](mlir::Operation *user) {
      auto view = llvm::dyn_cast<ReshapeOp>(user);
      mlir::Operation *within = kernel->getBlock()->findAncestorOpInBlock(*user);
      return !within || (view ? isReadAfter(view, kernel) : kernel->isBeforeInBlock(within));
    });
  }
  static bool diesIn(mlir::Value operand, KernelOp kernel) {
    mlir::Value root = memoryOf(operand);
    auto made = root.getDefiningOp<KernelOp>();
    if (!made || made->getBlock() != kernel->getBlock() || isReadAfter(root, kernel))
      return false;
    auto place = llvm::cast<PlaceAttr>((*made.getPlaces())[llvm::cast<mlir::OpResult>(root).getResultNumber()]);
    return place.getKind() == PlaceKind::arena || place.getKind() == PlaceKind::inner;
  }

  void poison(KernelOp kernel, const char *args) {
    struct Interval {
      std::byte *begin;
      int64_t bytes;
    };
    llvm::SmallVector<int64_t> fields = pointerFields(kernel);
    auto intervalOf = [&](mlir::Value value, int64_t field) {
      Interval interval;
      std::memcpy(&interval.begin, args + field, sizeof interval.begin);
      interval.bytes = *bytesOf(llvm::cast<mlir::RankedTensorType>(value.getType())).evaluate(lookIn(sizes));
      return interval;
    };
    std::vector<Interval> results;
    for (auto [i, result] : llvm::enumerate(kernel.getResults()))
      results.push_back(intervalOf(result, fields[kernel.getNumOperands() + i]));
    for (auto [i, operand] : llvm::enumerate(kernel->getOperands())) {
      if (fields[i] < 0 || !diesIn(operand, kernel))
        continue;
      Interval dead = intervalOf(operand, fields[i]);
      bool inPlace = llvm::any_of(results, [&](const Interval &result) {
        return result.begin < dead.begin + dead.bytes && dead.begin < result.begin + result.bytes;
      });
      if (inPlace)
        continue;
      std::memset(dead.begin, 0xff, size_t(dead.bytes));
      ++poisoned;
    }
  }

  /// Pieces of three rows and two panels, the last ones first, each with scratch memory as it was at first.
  void run(heed_range range, const char *args, int64_t rows, int64_t panels) {
    constexpr int64_t height = 3, width = 2;
    for (int64_t r = (rows - 1) / height * height; r >= 0; r -= height)
      for (int64_t p = (panels - 1) / width * width; p >= 0; p -= width) {
        scratch.refill();
        range(args, r, std::min(rows, r + height), p, std::min(panels, p + width), scratch.data());
      }
    CHECK(scratch.restIsWhole());
    REQUIRE(launched < launches.size());
    if (conditions.poisonDead)
      poison(launches[launched].kernel, args);
    ++launched;
  }
};

constexpr heed_host functions = {
    [](heed_call *call, heed_range range, const void *args, int64_t rows, int64_t panels, int64_t) {
      static_cast<Host *>(call->context)->run(range, static_cast<const char *>(args), rows, panels);
    },
    [](heed_call *call, int32_t fault, int64_t value) {
      auto &host = *static_cast<Host *>(call->context);
      CHECK_MESSAGE(false, host.entry.faults[fault].message, " ", value);
      call->failed = 1;
    },
    philox4x32};

// ---- buffers ----

size_t widthOf(int32_t type) {
  return type == HEED_F64 || type == HEED_I64   ? 8
         : type == HEED_F32 || type == HEED_I32 ? 4
         : type <= HEED_BF16                    ? 2
                                                : 1;
}

size_t bytesOf(const heed_tensor &tensor, const std::vector<int64_t> &sizes) {
  size_t bytes = widthOf(tensor.type);
  for (int32_t axis = 0; axis != tensor.rank; ++axis)
    bytes *= size_t(tensor.axes[axis].value(sizes.data()));
  return bytes;
}

/// Small whole numbers, or reals between -1 and 1 in f32; the programs have no other inputs.
void fillInput(const heed_tensor &tensor, std::byte *data, size_t bytes, std::mt19937 &random) {
  size_t width = widthOf(tensor.type);
  for (size_t at = 0; at != bytes; at += width) {
    int64_t whole = int64_t(random() % (tensor.type == HEED_BOOL ? 2 : 8));
    float real = float(random() % 2001) / 1000 - 1;
    REQUIRE((tensor.type == HEED_F32 || tensor.type >= HEED_I64));
    std::memcpy(data + at, tensor.type == HEED_F32 ? static_cast<void *>(&real) : &whole, width);
  }
}

/// Several entries may have one name; a model has them in the order of their ops.
EntryOp entryOf(const Compiled &compiled, const heed_entry &entry) {
  const heed_model &model = *compiled.model;
  EntryOp found;
  int32_t number = 0;
  compiled.kernels.get()->walk([&](EntryOp op) {
    if (&entry == (op.getInitialise() ? model.initialise : &model.entries[number++]))
      found = op;
  });
  return found;
}

} // namespace

// ---- calls ----

Called callEntry(const Compiled &compiled, const heed_entry &entry, const std::vector<int64_t> &sizes,
                 const Bytes &weights, const Conditions &conditions) {
  std::mt19937 random(7);
  Host host{entry,
            conditions,
            {},
            launchesOf(entryOf(compiled, entry)),
            Guarded(size_t(entry.scratch_bytes(sizes.data())), conditions.guard, conditions.fill)};
  for (int32_t i = 0; i != entry.size_count; ++i)
    host.sizes[entry.sizes[i]] = sizes[i];
  std::vector<Guarded> inputs, outputs;
  std::vector<void *> inputPointers, outputPointers;
  for (int32_t i = 0; i != entry.input_count; ++i) {
    size_t bytes = bytesOf(entry.inputs[i], sizes);
    inputPointers.push_back(inputs.emplace_back(bytes, conditions.guard, std::byte(0xff)).data());
    fillInput(entry.inputs[i], inputs.back().data(), bytes, random);
  }
  for (int32_t i = 0; i != entry.output_count; ++i)
    outputPointers.push_back(
        outputs.emplace_back(bytesOf(entry.outputs[i], sizes), conditions.guard, conditions.fill).data());
  Guarded image(weights.size(), conditions.guard, std::byte(0xff));
  std::copy(weights.begin(), weights.end(), image.data());
  Guarded arena(size_t(entry.arena_bytes(sizes.data())), conditions.guard, conditions.fill);

  heed_call call{
      &functions, &host, sizes.data(), inputPointers.data(), outputPointers.data(), image.data(), arena.data(), 3, 0};
  CHECK(entry.run(&call) == 0);
  CHECK(host.launched == host.launches.size());
  Called called{{}, arena.bytes(), host.poisoned};
  for (const Guarded &output : outputs) {
    CHECK(output.restIsWhole());
    called.results.push_back(output.bytes());
  }
  CHECK(arena.restIsWhole());
  CHECK(image.bytes() == weights);
  return called;
}

Bytes initialWeights(const Compiled &compiled, const Conditions &conditions) {
  const heed_model &model = *compiled.model;
  Bytes image(size_t(model.weights_bytes));
  if (!model.initialise)
    return image;
  Called called = callEntry(compiled, *model.initialise, {}, {}, conditions);
  for (int32_t i = 0; i != model.parameter_count; ++i) {
    const heed_parameter &parameter = model.parameters[i];
    size_t width = widthOf(parameter.type);
    for (size_t at = 0; at != called.results[i].size(); at += width)
      std::memcpy(&image[parameter.offset + placeOf(parameter, at / width) * width], &called.results[i][at], width);
  }
  return image;
}

} // namespace heed::test
