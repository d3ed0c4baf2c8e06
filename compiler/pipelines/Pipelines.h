// The stages of the compiler, and how to get from one to another.
#pragma once

#include "mlir/Pass/PassManager.h"

#include <optional>

namespace heed {

enum class Stage {
  Made,    // what irgen hands over
  Heed,    // simplified, every index op in a named form
  Derived, // requested entries exist
  Kernels, // only kernels compute, every tensor has a place
  Loops,   // functions in loops over memory
  Llvm,    // the llvm dialect alone
};

/// Who writes the loops of a kernel.
enum class Backend {
  Plain, // scalar loops: right, and the reference
  Cpu,   // vectors and tiles where a skeleton fits, else scalar loops
};

struct PipelineOptions {
  Backend backend = Backend::Cpu;
  std::string cpu = "native";     // what skeletons and layouts are chosen for
  std::optional<int64_t> panel{}; // columns of a panel of parameters, 0: row-major; else as the processor likes them
  std::vector<std::string> plain; // kernels that get scalar loops all the same
  bool strips = true;             // long rows are made a few at a time, so that they are never there as a whole
  std::string damaged;            // for tests: a kernel whose results are made wrong; empty: none
};

/// Adds what leads from a module at stage `from` to stage `to`, wall by wall. Nothing if it is there already.
void buildStages(mlir::OpPassManager &, Stage from, Stage to, const PipelineOptions & = {});

/// For tools that take them by name: `--heed-to-derived`, …, each from `Made` on. (Single passes: registerHeedPasses of
/// Passes.h.)
void registerHeedPipelines();

} // namespace heed
