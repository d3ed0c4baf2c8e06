// Loops over layers and over an axis, branches; kernels, which only group.
#include "compiler/interpret/Interpreter.h"

using namespace mlir;

namespace heed {

/// Slice `n` along the first axis.
static Array slice(const Array &whole, int64_t n) {
  Array part(whole.isFloat, {whole.shape.begin() + 1, whole.shape.end()});
  std::copy_n(whole.cells.begin() + n * part.cells.size(), part.cells.size(), part.cells.begin());
  return part;
}

/// What a region argument takes of a stack: one row, or as many as its type says.
static Array rowsFor(BlockArgument argument, const Array &stack, int64_t row) {
  auto type = cast<RankedTensorType>(argument.getType());
  if (size_t(type.getRank()) < stack.shape.size())
    return slice(stack, row);
  Array part(stack.isFloat, stack.shape);
  part.shape[0] = type.getDimSize(0);
  int64_t one = stack.shape[0] ? stack.cells.size() / stack.shape[0] : 0;
  part.cells.assign(stack.cells.begin() + row * one, stack.cells.begin() + (row + part.shape[0]) * one);
  return part;
}

static SmallVector<Array> arraysOf(Interpreter &in, ValueRange values) {
  return llvm::map_to_vector(values, [&](Value v) { return in.array(v); });
}

static ValueRange yielded(Block &body) { return body.getTerminator()->getOperands(); }

LogicalResult RepeatOp::evaluate(Interpreter &in) {
  SmallVector<Array> carries = arraysOf(in, getCarries());
  SmallVector<int64_t> turnsOfKind(getBodies().size());
  for (auto [turn, kind] : llvm::enumerate(getSchedule())) {
    Block &body = getBodies()[kind].front();
    auto argument = body.args_begin();
    in.define(*argument++, Array::integers({}, {int64_t(turn)}));
    for (Array &carry : carries)
      in.define(*argument++, std::move(carry));
    for (auto [n, stack, of] : llvm::enumerate(getStacks(), getStackKinds()))
      if (of == kind) {
        ArrayRef<int64_t> rows = getRowsOf(n);
        int64_t row = rows.empty() ? turnsOfKind[kind] : rows[turnsOfKind[kind]];
        in.define(*argument, rowsFor(*argument, in.array(stack), row));
        ++argument;
      }
    ++turnsOfKind[kind];
    if (failed(in.run(body)))
      return failure();
    carries = arraysOf(in, yielded(body));
  }
  for (auto [result, carry] : llvm::zip(getResults(), carries))
    in.define(result, std::move(carry));
  return success();
}

LogicalResult BranchOp::evaluate(Interpreter &in) {
  bool holds = getSize() ? in.size(getSize()->getExpr()) >= 0 : in.array(getValue()).cells[0].integer != 0;
  Block &body = (holds ? getThen() : getOtherwise()).front();
  if (failed(in.run(body)))
    return failure();
  for (auto [result, value] : llvm::zip(getResults(), yielded(body)))
    in.define(result, in.array(value));
  return success();
}

LogicalResult ScanOp::evaluate(Interpreter &in) {
  SmallVector<Array> carries = arraysOf(in, getCarries());
  int64_t turns = in.size(getTurns().getExpr());
  size_t carried = carries.size();
  auto collected = getResults().drop_front(carried);
  for (Value result : collected)
    in.define(result);
  Block &body = getBody().front();
  for (int64_t n = 0; n != turns; ++n) {
    int64_t t = getReverse() ? turns - 1 - n : n;
    auto argument = body.args_begin();
    for (Array &carry : carries)
      in.define(*argument++, std::move(carry));
    for (Value sequence : getSequences())
      in.define(*argument++, slice(in.array(sequence), t));
    if (failed(in.run(body)))
      return failure();
    carries = arraysOf(in, yielded(body).take_front(carried));
    for (auto [result, part] : llvm::zip(collected, yielded(body).drop_front(carried))) {
      const Array &element = in.array(part);
      std::copy(element.cells.begin(), element.cells.end(), in.find(result)->cells.begin() + t * element.cells.size());
    }
  }
  for (auto [result, carry] : llvm::zip(getResults().take_front(carried), carries))
    in.define(result, std::move(carry));
  return success();
}

LogicalResult RouteOp::evaluate(Interpreter &in) { return in.notYet(*this); }

} // namespace heed
