// A region with one element a lane: the first instantiation of RegionEmitter.
#pragma once

#include "compiler/codegen/RegionEmitter.h"

namespace heed {

class ScalarRegion : public RegionEmitter {
public:
  using RegionEmitter::RegionEmitter;

  mlir::Value read(const Place &, llvm::ArrayRef<At>, mlir::Value mask = {}) override;
  mlir::Value math(mlir::Operation *, mlir::ValueRange operands) override;
  mlir::Value draw(DrawOp, mlir::ValueRange counter) override;

protected:
  mlir::Value at(At) override;
  mlir::Value size(mlir::Value index) override;
  mlir::Value term(IndexOp, llvm::ArrayRef<At>, mlir::Value mask) override;
};

} // namespace heed
