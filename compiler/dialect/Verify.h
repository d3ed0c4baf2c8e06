// Checks that several ops share. Each says which labelled constraint of its op it is asked for.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// As many bounds as names, all names different, rank among them.
mlir::LogicalResult verifyIndices(mlir::Operation *, llvm::StringRef label, mlir::ArrayAttr names,
                                  mlir::ArrayAttr bounds, int64_t rank);
/// Every size within is one of the entry's (if the op stands in one).
mlir::LogicalResult verifySizesKnown(mlir::Operation *, llvm::StringRef label, mlir::ArrayAttr sizes);
/// The tensor's axes are these; the message says both.
mlir::LogicalResult verifyAxes(mlir::Operation *, llvm::StringRef label, llvm::StringRef what, mlir::RankedTensorType,
                               llvm::ArrayRef<SizeExpr> axes);
/// The types are the same, one by one.
mlir::LogicalResult verifyTypes(mlir::Operation *, llvm::StringRef label, llvm::StringRef what, mlir::TypeRange found,
                                llvm::StringRef as, mlir::TypeRange expected);
/// What the region's yield gives; nothing where there is no yield (the terminator's own check comes later).
mlir::TypeRange yieldedTypes(mlir::Region &);

} // namespace heed
