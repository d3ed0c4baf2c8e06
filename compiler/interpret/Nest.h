// Scalar code and loops of one op, compiled once and then run at many points: index ops, their regions, and what nests
// in them. In: ops of regions. Out: lists of instructions over registers. Everything of one nest shares its registers
// and its indices.
#pragma once

#include "compiler/interpret/AffineCode.h"
#include "compiler/interpret/Interpreter.h"

#include <optional>

namespace heed {

class IndexLoop;

/// What a nest shares: where scalars are, and which indices are in force.
struct Nest {
  explicit Nest(Interpreter &in) : in(in) {}

  /// The register of a scalar. One that is computed outside of the nest is put there now.
  unsigned slot(mlir::Value);

  Interpreter &in;
  std::vector<Cell> registers;
  std::vector<int64_t> indices; // outermost first; grows as loops are compiled
  bool failed = false;          // then everything unwinds

private:
  llvm::DenseMap<mlir::Value, unsigned> slots;
};

using Scalar = Cell (*)(const Cell *operands); // at most three

/// The body of a region, or one op.
class Code {
public:
  explicit Code(Nest &nest) : nest(nest) {}
  ~Code();
  Code(Code &&) = default;

  /// Adds a block's ops; its terminator's operands are `yields` then.
  mlir::LogicalResult compile(mlir::Block &);
  mlir::LogicalResult compile(mlir::Operation &);
  void run();

  std::vector<unsigned> yields; // registers

private:
  struct Instruction {
    enum { Compute, Constant, At, Draw, Term } kind;
    unsigned result;
    std::vector<unsigned> operands = {};
    Scalar compute = nullptr;
    bool counts = false; // as an operation
    Cell constant = {};
    unsigned dim = 0;
    DrawOp draw = {};
    std::shared_ptr<IndexLoop> term = {};
  };
  Nest &nest;
  std::vector<Instruction> instructions;
};

/// The rule of an arith or math op; null if it has none.
Scalar scalarRule(mlir::Operation *);
Cell drawCell(DrawOp, uint64_t seed, int64_t position, int64_t row, int64_t element, int64_t turn);

/// Sorts the first `length` elements of each row along the last axis: as many as `values` holds of them, and where they
/// stood.
void sortRows(const Array &source, int64_t length, bool descending, Array &values, Array &positions);

/// Keys that a row sees.
struct VisibleKeys {
  int64_t count = 0;
  std::vector<char> seen;
};

/// An index op within a nest.
class IndexLoop {
public:
  IndexLoop(Nest &nest, IndexOp op) : nest(nest), op(op), body(nest) {}
  mlir::LogicalResult compile();

  /// These own indices run over visible keys only.
  void restrict(llvm::ArrayRef<bool> indices, const VisibleKeys *visible);

  /// Gives the results their tensors.
  void run();
  /// Where results are scalars: leaves them in their registers.
  void runTerm();

private:
  struct Access {
    std::shared_ptr<Array> array;
    std::vector<AffineCode> positions;
    ConditionCode guard;
    std::vector<int64_t> strides;
    unsigned slot;
    bool beforeWhere;
  };
  /// How a point is left behind.
  enum class Next { Counts, Skip, Failed };

  void addAccess(AccessAttr, unsigned number, llvm::ArrayRef<int64_t> sizes);
  void markDataOfWhere(llvm::ArrayRef<AccessAttr>, unsigned sizes);
  bool read(unsigned access);
  Next enter();
  template <typename Each> bool each(unsigned dim, unsigned end, const Each &);
  void reduce(std::vector<Cell> &results);
  void fold(std::vector<Cell> &results);
  void start(std::vector<Cell> &results);
  void finish(std::vector<Cell> &results);

  Nest &nest;
  IndexOp op;
  unsigned outer = 0, own = 0, rank = 0; // enclosing indices, own ones, and how many of these are result axes
  std::vector<int64_t> bounds;
  std::vector<const VisibleKeys *> restricted; // per own index, or null
  std::optional<ConditionCode> where;
  std::vector<Access> accesses;
  std::vector<int64_t> data; // per access: what it gave, as an index
  Code body;
  bool isFloat = true;
  int64_t operationsToFold = 0; // one more element

  // While one element is reduced:
  bool found = false;            // argmax
  Cell best;                     // argmax
  std::vector<double> exponents; // logsumexp
};

} // namespace heed
