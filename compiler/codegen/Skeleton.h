// The loops of one kind of kernel. In: a kernel whose operands and results are bound to memory, and the range that a
// call covers. Out: code for that range. A skeleton decides nothing that other ranges could see: results do not depend
// on how a kernel is cut.
#pragma once

#include "compiler/codegen/Frame.h"

namespace heed {

/// How far a kernel goes: its function is called for rows [r0, r1) and panels [p0, p1) until all are covered. `grain`
/// is the least number of rows worth a thread. One of these rows may be a tile, several rows of the result.
struct Work {
  SizeExpr rows = 1, panels = 1;
  int64_t grain = 1, rowsATile = 1;
};

/// What a call of a range function is to do.
struct Range {
  mlir::Value r0, r1, p0, p1;
};

class Skeleton {
public:
  virtual ~Skeleton() = default;

  virtual Work work() = 0;
  /// Emits the body where the frame's builder stands; operands and yielded values have places in the frame.
  virtual mlir::LogicalResult emit(Frame &, const Range &) = 0;
};

} // namespace heed
