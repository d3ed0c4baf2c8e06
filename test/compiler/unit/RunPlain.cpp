// A host with one thread: buffers in the element types of the ABI, ranges in pieces, faults recorded.
#include "RunPlain.h"

#include "compiler/codegen/Codegen.h"
#include "runtime/abi/Philox.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace heed::test {
namespace {

// ---- elements ----

size_t widthOf(int32_t type) {
  switch (type) {
  case HEED_F64:
  case HEED_I64:
    return 8;
  case HEED_F32:
  case HEED_I32:
    return 4;
  case HEED_F16:
  case HEED_BF16:
    return 2;
  default:
    return 1;
  }
}

struct Buffer {
  std::vector<std::byte> storage;
  int32_t type;
  std::byte *data;

  Buffer(int32_t type, size_t count)
      : storage(count * widthOf(type) + 2 * HEED_ALIGNMENT, std::byte(0xff)), type(type) {
    auto address = reinterpret_cast<uintptr_t>(storage.data());
    data = storage.data() + (HEED_ALIGNMENT - address % HEED_ALIGNMENT);
  }
  template <typename T> T &at(size_t i) { return reinterpret_cast<T *>(data)[i]; }

  void put(size_t i, Cell cell) {
    switch (type) {
    case HEED_F64:
      at<double>(i) = cell.real;
      break;
    case HEED_F32:
      at<float>(i) = float(cell.real);
      break;
    case HEED_BF16:
      at<uint16_t>(i) = uint16_t(std::bit_cast<uint32_t>(float(cell.real)) >> 16); // of numbers that bf16 has exactly
      break;
    case HEED_I64:
      at<int64_t>(i) = cell.integer;
      break;
    case HEED_I32:
      at<int32_t>(i) = int32_t(cell.integer);
      break;
    default:
      at<uint8_t>(i) = uint8_t(cell.integer);
    }
  }
  Cell get(size_t i) {
    switch (type) {
    case HEED_F64:
      return at<double>(i);
    case HEED_F32:
      return double(at<float>(i));
    case HEED_BF16:
      return double(std::bit_cast<float>(uint32_t(at<uint16_t>(i)) << 16));
    case HEED_I64:
      return at<int64_t>(i);
    case HEED_I32:
      return int64_t(at<int32_t>(i));
    default:
      return int64_t(at<uint8_t>(i));
    }
  }
};

Buffer bufferOf(const Array &array, int32_t type) {
  Buffer buffer(type, array.cells.size());
  for (size_t i = 0; i != array.cells.size(); ++i)
    buffer.put(i, array.cells[i]);
  return buffer;
}

// ---- the host ----

struct Faults {
  std::vector<std::pair<int32_t, int64_t>> all;
  int64_t scratchBytes;
};

void parallelFor(heed_call *call, heed_range range, const void *args, int64_t rows, int64_t panels, int64_t) {
  constexpr int64_t piece = 3;
  for (int64_t r0 = (rows - 1) / piece * piece; r0 >= 0; r0 -= piece) {
    Buffer scratch(HEED_U8, static_cast<Faults *>(call->context)->scratchBytes);
    range(args, r0, std::min(rows, r0 + piece), 0, panels, scratch.data);
  }
}
void fail(heed_call *call, int32_t fault, int64_t value) {
  static_cast<Faults *>(call->context)->all.push_back({fault, value});
  call->failed = 1;
}
void randomBits(uint64_t key, const uint32_t counter[4], uint32_t bits[4]) { philox4x32(key, counter, bits); }

const heed_entry &entryNamed(const heed_model &model, llvm::StringRef name) {
  for (int32_t i = 0; i != model.entry_count; ++i)
    if (name == model.entries[i].name)
      return model.entries[i];
  return *model.initialise;
}

/// What the axes of the inputs bind.
std::vector<int64_t> sizesOf(const heed_entry &entry, llvm::ArrayRef<Array> inputs) {
  std::vector<int64_t> sizes(entry.size_count);
  for (int32_t i = 0; i != entry.input_count; ++i)
    for (int32_t a = 0; a != entry.inputs[i].rank; ++a) {
      const heed_axis &axis = entry.inputs[i].axes[a];
      if (axis.binds >= 0)
        sizes[axis.binds] = (inputs[i].shape[a] - axis.offset) / axis.factor;
    }
  return sizes;
}

Outcome call(const heed_model &model, const heed_entry &entry, llvm::ArrayRef<Array> inputs,
             llvm::ArrayRef<Array> parameters, uint64_t seed) {
  std::vector<int64_t> sizes = sizesOf(entry, inputs);
  std::vector<Buffer> in, out;
  std::vector<void *> inputPointers, outputPointers;
  for (int32_t i = 0; i != entry.input_count; ++i)
    inputPointers.push_back(in.emplace_back(bufferOf(inputs[i], entry.inputs[i].type)).data);
  Outcome outcome;
  for (int32_t i = 0; i != entry.output_count; ++i) {
    const heed_tensor &tensor = entry.outputs[i];
    std::vector<int64_t> shape;
    for (int32_t a = 0; a != tensor.rank; ++a)
      shape.push_back(tensor.axes[a].value(sizes.data()));
    outcome.results.emplace_back(tensor.type <= HEED_BF16, shape);
    outputPointers.push_back(out.emplace_back(tensor.type, outcome.results.back().count()).data);
  }
  Buffer weights(HEED_U8, model.weights_bytes), arena(HEED_U8, entry.arena_bytes(sizes.data()));
  for (auto [i, array] : llvm::enumerate(parameters)) {
    const heed_parameter &parameter = model.parameters[i];
    Buffer buffer = bufferOf(array, parameter.type);
    size_t width = widthOf(buffer.type);
    for (size_t c = 0; c != array.cells.size(); ++c)
      std::memcpy(weights.data + parameter.offset + placeOf(parameter, c) * width, buffer.data + c * width, width);
  }

  Faults faults{{}, entry.scratch_bytes(sizes.data())};
  const heed_host host{parallelFor, fail, randomBits};
  heed_call call{&host, &faults, sizes.data(), inputPointers.data(), outputPointers.data(), weights.data, arena.data,
                 seed,  0};
  int32_t status = entry.run(&call);
  CHECK(status == (faults.all.empty() ? 0 : 1));
  if (status) {
    auto [fault, value] = *std::min_element(faults.all.begin(), faults.all.end());
    outcome.error = entry.faults[fault].message;
    if (size_t hole = outcome.error.find("{}"); hole != std::string::npos)
      outcome.error.replace(hole, 2, std::to_string(value));
  }
  for (auto [i, result] : llvm::enumerate(outcome.results))
    for (size_t c = 0; c != result.cells.size(); ++c)
      result.cells[c] = out[i].get(c);
  return outcome;
}

} // namespace

