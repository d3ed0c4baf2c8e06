// `heed run FILE ENTRY`, `heed generate FILE` and `heed save FILE`: compile in memory, then do what a built executable
// does.
#include "compiler/dialect/HeedDialect.h"
#include "compiler/dialect/Variants.h"
#include "compiler/tools/heed/Bisect.h"
#include "compiler/tools/heed/Compilation.h"
#include "compiler/tools/heed/Interpret.h"
#include "compiler/tools/heed/Output.h"
#include "runtime/program/Verbs.h"

namespace heed::tools {
namespace {

/// What is not run need not be compiled: other entries, and the initial values where there are weights. Where no entry
/// has the name, all stay, and the runtime tells which there are.
constexpr llvm::StringLiteral noEntry = "(none)"; // no name of the language
void keepEntry(mlir::ModuleOp module, llvm::StringRef name, bool weights) {
  llvm::SmallVector<EntryOp> unused, others;
  bool known = name == noEntry;
  module.walk([&](EntryOp entry) {
    if (entry.getInitialise()) {
      if (weights)
        unused.push_back(entry);
    } else if (calledName(entry.getSymName()) == name) {
      known = true;
    } else {
      others.push_back(entry);
    }
  });
  if (known)
    unused.append(others);
  for (EntryOp entry : unused)
    entry.erase();
}

/// What is compiled of a model: fast kernels; also plain loops for every kernel; or no entry, for they are interpreted.
enum class Code { Fast, FastAndPlain, Interpreted };

struct InMemory {
  Compilation compilation;
  Compilation::Module heed, kernels; // the module at these stages
  std::optional<LoadedModel> model, plain;

  /// With all entries, or with the one named.
  explicit InMemory(const SourceOptions &options, llvm::StringRef entry = {}, Code code = Code::Fast)
      : compilation(options) {
    heed = compilation.toStage(heed::Stage::Heed);
    if (!heed)
      return;
    keepEntry(*heed, entry, !compilation.weightsPath().empty());
    kernels = heed->clone();
    if (code == Code::Interpreted)
      kernels->walk(leaveToInterpreter);
    PipelineOptions how = compilation.pipeline();
    how.strips = code != Code::FastAndPlain; // what is compared has to be there as a whole
    if (!compilation.lower(*kernels, heed::Stage::Heed, heed::Stage::Kernels, how))
      return;
    Compilation::Module fast(kernels->clone());
    if (!compilation.lower(*fast, heed::Stage::Kernels, heed::Stage::Llvm) || !load(*fast, options, model) ||
        code != Code::FastAndPlain)
      return;
    Compilation::Module slow(kernels->clone());
    if (compilation.lower(*slow, heed::Stage::Kernels, heed::Stage::Llvm,
                          {.backend = Backend::Plain, .cpu = options.cpu, .plain = {}, .damaged = {}}))
      load(*slow, options, plain);
  }

private:
  bool load(mlir::ModuleOp module, const SourceOptions &options, std::optional<LoadedModel> &into) {
    if (auto objects = compilation.objects(module, {.cpu = options.cpu, .name = {}, .onlyModel = true}))
      into = compilation.loaded(*objects);
    return into.has_value();
  }
};

/// The weights are those that were compiled for.
template <typename T> T withWeights(T options, const Compilation &compilation) {
  options.weights = compilation.weightsPath();
  return options;
}

/// What stands behind the prefix in the file of inputs: which inputs of an entry are given.
std::optional<std::set<std::string>> inputsGiven(const runtime::RunOptions &options) {
  runtime::Result<runtime::Checkpoint> file = runtime::Checkpoint::open(options.inputs);
  if (!file) {
    fail("{}", file.error().text);
    return std::nullopt;
  }
  std::set<std::string> names;
  for (const runtime::StoredTensor &tensor : file->tensors())
    if (tensor.name.starts_with(options.prefix))
      names.insert(tensor.name.substr(options.prefix.size()));
  return names;
}

} // namespace

bool run(const RunOptions &options) {
  if (options.bisect && options.interpret)
    return fail("`--bisect` compares machine code, `--interpret` runs none");
  SourceOptions source = options.source;
  source.given = inputsGiven(options.run);
  if (!source.given)
    return false;
  Code code = options.interpret ? Code::Interpreted : options.bisect ? Code::FastAndPlain : Code::Fast;
  InMemory compiled(source, options.run.entry, code);
  if (!compiled.model || (options.bisect && !compiled.plain))
    return false;
  const heed_model &model = **compiled.model;
  runtime::Compute compute;
  if (options.interpret)
    compute = [&](const runtime::CpuCall &call) { return interpretCall(*compiled.heed, model, call); };
  if (options.bisect)
    compute = [&](const runtime::CpuCall &call) {
      return bisectCall(*compiled.kernels, model, **compiled.plain, call, options.run.threads);
    };
  return told(runtime::runEntry(model, withWeights(options.run, compiled.compilation), nullptr, compute));
}

bool save(const SaveOptions &options) {
  InMemory compiled(options.source, noEntry);
  return compiled.model &&
         told(runtime::saveWeights(**compiled.model, withWeights(options.save, compiled.compilation)));
}

bool generate(const GenerateOptions &options) {
  SourceOptions source = options.source;
  source.given.emplace(); // generating gives ids alone
  InMemory compiled(source);
  return compiled.model &&
         told(runtime::generateText(**compiled.model, withWeights(options.generate, compiled.compilation)));
}

} // namespace heed::tools
