// Names of kernels: what people called the value in the source, made unique within a model by a number.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "llvm/ADT/StringSet.h"

namespace heed {

class KernelNames {
public:
  /// Names that kernels of the model have already are taken.
  explicit KernelNames(ModelOp);
  /// The name that the location carries, or else `otherwise`.
  std::string fresh(mlir::Location, llvm::StringRef otherwise);

private:
  llvm::StringSet<> taken;
};

/// "`wq`": an op of the source, for sentences.
std::string called(mlir::Operation *);

} // namespace heed
