// Ops that move or check what is there: reshape, sort, stop, check; and states, which have no meaning here yet.
#include "compiler/interpret/Nest.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace heed {

LogicalResult ReshapeOp::evaluate(Interpreter &in) {
  Array source = in.array(getSource());
  in.define(getResult()).cells = std::move(source.cells);
  return success();
}

/// Row by row, stable; NaN counts as less than everything.
void sortRows(const Array &source, int64_t length, bool descending, Array &values, Array &positions) {
  size_t row = source.shape.back(), count = values.shape.back(), rows = row ? source.cells.size() / row : 0;
  for (size_t r = 0; r != rows; ++r) {
    std::vector<int64_t> order(length);
    std::iota(order.begin(), order.end(), 0);
    auto key = [&](int64_t i) { return source.cells[r * row + i]; };
    auto less = [&](int64_t a, int64_t b) {
      if (!source.isFloat)
        return key(a).integer < key(b).integer;
      bool missing = std::isnan(key(a).real);
      return missing ? !std::isnan(key(b).real) : key(a).real < key(b).real;
    };
    llvm::sort(order, [&](int64_t a, int64_t b) {
      bool before = descending ? less(b, a) : less(a, b), after = descending ? less(a, b) : less(b, a);
      return before || (!after && a < b);
    });
    for (size_t n = 0; n != std::min<size_t>(count, length); ++n) {
      values.cells[r * count + n] = key(order[n]);
      positions.cells[r * count + n] = Cell(order[n]);
    }
  }
}

LogicalResult SortOp::evaluate(Interpreter &in) {
  const Array source = in.array(getSource());
  sortRows(source, source.shape.back(), getDescending(), in.define(getValues()), in.define(getPositions()));
  return success();
}

LogicalResult StopOp::evaluate(Interpreter &in) {
  in.define(getResult(), in.array(getValue()));
  return success();
}

LogicalResult CheckOp::evaluate(Interpreter &in) {
  bool holds = getSize() ? in.size(getSize()->getExpr()) >= 0 : in.array(getValue()).cells[0].integer != 0;
  return holds ? success() : in.fail(getLoc(), getMessage());
}

LogicalResult RecallOp::evaluate(Interpreter &in) { return in.notYet(*this); }
LogicalResult NextOp::evaluate(Interpreter &in) { return in.notYet(*this); }

} // namespace heed
