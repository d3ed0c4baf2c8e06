// `heed check FILE`: says what is wrong with a model, or with every model of the file.
#include "compiler/tools/heed/Compilation.h"

namespace heed::tools {

bool check(const SourceOptions &options) {
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
  for (const std::string &model : models)
    right &= compilation.program(*package, model) != nullptr;
  return right;
}

} // namespace heed::tools