// ---- layouts ----

size_t placeOf(const heed_parameter &parameter, size_t element) {
  if (parameter.digit_count == 0)
    return element;
  std::vector<size_t> indices(parameter.rank);
  for (int32_t axis = parameter.rank; axis-- > 0; element /= parameter.shape[axis])
    indices[axis] = element % parameter.shape[axis];
  size_t place = 0;
  for (int32_t i = 0; i != parameter.digit_count; ++i) {
    const heed_digit &digit = parameter.digits[i];
    place = place * digit.extent + indices[digit.axis] / digit.divisor % digit.extent;
  }
  return place;
}

// ---- compiling ----

mlir::MLIRContext &compilerContext() {
  static auto *context = [] {
    mlir::DialectRegistry registry;
    registerCodegenDialects(registry);
    return new mlir::MLIRContext(registry);
  }();
  return *context;
}

std::vector<std::string> compile(mlir::ModuleOp module, const PipelineOptions &stages, unsigned threads) {
  mlir::PassManager pm(module->getContext());
  buildStages(pm, Stage::Made, Stage::Llvm, stages);
  REQUIRE(mlir::succeeded(pm.run(module)));
  CodegenOptions options;
  options.threads = threads;
  auto objects = emitObjects(module, options);
  if (!objects)
    REQUIRE_MESSAGE(false, llvm::toString(objects.takeError()));
  return *objects;
}

Outcome runPlain(mlir::ModuleOp module, llvm::StringRef entry, llvm::ArrayRef<Array> inputs,
                 llvm::ArrayRef<Array> weights, uint64_t seed, const PipelineOptions &stages) {
  mlir::OwningOpRef<mlir::ModuleOp> copy = module.clone();
  auto model = LoadedModel::fromObjects(compile(*copy, stages));
  if (!model)
    REQUIRE_MESSAGE(false, llvm::toString(model.takeError()));
  return call(**model, entryNamed(**model, entry), inputs, weights, seed);
}

Outcome runPlain(const EntryText &entry, llvm::ArrayRef<Array> inputs, uint64_t seed) {
  auto module = parse(compilerContext(), entry);
  return runPlain(*module, "f", inputs, {}, seed);
}

void checkPlain(const EntryText &entry, llvm::ArrayRef<Array> inputs, double tolerance, uint64_t seed) {
  Outcome expected = run(entry, inputs, seed), found = runPlain(entry, inputs, seed);
  CHECK(found.error == expected.error);
  if (!expected.error.empty())
    return;
  REQUIRE(found.results.size() == expected.results.size());
  for (size_t r = 0; r != found.results.size(); ++r) {
    std::vector<double> a = found.reals(r), b = expected.reals(r);
    REQUIRE(a.size() == b.size());
    double greatest = 1e-30;
    for (double x : b)
      if (std::isfinite(x))
        greatest = std::max(greatest, std::abs(x));
    for (size_t i = 0; i != a.size(); ++i) {
      INFO("result ", r, " element ", i, ": ", a[i], " and ", b[i]);
      CHECK((a[i] == b[i] || std::abs(a[i] - b[i]) <= tolerance * greatest));
    }
  }
}

Array someFloats(std::vector<int64_t> shape, unsigned salt) {
  Array array(true, std::move(shape));
  for (auto [i, cell] : llvm::enumerate(array.cells))
    cell = Cell(std::round(128 * std::sin(1.7 * double(i) + 0.3 + salt)) / 128); // few enough bits for bf16
  return array;
}

} // namespace heed::test
