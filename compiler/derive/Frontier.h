// The frontier: which positions of an entry's stream the values of the entry depend on. In: an entry at stage `heed`
// with a stream. Out: the reaches of every value (Reach.h), each with the steps that led to it, so that a look-ahead
// can be told where it is written (LookAhead.h). An abstract interpretation: ops say what their results depend on,
// loops are least fixpoints.
#pragma once

#include "compiler/derive/Demand.h"
#include "compiler/derive/Reach.h"

#include <deque>

namespace heed {

namespace streams {

/// Why a value depends on what it does.
enum class Cause {
  Read,    // an element of `operand`
  Data,    // the same, where data says which
  Count,   // how many points there are: a reduced index runs along the stream
  Size,    // the stream's size, as a number or in the index of a read
  Guard,   // a condition that asks for the stream's size
  Reverse, // a loop from the end
  Sort,    // every element of a row
  Merge,   // the stream's axis is no longer one after a reshape
  Route,   // rows that go through experts
};

/// One step of a dependence: `op` makes `result` from `operand`, which has `from`.
struct Step {
  Cause cause;
  mlir::Location place; // where it is written
  mlir::Operation *op;
  mlir::Value result;
  mlir::Value operand; // null: from nothing that was read
  const Reach *from;   // null: likewise
  int index = -1;      // the reduced index of `op` that is not bounded, if that is why
};

} // namespace streams

class Frontier {
public:
  /// Of an entry that has a stream.
  explicit Frontier(EntryOp);

  /// How far the value reads; none: it is constant in the stream.
  const streams::Reaches &of(mlir::Value) const;
  /// What a step needs of the value's past (Demand.h).
  streams::Demand demandOf(mlir::Value) const;
  streams::Symbols &sizes() { return symbols; }
  EntryOp getEntry() { return entry; }
  /// The first positions that come together, if there are such.
  const SizeExpr *getPrefix() const { return prefix ? &*prefix : nullptr; }
  /// The value's axes, of which element indices speak.
  static llvm::SmallVector<SizeExpr> axesOf(mlir::Value);

  // ---- for the ops' rules ----
  using Reach = streams::Reach;
  using Reaches = streams::Reaches;
  using Step = streams::Step;

  /// Indices, sizes and conditions around the reads of one statement.
  struct Statement {
    mlir::Operation *op;
    mlir::Value result;
    streams::Points points;
    /// What holds where the point counts: a disjunction over indices, then data; sizes as `Symbols`.
    llvm::SmallVector<streams::Atoms> where;
  };
  /// The condition in terms of a statement with `data` more dims behind its indices. `sizes`: what its first symbols
  /// are.
  llvm::SmallVector<streams::Atoms> conditions(ConditionAttr, llvm::ArrayRef<SizeExpr> sizes, unsigned indices);
  /// Everything that an index op reads and asks for, at the points of `outer` if it is a term.
  void reads(IndexOp, const Statement *outer, mlir::Value result, Reaches &into);
  /// Sizes of the stream that stand as numbers in a region.
  void numbers(mlir::Region &, mlir::Value result, Reaches &into);
  /// That a reduced index runs along the stream, for `statement`'s indices from `first` on.
  void counts(const Statement &, unsigned first, Reaches &into);
  /// What `operand` reaches, read at `map`, whose dims are the statement's indices and whose symbols are `Symbols`.
  void read(const Statement &, mlir::Value operand, mlir::AffineMap map, Step step, Reaches &into);
  /// Everything of the operand, for each element of the result.
  void readWhole(mlir::Operation *, mlir::Value operand, Step step, Reaches &into);
  /// Whether it lies behind each of the value's own positions. What has none does not look ahead, unless to the end.
  bool isAhead(llvm::ArrayRef<SizeExpr> axes, const Reach &);
  /// A reach of `step.result` that comes by this step.
  void made(Step, Reach, Reaches &into);
  /// Adds one unless another covers it. Those that look ahead are kept apart by where that began, so that each can be
  /// told.
  void add(llvm::ArrayRef<SizeExpr> axes, Reach reach, Reaches &into);
  void join(mlir::Value, const Reaches &, Reaches &into);
  /// For steps to refer to.
  const Reach *keep(const Reach &reach) { return &kept.emplace_back(reach); }
  void set(mlir::Value value, Reaches reaches) { values[value] = std::move(reaches); }
  void run(mlir::Block &);
  /// What any of the op's regions gives, and what it is given.
  void branches(mlir::Operation &);
  /// The same reaches in a value with other axes: dims and symbols replaced.
  static Reaches renamed(const Reaches &, llvm::ArrayRef<mlir::AffineExpr> dims,
                         llvm::function_ref<mlir::AffineExpr(mlir::AffineExpr)> symbols = {});

private:
  void input(mlir::BlockArgument);
  void demand(const Statement &, mlir::Value operand, mlir::AffineMap);
  void runOp(mlir::Operation &);
  void position(const Statement &, mlir::AffineExpr, const streams::Atoms &, Step, Reaches &into);
  void asks(const Statement &, const streams::Atoms &, Step, Reaches &into);

  EntryOp entry;
  streams::Symbols symbols;
  std::optional<SizeExpr> prefix;
  llvm::DenseMap<mlir::Value, Reaches> values;
  llvm::DenseMap<mlir::Value, streams::Demand> demands;
  std::deque<Step> steps;
  std::deque<Reach> kept; // what steps refer to
  Reaches none;
};

} // namespace heed
