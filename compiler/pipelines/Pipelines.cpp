// The recipe: what makes each stage, and what holds afterwards. No list of passes is written anywhere else.
#include "compiler/pipelines/Pipelines.h"
#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/cpu/CpuStrategy.h"
#include "compiler/pipelines/Passes.h"

#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace heed {
namespace {

/// Afterwards: accesses are simple and all different, nothing is dead, every index op has a form that is the right one.
void toHeed(OpPassManager &model) {
  model.addPass(createNormalise());
  model.addPass(createVerifyForms());
}

/// Afterwards: no `derive` is left, every entry that was asked for exists; no `stop`. Derived entries are normalised as
/// written ones are.
void toDerived(OpPassManager &model) {
  model.addPass(createDerive());
  model.addPass(createVerifyDerived());
  toHeed(model);
}

/// A processor that is not known is told of where loops are written for it.
LayOutOptions panelsFor(const PipelineOptions &options) {
  if (options.panel)
    return {.panel = *options.panel};
  llvm::Expected<CpuStrategy> strategy = CpuStrategy::forCpu(options.cpu);
  if (strategy)
    return {.panel = strategy->tileColumns, .pairs = strategy->tiles};
  llvm::consumeError(strategy.takeError());
  return {.panel = 0};
}

/// Afterwards: only kernels compute; what leaves a region is a kernel's own result; every result has a place that
/// nothing else writes while it is still to be read; arenas are formulas in the sizes. Parameters lie as their
/// contractions want them, all other tensors are row-major.
void toKernels(OpPassManager &model, const PipelineOptions &options) {
  model.addPass(createFormKernels({.strips = options.strips}));
  model.addPass(createLayOut(panelsFor(options)));
  model.addPass(createPlace());
  model.addPass(createVerifyKernels());
}

/// Afterwards: a range function for each distinct kernel, a host function for each entry; no tensor, only memory and
/// sizes as values.
void toLoops(OpPassManager &module, const PipelineOptions &options) {
  WriteLoopsOptions how;
  how.backend = options.backend;
  how.cpu = options.cpu;
  how.plain.assign(options.plain.begin(), options.plain.end());
  module.addPass(createWriteLoops(how));
  if (!options.damaged.empty())
    module.addPass(createDamage({options.damaged}));
  module.addPass(createVerifyDialects({{"builtin", "func", "scf", "memref", "arith", "math", "vector", "llvm"}}));
}

/// Afterwards: the llvm dialect alone, and nothing undefined but the ABI's host and libm.
void toLlvm(OpPassManager &module) {
  buildLowering(module);
  module.addPass(createVerifyDialects({{"builtin", "llvm"}}));
}

} // namespace

void buildStages(OpPassManager &module, Stage from, Stage to, const PipelineOptions &options) {
  auto passes = [&](Stage stage) { return from < stage && stage <= to; };
  if (passes(Stage::Heed))
    toHeed(module.nest<ModelOp>());
  if (passes(Stage::Derived))
    toDerived(module.nest<ModelOp>());
  if (passes(Stage::Kernels))
    toKernels(module.nest<ModelOp>(), options);
  if (passes(Stage::Loops))
    toLoops(module, options);
  if (passes(Stage::Llvm))
    toLlvm(module);
}

void registerHeedPipelines() {
  struct Options : PassPipelineOptions<Options> {
    PassOptions::Option<Backend> backend{
        *this, "backend", llvm::cl::desc("who writes the loops of a kernel"), llvm::cl::init(Backend::Cpu),
        llvm::cl::values(clEnumValN(Backend::Cpu, "cpu", "fast skeletons where they fit"),
                         clEnumValN(Backend::Plain, "plain", "scalar loops"))};
    PassOptions::Option<std::string> cpu{*this, "cpu",
                                         llvm::cl::desc("the processor that skeletons and layouts are chosen for"),
                                         llvm::cl::init("native")};
    PassOptions::Option<int64_t> panel{*this, "panel", llvm::cl::desc("columns of a panel of parameters"),
                                       llvm::cl::init(-1)};
    PassOptions::ListOption<std::string> plain{*this, "plain", llvm::cl::desc("kernels that get scalar loops")};
  };
  auto add = [](StringRef name, StringRef summary, Stage to) {
    PassPipelineRegistration<Options>(name, summary, [to](OpPassManager &pm, const Options &options) {
      buildStages(pm, Stage::Made, to,
                  {.backend = options.backend,
                   .cpu = options.cpu,
                   .panel = options.panel < 0 ? std::nullopt : std::optional<int64_t>(options.panel),
                   .plain = {options.plain.begin(), options.plain.end()}});
    });
  };
  add("heed-to-heed", "simplify; every index op gets its form", Stage::Heed);
  add("heed-to-derived", "and make the entries that are asked for", Stage::Derived);
  add("heed-to-kernels", "and form kernels, every tensor in its place", Stage::Kernels);
  add("heed-to-loops", "and write loops for the kernels", Stage::Loops);
  add("heed-to-llvm", "and lower them to the llvm dialect", Stage::Llvm);
}

} // namespace heed
