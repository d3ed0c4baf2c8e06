// Runs heed-stage text by the plain backend, in this process. In: as for Run.h. Out: results as the machine code gives
// them.
#pragma once

#include "Run.h"

#include "compiler/pipelines/Pipelines.h"
#include "runtime/abi/heed.h"

namespace heed::test {

/// Compiles the entry `f` and calls it. Memory that the code may not rely on is full of ones; rows come in pieces, the
/// last first.
Outcome runPlain(const EntryText &, llvm::ArrayRef<Array> inputs, uint64_t seed = 0);
/// The same of a whole module, whose parameters are in `weights`, one array each in their order.
Outcome runPlain(mlir::ModuleOp, llvm::StringRef entry, llvm::ArrayRef<Array> inputs, llvm::ArrayRef<Array> weights,
                 uint64_t seed = 0, const PipelineOptions & = {});

/// The plain backend gives what the interpreter gives, within the precision of f32: `tolerance` relative to the
/// greatest element.
void checkPlain(const EntryText &, llvm::ArrayRef<Array> inputs, double tolerance = 1e-5, uint64_t seed = 0);

/// Where the element that is number `element` in row-major order is stored: row-major over the digits of its indices.
size_t placeOf(const heed_parameter &, size_t element);

/// The objects of a module at stage `heed`, and the module at stage `llvm` afterwards.
std::vector<std::string> compile(mlir::ModuleOp, const PipelineOptions & = {}, unsigned threads = 0);
/// A context in which modules can be compiled.
mlir::MLIRContext &compilerContext();

/// Some numbers between -1 and 1, always the same.
Array someFloats(std::vector<int64_t> shape, unsigned salt = 0);

} // namespace heed::test
