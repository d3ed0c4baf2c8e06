#include "compiler/codegen/plain/RowIndices.h"

using namespace mlir;

namespace heed {

SmallVector<Value> rowIndices(Frame &frame, ArrayRef<SizeExpr> bounds, Value row) {
  SmallVector<Value> indices(bounds.size());
  Value rest = row;
  for (unsigned d = bounds.size(); d-- > 0;) {
    Value extent = frame.sizes.value(bounds[d]);
    indices[d] = d == 0 ? rest : arith::RemUIOp::create(frame.b, rest, extent).getResult();
    if (d > 0)
      rest = arith::DivUIOp::create(frame.b, rest, extent);
  }
  return indices;
}

} // namespace heed
