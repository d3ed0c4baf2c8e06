#include "compiler/kernels/KernelNames.h"

#include "mlir/IR/Location.h"

using namespace mlir;

namespace heed {

KernelNames::KernelNames(ModelOp model) {
  model->walk([&](KernelOp kernel) { taken.insert(kernel.getName()); });
}

std::string KernelNames::fresh(Location location, StringRef otherwise) {
  auto named = location->findInstanceOf<NameLoc>();
  std::string base = named ? named.getName().str() : otherwise.str(), name = base;
  for (unsigned number = 1; !taken.insert(name).second; ++number)
    name = base + "_" + std::to_string(number);
  return name;
}

std::string called(Operation *op) {
  auto name = op->getLoc()->findInstanceOf<NameLoc>();
  return name ? "`" + name.getName().str() + "`" : "an op without a name";
}

} // namespace heed
