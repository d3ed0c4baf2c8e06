// Op by op: vector loops where they fit.
#include "compiler/codegen/cpu/RowEmitter.h"

#include "compiler/codegen/Constants.h"
#include "compiler/codegen/plain/AttendLoops.h"
#include "compiler/codegen/plain/RowIndices.h"

using namespace mlir;

namespace heed {

void RowEmitter::emit(Operation &op, ArrayRef<Value> row) {
  auto index = dyn_cast<IndexOp>(op);
  auto attend = dyn_cast<AttendOp>(op);
  if (!index && !attend) {
    ScalarRegion region(frame);
    return emitBesideIndexOps(frame, region, op, {});
  }
  SmallVector<Place> results = placesOfResults(frame, op, outer);
  frame.b.setLoc(unnamed(op.getLoc()));
  if (attend)
    return AttendLoops(frame, attend).store(row, results);
  VectorLoops vectors(frame, strategy, index);
  if (vectors.fits(row.size()))
    vectors.store(row, results);
  else
    IndexLoops(frame, index).store(row, results);
}

} // namespace heed
