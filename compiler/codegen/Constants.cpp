// Tensor constants become read-only globals; whatever else stands beside index ops is scalar.
#include "compiler/codegen/Constants.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace heed {

/// The elements as they lie in memory: one axis, booleans as bytes.
static DenseElementsAttr inMemory(DenseElementsAttr value) {
  Type element = value.getElementType(), stored = storedType(element);
  if (element.isInteger(1))
    value = cast<DenseIntElementsAttr>(value).mapValues(stored, [](const APInt &bit) { return bit.zext(8); });
  else if (element != stored)
    value = value.bitcast(stored);
  return value.reshape(RankedTensorType::get({value.getNumElements()}, stored));
}

std::string globalOf(ModuleOp module, DenseElementsAttr value) {
  DenseElementsAttr elements = inMemory(value);
  unsigned number = 0;
  for (auto global : module.getOps<memref::GlobalOp>()) {
    if (global.getInitialValueAttr() == elements)
      return global.getSymName().str();
    ++number;
  }
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  std::string name = "constant." + std::to_string(number);
  auto type = MemRefType::get({elements.getNumElements()}, elements.getElementType());
  memref::GlobalOp::create(b, module.getLoc(), name, b.getStringAttr("private"), type, elements, /*constant=*/true,
                           b.getI64IntegerAttr(64));
  return name;
}

void emitBesideIndexOps(Frame &frame, RegionEmitter &region, Operation &op, ArrayRef<Value> dims) {
  ImplicitLocOpBuilder &b = frame.b;
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (constant && isa<RankedTensorType>(constant.getType())) {
    auto elements = cast<DenseElementsAttr>(constant.getValue());
    auto type = MemRefType::get({elements.getNumElements()}, storedType(elements.getElementType()));
    auto module = b.getBlock()->getParentOp()->getParentOfType<ModuleOp>();
    Value global = memref::GetGlobalOp::create(b, type, globalOf(module, elements));
    Value memory = memref::CastOp::create(b, bufferOf(elements.getElementType()), global);
    frame.places[constant] = frame.placeOf(cast<RankedTensorType>(constant.getType()), memory);
    return;
  }
  if (auto stop = dyn_cast<StopOp>(op); stop && frame.places.contains(stop.getValue())) {
    Place same = frame.places.at(stop.getValue()); // by value: the map may grow
    frame.places[stop] = same;
    return;
  }
  region.emitOp(op, llvm::map_to_vector(dims, [](Value index) { return RegionEmitter::At{index}; }));
}

} // namespace heed
