// MLIR reads its flags from a registry of its own, which is global to the process.
#include "compiler/tools/heed/MlirFlags.h"

#include "compiler/pipelines/Passes.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/CommandLine.h"

namespace heed::tools {

bool takeMlirFlags(std::vector<std::string> &arguments) {
  registerHeedPasses(); // before the flags that name them
  mlir::registerAsmPrinterCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  std::vector<const char *> flags = {"heed"};
  for (const std::string &argument : arguments)
    if (argument.starts_with("--mlir-"))
      flags.push_back(argument.c_str());
  if (flags.size() > 1 && !llvm::cl::ParseCommandLineOptions(int(flags.size()), flags.data(), "", &llvm::errs()))
    return false;
  std::erase_if(arguments, [](const std::string &argument) { return argument.starts_with("--mlir-"); });
  return true;
}

} // namespace heed::tools
