// Any bytes become a checked program for each model and recipe in them, and what no model uses is tried alone, or
// diagnostics.
#include "lang/check/Check.h"
#include "lang/check/Resolve.h"

#include <cstdlib>

using namespace heed;

namespace {
/// A program exactly when nothing was reported.
void tryOne(Sources &sources, const Package &package, const CheckOptions &options) {
  Diagnostics diagnostics(sources);
  auto program = check(sources, package, options, diagnostics);
  if (!program != diagnostics.any())
    std::abort();
  if (program) {
    print(*program, sources);
    refuseNotYet(*program, diagnostics);
  }
  diagnostics.render(false);
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  Sources sources;
  Diagnostics diagnostics(sources);
  FileId file = sources.add("fuzzed.heed", std::string(reinterpret_cast<const char *>(bytes), size));
  Package package = load(sources, file, HEED_STDLIB, diagnostics);
  resolve(package, diagnostics);
  diagnostics.render(false);
  if (diagnostics.any())
    return 0;
  CheckOptions options;
  for (const std::string &model : modelsOf(package)) {
    options.model = model;
    tryOne(sources, package, options);
  }
  options.model.clear();
  for (const ast::Declaration *recipe : recipesOf(package)) {
    options.recipe = recipe;
    tryOne(sources, package, options);
  }
  checkAlone(sources, package, diagnostics);
  diagnostics.render(false);
  return 0;
}
