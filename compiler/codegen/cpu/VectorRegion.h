// A region with a vector of f32 a step (or of i64, i1, f64: as many lanes): the second instantiation of RegionEmitter.
#pragma once

#include "compiler/codegen/RegionEmitter.h"
#include "compiler/codegen/cpu/CpuStrategy.h"

namespace heed {

class VectorRegion : public RegionEmitter {
public:
  VectorRegion(Frame &frame, const CpuStrategy &strategy) : RegionEmitter(frame), strategy(strategy) {}

  /// Lanes next to each other in memory: a load. The same in all lanes: a scalar load, broadcast. Else a gather, or
  /// lane by lane. Elements of lanes where the mask does not hold are not read, they are 0.
  mlir::Value read(const Place &, llvm::ArrayRef<At>, mlir::Value mask = {}) override;
  /// The reverse, which rounds: `value` is a vector of the scalars that regions see, or one of those.
  void write(const Place &, llvm::ArrayRef<At>, mlir::Value value, mlir::Value mask = {});
  /// Transcendental functions from VectorMath, all else the same op on vectors.
  mlir::Value math(mlir::Operation *, mlir::ValueRange operands) override;

  /// A scalar in every lane; a vector stays.
  mlir::Value uniform(mlir::Value scalar);
  /// As `emit`, and every value is a vector.
  llvm::SmallVector<mlir::Value> emitVectors(mlir::Region &, mlir::ValueRange elements, llvm::ArrayRef<At>,
                                             mlir::Value mask = {});
  /// A vector of what `body` gives for each lane (0, 1, …), by a loop; 0 where the mask does not hold.
  mlir::Value eachLane(mlir::Type scalar, mlir::Value mask, llvm::function_ref<mlir::Value(mlir::Value lane)> body);
  /// The same without a loop, for what is short.
  mlir::Value fromLanes(mlir::Type scalar, llvm::function_ref<mlir::Value(mlir::Value lane)> body);
  /// The index of that lane.
  mlir::Value lane(At, mlir::Value lane);
  /// base + l * stride >= 0 (or == 0) in lane l, as i1.
  mlir::Value compareWithZero(At, bool equal);
  /// Whether any lane holds.
  mlir::Value any(mlir::Value mask);

  int64_t lanes() const { return strategy.lanes; }
  mlir::VectorType vectorOf(mlir::Type scalar) const;

protected:
  mlir::Value at(At) override;
  mlir::Value size(mlir::Value index) override;
  /// The bits are those of scalar code. VectorDraw.cpp
  mlir::Value draw(DrawOp, mlir::ValueRange counter) override;
  /// Reads, and reductions with a vector as accumulator; whatever is not simple is done lane by lane.
  mlir::Value term(IndexOp, llvm::ArrayRef<At>, mlir::Value mask) override;

private:
  bool canMask(mlir::Type element) const;
  mlir::Value readUniform(const Place &, llvm::ArrayRef<At>, mlir::Value mask);
  mlir::Value gather(const Place &, llvm::ArrayRef<At>, mlir::Value step, mlir::Value mask);
  mlir::Value readLanes(const Place &, llvm::ArrayRef<At>, mlir::Value mask);
  /// stride * l in lane l.
  mlir::Value ramp(mlir::Type integer, int64_t stride);
  mlir::Value zero(mlir::Type scalar);

  const CpuStrategy &strategy;
};

} // namespace heed
