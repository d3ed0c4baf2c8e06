// A region of scalar ops at a lane type. What a kernel computes per element knows nothing of lanes: skeletons say at
// which indices, a subclass says what one lane is (here a scalar; a vector or a matrix fragment later).
#pragma once

#include "compiler/codegen/Frame.h"

namespace heed {

class RegionEmitter {
public:
  /// The value of an index in lane l is base + l * stride; a stride of 0 means that it is the same in every lane.
  struct At {
    mlir::Value base;
    int64_t stride = 0;
  };

  explicit RegionEmitter(Frame &frame) : frame(frame), b(frame.b) {}
  virtual ~RegionEmitter() = default;

  /// What the region yields for these elements at these indices, in lanes where the mask holds (null: in all).
  llvm::SmallVector<mlir::Value> emit(mlir::Region &, mlir::ValueRange elements, llvm::ArrayRef<At>,
                                      mlir::Value mask = {});

  /// One op outside of any region, in force for all that follows.
  void emitOp(mlir::Operation &, llvm::ArrayRef<At>, mlir::Value mask = {});

  /// The elements of a tensor, one index per axis.
  virtual mlir::Value read(const Place &, llvm::ArrayRef<At>, mlir::Value mask = {}) = 0;
  /// An op of the dialects arith and math.
  virtual mlir::Value math(mlir::Operation *, mlir::ValueRange operands) = 0;

protected:
  /// An index as a value of the region (i64), and a size.
  virtual mlir::Value at(At) = 0;
  virtual mlir::Value size(mlir::Value index) = 0;
  /// A random number; `counter` holds position, row, element and turn.
  virtual mlir::Value draw(DrawOp, mlir::ValueRange counter) = 0;
  /// A term: an index op without result axes.
  virtual mlir::Value term(IndexOp, llvm::ArrayRef<At>, mlir::Value mask) = 0;

  mlir::Value lookup(mlir::Value scalar) const { return frame.scalars.at(scalar); }

  Frame &frame;
  mlir::ImplicitLocOpBuilder &b;
};

} // namespace heed
