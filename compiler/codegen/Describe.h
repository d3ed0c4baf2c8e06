// The static description of a model, in LLVM IR.
#pragma once

#include "runtime/abi/heed.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/IR/Module.h"

namespace heed {

struct DescribeOptions {
  std::string name; // of the exported function, without `heed_`
  std::string cpu, features;
  bool onlyModel;
};

/// The type of a tensor's elements in the ABI.
heed_type abiTypeOf(mlir::Type element);

/// Adds the heed_model of `manifest` (Manifest.h) to the module, whose functions it names, and the functions that
/// export it.
void describe(mlir::DictionaryAttr manifest, const DescribeOptions &, llvm::Module &);

} // namespace heed
