// `heed run FILE ENTRY` and `heed generate FILE`: compile in memory, then do what a built executable does.
#include "compiler/dialect/HeedDialect.h"
#include "compiler/tools/heed/Compilation.h"
#include "compiler/tools/heed/Interpret.h"
#include "runtime/program/Verbs.h"

namespace heed::tools {
namespace {

/// What is not run need not be compiled, but for the initial values. Where no entry has the name, all stay, and the
/// runtime tells which there are.
void keepEntry(mlir::ModuleOp module, llvm::StringRef name) {
  llvm::SmallVector<EntryOp> others;
  bool known = false;
  module.walk([&](EntryOp entry) {
    if (entry.getInitialise())
      return;
    if (entry.getSymName() == name)
      known = true;
    else
      others.push_back(entry);
  });
  if (known)
    for (EntryOp entry : others)
      entry.erase();
}

struct InMemory {
  Compilation compilation;
  Compilation::Module heed; // the module at that stage, for the interpreter
  std::optional<LoadedModel> model;

  /// With all entries, or with the one named.
  explicit InMemory(const SourceOptions &options, llvm::StringRef entry = {}) : compilation(options) {
    heed = compilation.toStage(heed::Stage::Heed);
    if (!heed)
      return;
    keepEntry(*heed, entry);
    Compilation::Module module(heed->clone());
    if (!compilation.lower(*module, heed::Stage::Heed, heed::Stage::Llvm))
      return;
    if (auto objects = compilation.objects(*module, {.cpu = options.cpu, .name = {}, .onlyModel = true}))
      model = compilation.loaded(*objects);
  }
};

bool told(const runtime::Result<void> &outcome) { return outcome ? true : fail("{}", outcome.error().text); }

} // namespace

bool run(const RunOptions &options) {
  InMemory compiled(options.source, options.run.entry);
  if (!compiled.model)
    return false;
  const heed_model &model = **compiled.model;
  runtime::Compute compute;
  if (options.interpret)
    compute = [&](const runtime::CpuCall &call) { return interpretCall(*compiled.heed, model, call); };
  return told(runtime::runEntry(model, options.run, nullptr, compute));
}

bool generate(const GenerateOptions &options) {
  InMemory compiled(options.source);
  return compiled.model && told(runtime::generateText(**compiled.model, options.generate));
}

} // namespace heed::tools
