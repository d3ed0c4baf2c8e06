// A region with a vector of f32 a step (or of i64, i1, f64: as many lanes): the second instantiation of RegionEmitter.
#pragma once

#include "compiler/codegen/RegionEmitter.h"
#include "compiler/codegen/cpu/CpuStrategy.h"

namespace heed {

class VectorRegion : public RegionEmitter {
public:
  VectorRegion(Frame &frame, const CpuStrategy &strategy) : RegionEmitter(frame), strategy(strategy) {}

  /// Lanes next to each other in memory: a load. The same in all lanes: a scalar load, broadcast. Else lane by lane.
  /// Elements of lanes where the mask does not hold are not read.
  mlir::Value read(const Place &, llvm::ArrayRef<At>, mlir::Value mask = {}) override;
  /// Transcendental functions from VectorMath, all else the same op on vectors.
  mlir::Value math(mlir::Operation *, mlir::ValueRange operands) override;

  /// A scalar in every lane.
  mlir::Value uniform(mlir::Value scalar);
  int64_t lanes() const { return strategy.lanes; }

protected:
  mlir::Value at(At) override;
  mlir::Value size(mlir::Value index) override;
  mlir::Value draw(DrawOp, mlir::ValueRange counter) override;
  /// Reads and reductions with a vector as accumulator.
  mlir::Value term(IndexOp, llvm::ArrayRef<At>, mlir::Value mask) override;

  const CpuStrategy &strategy;
};

} // namespace heed
