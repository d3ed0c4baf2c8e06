// The heed dialect in C++: what tablegen makes of HeedDialect.td, HeedInterfaces.td and HeedOps.td.
#pragma once

#include "compiler/dialect/Answer.h"
#include "lang/check/SizeExpr.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/IntegerSet.h"
#include "mlir/IR/OpAsmSupport.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace heed {

class Interpreter;
class Frontier;
class Cost;

/// One digit of a layout: (index[axis] floordiv divisor) mod extent.
struct Digit {
  unsigned axis;
  int64_t divisor, extent;
  bool operator==(const Digit &) const = default;
};
inline llvm::hash_code hash_value(const Digit &digit) {
  return llvm::hash_combine(digit.axis, digit.divisor, digit.extent);
}

/// A ranked tensor type with the `#heed.axes` encoding, one size per axis, static exactly where the size is constant.
bool hasAxes(mlir::Type);
/// The tensor type with these axes.
mlir::RankedTensorType tensorOf(llvm::ArrayRef<SizeExpr> axes, mlir::Type element);
llvm::SmallVector<SizeExpr> axesOf(mlir::RankedTensorType);
/// What a region sees of an element: f64 of f64, f32 of every other float, i64 of integers, i1 of i1.
mlir::Type scalarOf(mlir::Type element);
/// The indices in force where an op stands: those of all ops around it, outermost first. They are the first dims of its
/// maps. Within `weights` of attend these are the result indices only; the keys are the row's axis.
struct Indices {
  llvm::SmallVector<llvm::StringRef> names;
  llvm::SmallVector<SizeExpr> bounds;
};
Indices indicesAround(mlir::Operation *);
/// Prints the op's first result under the name that its location carries.
void nameResults(mlir::Operation *, mlir::OpAsmSetValueNameFn);
/// The source's name for a value, if its location carries one.
llvm::StringRef nameIn(mlir::Location);
/// The path of the block that an op belongs to, `layers.*.attn`, if its location carries one; empty: the model's.
llvm::StringRef blockIn(mlir::Location);

} // namespace heed

#include "compiler/dialect/HeedEnums.h.inc"

#include "compiler/dialect/HeedDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/dialect/HeedAttributes.h.inc"

#include "compiler/dialect/HeedInterfaces.h.inc"

#define GET_OP_CLASSES
#include "compiler/dialect/HeedOps.h.inc"

namespace heed {

/// A value that is a parameter, or what is left of one where the repeats around it fix its first `fixed` axes.
struct ParameterSlice {
  ParamOp param;
  unsigned fixed;
};
std::optional<ParameterSlice> parameterOf(mlir::Value);
/// How the value is stored; null: row-major.
LayoutAttr layoutOf(mlir::Value);

} // namespace heed
