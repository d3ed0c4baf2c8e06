// `heed run FILE ENTRY` and `heed generate FILE`: compile in memory, then do what a built executable does.
#include "compiler/tools/heed/Compilation.h"
#include "compiler/tools/heed/Interpret.h"
#include "runtime/program/Verbs.h"

namespace heed::tools {
namespace {

struct InMemory {
  Compilation compilation;
  Compilation::Module heed; // the module at that stage, for the interpreter
  std::optional<LoadedModel> model;

  explicit InMemory(const SourceOptions &options) : compilation(options) {
    heed = compilation.toStage(heed::Stage::Heed);
    if (!heed)
      return;
    Compilation::Module module(heed->clone());
    if (!compilation.lower(*module, heed::Stage::Heed, heed::Stage::Llvm))
      return;
    std::optional<std::string> object =
        compilation.code(*module, CodeForm::Object, {.cpu = options.cpu, .name = {}, .onlyModel = true});
    if (object)
      model = compilation.loaded(*object);
  }
};

bool told(const runtime::Result<void> &outcome) { return outcome ? true : fail("{}", outcome.error().text); }

} // namespace

bool run(const RunOptions &options) {
  InMemory compiled(options.source);
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
