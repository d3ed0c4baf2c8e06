// What is known within one range function: where its tensors lie, its sizes, its scratch memory, the values of its
// regions.
#pragma once

#include "compiler/codegen/HostCalls.h"
#include "compiler/codegen/SizeCode.h"
#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// A tensor as a range function sees it: a 1-D memref, row-major from `offset` on or, for parameters, as `layout` says.
struct Place {
  mlir::Value memref;
  mlir::RankedTensorType type;
  llvm::SmallVector<mlir::Value> extents; // of every axis
  unsigned fixed = 0;                     // leading axes that the current row fixes; what is stored has only the others
  mlir::Value offset{}; // index of the first element; may lie before the memory of a piece that begins later
  LayoutAttr layout{};  // null: row-major; only where nothing is fixed
};

/// Hands out pieces of the thread's scratch memory. What all of them need together is part of the range function's
/// description.
class Scratch {
public:
  Scratch(mlir::Value memory, SizeCode &sizes, mlir::Operation *anchor)
      : memory(memory), sizes(sizes), anchor(anchor) {}

  /// A memref of `count` elements, valid in the whole loop nest; prints under `name`.
  mlir::Value take(const SizeExpr &count, mlir::Type element, llvm::StringRef name);
  const SizeExpr &bytes() const { return used; }

private:
  mlir::Value memory; // memref<?xi8>
  SizeCode &sizes;
  mlir::Operation *anchor;
  SizeExpr used;
};

struct Frame {
  mlir::ImplicitLocOpBuilder &b;
  SizeCode &sizes;
  HostCalls &host;
  Scratch &scratch;
  mlir::Value call;                                       // heed_call *
  mlir::Value fault;                                      // i32: the number of this kernel's first fault
  llvm::DenseMap<mlir::Operation *, unsigned> faultsOf{}; // of an index op: its first fault, counted from `fault`
  llvm::DenseMap<mlir::Value, Place> places{};            // of tensors
  llvm::DenseMap<mlir::Value, mlir::Value> scalars{};     // what a region's scalars became

  /// Where a tensor of this type lies, given its memory.
  Place placeOf(mlir::RankedTensorType, mlir::Value memref, unsigned fixed = 0);
  /// Where a tensor lies that lives only while one row is computed.
  Place rowPlace(mlir::RankedTensorType, llvm::StringRef name, unsigned fixed = 0);
};

/// The type of an element in memory: booleans and unsigned bytes are i8, bf16 is i16, for processors without bf16 would
/// have every move of it done by way of f32.
mlir::Type storedType(mlir::Type element);
/// From what is stored to the scalar that regions see, of one element or of a vector of them; and the reverse, which
/// rounds.
mlir::Value fromStored(mlir::ImplicitLocOpBuilder &, mlir::Value stored, mlir::Type element);
mlir::Value toStored(mlir::ImplicitLocOpBuilder &, mlir::Value scalar, mlir::Type element);
/// What is left of a scalar once it has been stored as this float.
mlir::Value rounded(mlir::ImplicitLocOpBuilder &, mlir::Value scalar, mlir::Type element);
/// The memory type of tensors of this element type.
mlir::MemRefType bufferOf(mlir::Type element);
/// The element at an index of the memref, as the scalar that regions see; and the reverse, which rounds.
mlir::Value loadElement(mlir::ImplicitLocOpBuilder &, const Place &, mlir::Value index);
void storeElement(mlir::ImplicitLocOpBuilder &, const Place &, mlir::Value index, mlir::Value scalar);
/// Where in the memref the element with these indices lies, one per axis of the type.
mlir::Value linearIndex(mlir::ImplicitLocOpBuilder &, const Place &, llvm::ArrayRef<mlir::Value> indices);

/// The place in the source without the name of a value: for ops that are only steps towards it.
mlir::Location unnamed(mlir::Location);

/// A loop from `from` up to `to` whose index prints under `name`; `body` gives the next carries.
llvm::SmallVector<mlir::Value>
loop(mlir::ImplicitLocOpBuilder &, llvm::StringRef name, mlir::Value from, mlir::Value to, mlir::ValueRange carries,
     llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);
/// `body`'s values where the condition holds, else `otherwise`.
llvm::SmallVector<mlir::Value> when(mlir::ImplicitLocOpBuilder &, mlir::Value condition, mlir::ValueRange otherwise,
                                    llvm::function_ref<llvm::SmallVector<mlir::Value>()> body);

} // namespace heed
