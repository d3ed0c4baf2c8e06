// The dialect itself: what it registers, its tensor types, and the names under which results are printed.
#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/FoldInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace heed {

namespace {
/// Constants stay in the region of index notation that uses them, so that it remains readable on its own and can move
/// into a kernel.
struct KeepConstants : DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;
  bool shouldMaterializeInto(Region *region) const final { return isa<IndexOp, AttendOp>(region->getParentOp()); }
};
} // namespace

void HeedDialect::initialize() {
  addInterfaces<KeepConstants>();
  addOperations<
#define GET_OP_LIST
#include "compiler/dialect/HeedOps.cpp.inc"
      >();
  registerAttributes();
}

// ---- tensors --------------------------------------------------------------------------------------------------------

/// Static exactly where a size is constant; that is what lets two types be compared by the builtin comparison.
static bool shapeFits(ArrayRef<int64_t> shape, AxesAttr axes) {
  if (shape.size() != axes.getSizes().size())
    return false;
  for (auto [extent, size] : llvm::zip(shape, axes.getExprs()))
    if (extent != size.constant().value_or(ShapedType::kDynamic))
      return false;
  return true;
}

bool hasAxes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto axes = tensor ? dyn_cast_or_null<AxesAttr>(tensor.getEncoding()) : AxesAttr();
  return axes && shapeFits(tensor.getShape(), axes);
}

RankedTensorType tensorOf(ArrayRef<SizeExpr> axes, Type element) {
  SmallVector<int64_t> shape;
  SmallVector<SizeAttr> sizes;
  for (const SizeExpr &size : axes) {
    shape.push_back(size.constant().value_or(ShapedType::kDynamic));
    sizes.push_back(SizeAttr::get(element.getContext(), size));
  }
  return RankedTensorType::get(shape, element, AxesAttr::get(element.getContext(), sizes));
}

SmallVector<SizeExpr> axesOf(RankedTensorType type) { return cast<AxesAttr>(type.getEncoding()).getExprs(); }

Type scalarOf(Type element) {
  if (element.isF64() || element.isInteger(1))
    return element;
  if (isa<FloatType>(element))
    return Float32Type::get(element.getContext());
  return IntegerType::get(element.getContext(), 64);
}

// ---- indices --------------------------------------------------------------------------------------------------------

Indices indicesAround(Operation *op) {
  Indices indices;
  Region *region = op->getParentRegion();
  Operation *around = op->getParentOp();
  if (!around || around->hasTrait<OpTrait::IsIsolatedFromAbove>())
    return indices;
  indices = indicesAround(around);
  auto add = [&](auto owner, size_t count) {
    for (Attribute name : owner.getNames().getValue().take_front(count))
      indices.names.push_back(cast<StringAttr>(name).getValue());
    for (Attribute bound : owner.getBounds().getValue().take_front(count))
      indices.bounds.push_back(cast<SizeAttr>(bound).getExpr());
  };
  if (auto index = dyn_cast<IndexOp>(around))
    add(index, index.getNumIndices());
  else if (auto attend = dyn_cast<AttendOp>(around))
    add(attend, region == &attend.getWeights() ? attend.getRank() : attend.getNumIndices());
  return indices;
}

// ---- names in the text ----------------------------------------------------------------------------------------------

StringRef nameIn(Location loc) {
  StringRef name;
  loc->walk([&](Location inner) {
    auto named = dyn_cast<NameLoc>(inner);
    if (named)
      name = named.getName();
    return named ? WalkResult::interrupt() : WalkResult::advance();
  });
  return name;
}

StringRef blockIn(Location loc) {
  StringRef block;
  loc->walk([&](Location inner) {
    auto fused = dyn_cast<FusedLoc>(inner);
    auto path = fused ? dyn_cast_or_null<StringAttr>(fused.getMetadata()) : StringAttr();
    if (path)
      block = path.getValue();
    return path ? WalkResult::interrupt() : WalkResult::advance();
  });
  return block;
}

void nameResults(Operation *op, OpAsmSetValueNameFn setName) {
  StringRef name = nameIn(op->getLoc());
  if (!name.empty() && op->getNumResults() > 0)
    setName(op->getResult(0), name);
}

} // namespace heed

#include "compiler/dialect/HeedDialect.cpp.inc"
#include "compiler/dialect/HeedEnums.cpp.inc"
#include "compiler/dialect/HeedInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "compiler/dialect/HeedOps.cpp.inc"
