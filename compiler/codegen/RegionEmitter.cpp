// Walks a region; every value of it becomes a value at the lane type.
#include "compiler/codegen/RegionEmitter.h"

using namespace mlir;

namespace heed {

void RegionEmitter::emitOp(Operation &op, ArrayRef<At> indices, Value mask) {
  auto lookedUp = [&](ValueRange values) { return llvm::map_to_vector(values, [&](Value v) { return lookup(v); }); };
  Location outer = b.getLoc();
  b.setLoc(unnamed(op.getLoc()));
  frame.scalars[op.getResult(0)] =
      TypeSwitch<Operation *, Value>(&op)
          .Case([&](AtOp op) { return at(indices[op.getDim()]); })
          .Case([&](SizeOp op) { return size(frame.sizes.value(op.getSize().getExpr())); })
          .Case([&](StopOp op) { return lookup(op.getValue()); })
          .Case([&](RoundOp op) { return rounded(b, lookup(op.getValue()), op.getElement()); })
          .Case([&](DrawOp op) { return draw(op, lookedUp(op->getOperands())); })
          .Case([&](IndexOp op) { return term(op, indices, mask); })
          .Default([&](Operation *op) { return math(op, lookedUp(op->getOperands())); });
  b.setLoc(outer);
}

SmallVector<Value> RegionEmitter::emit(Region &region, ValueRange elements, ArrayRef<At> indices, Value mask) {
  Block &block = region.front();
  for (auto [argument, element] : llvm::zip(block.getArguments(), elements))
    frame.scalars[argument] = element;
  for (Operation &op : block.without_terminator())
    emitOp(op, indices, mask);
  return llvm::map_to_vector(block.getTerminator()->getOperands(), [&](Value v) { return lookup(v); });
}

} // namespace heed
