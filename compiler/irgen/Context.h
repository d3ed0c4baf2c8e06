// What all statements of a program share. In: the checked program's element types, names and ranges. Out: MLIR's types
// and locations.
#pragma once

#include "compiler/dialect/HeedDialect.h"
#include "compiler/irgen/Dependence.h"

#include "mlir/IR/Builders.h"

namespace heed::irgen {

struct Context {
  Context(mlir::MLIRContext *mlir, const Sources &sources, mlir::FloatType working)
      : mlir(mlir), sources(sources), working(working) {}

  mlir::MLIRContext *mlir;
  const Sources &sources;
  mlir::FloatType working; // what `Working` is
  Dependences dependences;

  llvm::DenseMap<const checked::Tensor *, mlir::Value> values;
  mlir::Value turn;                  // of the enclosing loops over layers, or null
  std::optional<std::string> stream; // the entry's time axis
  const checked::Op *op = nullptr;   // the statement that is at hand

  /// Of stored elements, and of scalars within regions.
  mlir::Type elementType(checked::Element) const;
  mlir::Type scalarType(checked::Element element) const { return scalarOf(elementType(element)); }
  mlir::RankedTensorType tensorType(const checked::Tensor &t) const {
    return tensorOf(t.axes, t.wide ? scalarType(t.element) : elementType(t.element));
  }

  /// Adds to a block, which need not be part of an op yet.
  mlir::OpBuilder endOf(mlir::Block *block) const {
    mlir::OpBuilder b(mlir);
    b.setInsertionPointToEnd(block);
    return b;
  }
  /// A place in the source, the call that led there, and the block it belongs to (`blockOf`); with a name, values made
  /// there are printed under it.
  mlir::Location locate(Range, llvm::StringRef name = {}) const;
  mlir::Location locate(const checked::Tensor &t) const { return locate(t.range, t.name); }
};

} // namespace heed::irgen
