// `heed check FILE`: says what is wrong with a model, or with every model and recipe of the file, and what it costs;
// with a checkpoint, also what of its tensors does not fit.
#include "compiler/tools/heed/Cost.h"
#include "compiler/tools/heed/Mapping.h"
#include "compiler/tools/heed/Output.h"

namespace heed::tools {

/// What needs tensors to be seen: look-ahead in a stream; and the cost. There are none yet of some programs.
static bool checkTensors(Compilation &compilation, const checked::Program &program, const CheckFlags &options) {
  if (!isCompilable(program, compilation.files()))
    return !options.cost || compilation.compilable(program);
  Compilation::Module module = compilation.generated(program);
  return module && compilation.lower(*module, Stage::Made, Stage::Heed) && compilation.streams(*module) &&
         (!options.cost || tellCost(compilation, *module, options));
}

bool check(const CheckFlags &options) {
  if (options.json && !options.cost)
    return fail("`--json` goes with `--cost`");
  Compilation compilation(options);
  std::optional<FileId> file = compilation.text();
  if (!file || !compilation.openCheckpoint())
    return false;
  std::optional<Package> package = compilation.package(*file);
  if (!package)
    return false;
  std::vector<std::string> models = {options.model};
  bool chosen = compilation.weights() && !compilation.weights()->architecture().empty();
  if (options.model.empty() && !chosen)
    models = modelsOf(*package);
  bool right = true;
  for (const std::string &model : models) {
    std::unique_ptr<checked::Program> program = compilation.program(*package, model);
    right &= program && checkTensors(compilation, *program, options);
    if (program && compilation.weights() && models.size() == 1)
      right &= told(matchCheckpoint(*program, options.precision, *compilation.weights()));
  }
  if (right && options.model.empty()) // a recipe's model would repeat what was told of it
    for (const ast::Declaration *recipe : recipesOf(*package))
      right &= compilation.fits(*package, *recipe);
  if (options.model.empty() && !chosen)
    right &= compilation.restFits(*package);
  return right;
}

} // namespace heed::tools
