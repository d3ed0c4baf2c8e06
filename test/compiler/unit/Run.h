// Runs heed-stage text by the interpreter. In: the text of an entry and arrays. Out: its results, or the error's text.
#pragma once

#include "Doctest.h"

#include "compiler/interpret/Interpreter.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>
#include <string>
#include <vector>

namespace heed::test {

struct Outcome {
  std::vector<Array> results;
  std::string error;

  /// The elements of a result.
  std::vector<double> reals(size_t result = 0) const;
};

/// Runs the entry of that name.
Outcome run(mlir::ModuleOp, llvm::StringRef entry, llvm::ArrayRef<Array> inputs,
            const std::map<std::string, Array> &parameters = {}, uint64_t seed = 0);

/// The text of an entry `f`. In it `f32[B, 4]` is short for the tensor type with these axes. `inputs` are "name: type"
/// one by one.
struct EntryText {
  std::string sizes; // "B", "T" with quotes
  std::vector<std::string> inputs;
  std::string result; // type
  std::string body;   // up to `heed.return`
};
mlir::OwningOpRef<mlir::ModuleOp> parse(mlir::MLIRContext &, const EntryText &);
Outcome run(const EntryText &, llvm::ArrayRef<Array> inputs, uint64_t seed = 0);

void checkClose(const std::vector<double> &found, const std::vector<double> &expected, double tolerance = 1e-12);

} // namespace heed::test
