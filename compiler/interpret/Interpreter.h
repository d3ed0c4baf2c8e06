// The reference interpreter: runs the ops of an entry, in f64, plainly. What it gives is the meaning that every fast
// path is compared with; it rounds nowhere, so results differ from compiled ones by rounding alone. In: an entry of
// heed-stage IR (kernels before `lay-out` too), inputs, parameters, a seed. Out: the entry's results, or the text of
// what went wrong, in the words of compiled code.
#pragma once

#include "compiler/dialect/HeedDialect.h"
#include "compiler/interpret/Array.h"

#include "mlir/IR/Operation.h"

#include <map>
#include <memory>
#include <string>

namespace heed {

/// `inputs`: as the entry's arguments with `heed.input`, in order; `parameters`: by path. Sizes follow from the inputs'
/// shapes.
mlir::FailureOr<std::vector<Array>> interpret(EntryOp entry, llvm::ArrayRef<Array> inputs,
                                              const std::map<std::string, Array> &parameters, uint64_t seed,
                                              std::string &error, int64_t *operations = nullptr);

/// The state of one run, as the ops' rules see it.
class Interpreter {
public:
  explicit Interpreter(uint64_t seed) : seed(seed) {}

  // ---- values: a scalar outside of regions is an array of rank 0 ----
  const Array &array(mlir::Value) const;
  /// Gives the value a new array of its type's shape, all zero.
  Array &define(mlir::Value);
  void define(mlir::Value, Array);
  /// Both mean the same array from now on.
  void alias(mlir::Value value, mlir::Value as) {
    std::shared_ptr<Array> array = values.at(as); // a new entry may move the others
    values[value] = std::move(array);
  }
  /// What a value means now, or nothing.
  std::shared_ptr<Array> find(mlir::Value value) const { return values.lookup(value); }

  // ---- sizes ----
  void bind(llvm::StringRef size, int64_t value) { sizes[size.str()] = value; }
  const std::map<std::string, int64_t> &boundSizes() const { return sizes; }
  int64_t size(const SizeExpr &) const;
  std::vector<int64_t> shape(mlir::RankedTensorType) const;

  /// Runs the ops of a block but for its terminator.
  mlir::LogicalResult run(mlir::Block &);
  mlir::LogicalResult run(mlir::Operation &);
  /// Arith and math on scalars outside of regions.
  mlir::LogicalResult evaluateScalar(mlir::Operation *);

  /// Ends the run; the first call counts.
  mlir::LogicalResult fail(mlir::Location, const llvm::Twine &message);
  /// An op without a rule.
  mlir::LogicalResult notYet(mlir::Operation *);
  const std::string &error() const { return text; }

  const uint64_t seed;
  int64_t operations = 0; // executed so far, as compiler/derive/Cost.h counts them

private:
  llvm::DenseMap<mlir::Value, std::shared_ptr<Array>> values;
  std::map<std::string, int64_t> sizes;
  std::string text;
};

} // namespace heed
