// Vectors of memory from here to there: what packing and storing share. In: pieces of memory. Out: code that copies
// them, with masks where less than a vector is left, never beyond what was asked for. Knows nothing of kernels.
#pragma once

#include "compiler/codegen/Frame.h"
#include "compiler/codegen/cpu/CpuStrategy.h"

namespace heed {

/// A loop in steps.
void steps(mlir::ImplicitLocOpBuilder &, llvm::StringRef name, mlir::Value from, mlir::Value to, mlir::Value step,
           llvm::function_ref<void(mlir::Value)> body);
/// min(a, b) of indices.
mlir::Value least(mlir::ImplicitLocOpBuilder &, mlir::Value a, mlir::Value b);

/// Holds in the first `count` lanes; in all or none where that is more or less than there are.
mlir::Value firstLanes(mlir::ImplicitLocOpBuilder &, int64_t lanes, mlir::Value count);
mlir::Value zeros(mlir::ImplicitLocOpBuilder &, mlir::VectorType);
/// toStored of a vector. Where the processor rounds to bf16 itself, subnormal numbers become 0.
mlir::Value toStored(mlir::ImplicitLocOpBuilder &, const CpuStrategy &, mlir::Value scalars, mlir::Type element);
/// A vector of floats in another type, rounded where that is narrower.
mlir::Value converted(mlir::ImplicitLocOpBuilder &, const CpuStrategy &, mlir::Value elements, mlir::Type to);

/// Copies `count` neighbours, a vector at a time, into memory of another type of floats.
void copyNeighbours(mlir::ImplicitLocOpBuilder &, const CpuStrategy &, mlir::Value from, mlir::Value fromOffset,
                    mlir::Value to, mlir::Value toOffset, mlir::Value count);

} // namespace heed
