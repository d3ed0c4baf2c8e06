// One index statement: its element becomes an index or attend op, and what it nests (reductions, attends, positions
// that are not affine) becomes ops before it. In: a scalar expression over the statement's indices. Out: the value of
// the tensor.
#pragma once

#include "compiler/irgen/Affine.h"
#include "compiler/irgen/Context.h"

namespace heed::irgen {

using Conditions = llvm::SmallVector<const checked::Expr *>;

/// A tensor made of part of a statement: one axis per index that the part depends on.
struct Hoisted {
  mlir::Value tensor;
  IndexVars axes;
};

/// What is around a statement.
struct Around {
  IndexVars indices;                        // of the attend whose row program it belongs to
  const checked::IndexVar *layer = nullptr; // stands for the turn of draws, in initial values of stacks
};

class Point;

class Statement {
public:
  /// Ops are made where `builder` stands.
  Statement(Context &context, mlir::OpBuilder &builder, Around around, IndexVars results)
      : context(context), builder(builder), around(std::move(around)), results(std::move(results)) {}

  /// The tensor over the statement's indices; argmax of several indices gives one value each, of which this is one.
  mlir::Value define(const checked::Expr *element, mlir::Type elementType, mlir::Location);

  /// Part of the element as a tensor of its own. `conditions`: where its value is needed.
  Hoisted hoist(const checked::Expr *, const Point &, llvm::ArrayRef<const checked::Expr *> conditions);

  /// An index op: `results` are its result axes, within `enclosing` indices; or a term, with a scalar result.
  struct Index {
    IndexVars enclosing, results;
    const checked::Expr *element;
    mlir::Type elementType; // null: a term
    Conditions conditions;  // those of enclosing reductions
    mlir::Location loc;
  };
  IndexOp index(mlir::OpBuilder &, const Index &);

  Context &context;
  mlir::OpBuilder &builder;
  const Around around;
  const IndexVars results;

private:
  mlir::Value attend(const checked::Expr *, const IndexVars &results, mlir::Type elementType, const Conditions &,
                     mlir::Location);
  mlir::Block *rowProgram(const checked::Expr *attend, const IndexVars &results, mlir::Type scalar);

  llvm::DenseMap<const checked::Expr *, std::vector<Hoisted>> hoisted;
};

/// A region in which scalars are computed, at one point of the indices in force.
class Point {
public:
  Point(Statement &statement, IndexVars indices, mlir::Block *block, Affine::Datum datum);
  virtual ~Point() = default;

  mlir::Value value(const checked::Expr *);
  /// value, as another scalar type of its kind.
  mlir::Value valueAs(const checked::Expr *, mlir::Type);

  Statement &statement;
  const IndexVars indices;
  Conditions conditions; // what holds where the point counts
  mlir::OpBuilder builder;
  Affine affine;

protected:
  virtual mlir::Value read(const checked::Expr *) = 0;
  /// A Reduce or Attend within the expression.
  virtual mlir::Value nested(const checked::Expr *) = 0;

private:
  mlir::Value emit(const checked::Expr *);
  mlir::Value apply(const checked::Expr *);
  mlir::Value draw(const checked::Expr *);
  mlir::Value at(const checked::IndexVar *);
  struct Coordinate;
  mlir::Value rowMajor(llvm::ArrayRef<Coordinate>, mlir::Location);

  llvm::DenseMap<const checked::Expr *, mlir::Value> emitted;
  llvm::DenseMap<const checked::IndexVar *, mlir::Value> indexValues;
};

/// The region of an index op: what it reads becomes accesses, one region argument each.
class ElementPoint : public Point {
public:
  ElementPoint(Statement &, IndexVars indices, mlir::Block *);

  /// Conditions that the op's `where` does not guarantee: reads that are inside only under them guard themselves.
  Conditions unguarded;

  llvm::SmallVector<mlir::Value> sources;
  unsigned numAccesses() const { return accesses.size(); }
  mlir::ArrayAttr accessList() const;

protected:
  mlir::Value read(const checked::Expr *) override;
  mlir::Value nested(const checked::Expr *) override;

private:
  struct Access {
    unsigned operand;
    llvm::SmallVector<mlir::AffineExpr> positions;
    Disjunction guard;
  };
  unsigned access(const checked::Expr *read);
  unsigned access(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> positions, const Disjunction &guard, Range);
  unsigned access(const Hoisted &, Range);
  mlir::AffineExpr position(const checked::Expr *);
  Disjunction guard(const checked::Expr *read, llvm::ArrayRef<mlir::AffineExpr> positions);
  Disjunction computed(const checked::Expr *condition, llvm::ArrayRef<const checked::Expr *> under);

  llvm::SmallVector<Access> accesses;
};

/// The score, value or visibility of an attend: what it reads or reduces becomes terms.
class TermPoint : public Point {
public:
  TermPoint(Statement &, IndexVars indices, llvm::ArrayRef<const checked::IndexVar *> keys, Conditions unguarded,
            mlir::Block *);

protected:
  mlir::Value read(const checked::Expr *) override;
  mlir::Value nested(const checked::Expr *) override;

private:
  mlir::Value term(const checked::Expr *);
  IndexVars keys;
  Conditions unguarded;
};

// ---- what index and attend ops share --------------------------------------------------------------------------------

/// Names that the text can spell and that differ from each other.
mlir::ArrayAttr namesOf(mlir::Builder, llvm::ArrayRef<const checked::IndexVar *>);
mlir::ArrayAttr boundsOf(mlir::Builder, llvm::ArrayRef<const checked::IndexVar *>);
mlir::RankedTensorType tensorOver(llvm::ArrayRef<const checked::IndexVar *>, mlir::Type elementType);

// ---- bodies ---------------------------------------------------------------------------------------------------------

/// The ops of a body, where `builder` stands; their values are in the context afterwards.
void emitBody(Context &, mlir::OpBuilder &, const checked::Body &, const Around &);
/// The value of a tensor; a table or definition that no body holds is made where it is first read.
mlir::Value valueOf(Context &, mlir::OpBuilder &, const checked::Tensor *);

} // namespace heed::irgen
