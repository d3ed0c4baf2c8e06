#include "compiler/tools/heed/Faults.h"

#include "compiler/tools/heed/Verbs.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"

#include <filesystem>
#include <memory>

namespace heed::tools {
namespace {

/// Keeps the name of the first pass that fails.
class FailedPass : public mlir::PassInstrumentation {
public:
  explicit FailedPass(std::string &name) : name(name) {}
  void runAfterPassFailed(mlir::Pass *pass, mlir::Operation *) override {
    if (name.empty() && !pass->getArgument().empty())
      name = pass->getArgument().str();
  }

private:
  std::string &name;
};

/// `model.heed` → `model.fault.mlir`, in the working directory.
std::string reproducerOf(const std::string &source) {
  return std::filesystem::path(source).filename().replace_extension(".fault.mlir").string();
}

} // namespace

Faults::Faults(mlir::PassManager &passes, const std::string &source)
    : source(source), reproducer(reproducerOf(source)) {
  passes.addInstrumentation(std::make_unique<FailedPass>(pass));
  passes.enableCrashReproducerGeneration(reproducer); // where the compiler crashes, too
}

bool Faults::tell(std::string_view stage, bool refused) const {
  if (refused) { // what the user asked for; that has been said, and there is nothing to repeat
    std::error_code absent;
    std::filesystem::remove(reproducer, absent);
    return false;
  }
  std::string repeated =
      std::filesystem::exists(reproducer)
          ? fmt::format("`heed-opt --run-reproducer {0}` repeats it; please report it with {0}", reproducer)
          : fmt::format("it could not be written to {}", reproducer);
  return fail("{}{} failed, on the way {}\n  this is a fault of the compiler, not of {}\n  {}",
              pass.empty() ? "the compiler" : "the pass ", pass.empty() ? "" : fmt::format("`{}`", pass), stage, source,
              repeated);
}

} // namespace heed::tools
