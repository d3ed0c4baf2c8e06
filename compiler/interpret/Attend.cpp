// heed.attend: for each row, which keys it sees and their scores; then the row program; then the sum of weights times
// values. Rows are fixed by the result indices that visibility, scores or weights depend on.
#include "compiler/dialect/AttendRow.h"
#include "compiler/interpret/Nest.h"

using namespace mlir;

namespace heed {

namespace {

/// One step of a row program.
struct RowStep {
  std::unique_ptr<IndexLoop> loop;
  std::unique_ptr<Code> scalar;
  bool term = false;
  SortOp sort{};
};

class AttendLoop {
public:
  AttendLoop(Interpreter &in, AttendOp op) : in(in), op(op), nest(in), visible(nest), score(nest), value(nest) {}
  LogicalResult compile();
  LogicalResult run();

private:
  LogicalResult compileWeights();
  bool each(unsigned dim, bool ofRow, llvm::function_ref<bool()> body);
  bool eachKey(unsigned dim, llvm::function_ref<bool(int64_t key)> body);
  bool row();
  bool scores();
  bool weights();
  bool values();

  Interpreter &in;
  AttendOp op;
  Nest nest;
  Code visible, score, value;
  std::vector<int64_t> bounds;
  SmallVector<bool> indexOfRow; // per result index
  std::optional<ConditionCode> where;
  VisibleKeys keys;
  VisibleKeys rowKeys;             // what the row program runs over: the keys, or a dense row's first elements
  std::vector<int64_t> placeInRow; // of each visible key
  std::vector<RowStep> program;
  std::shared_ptr<Array> result, weighted;
};

} // namespace

// ---- compiling ------------------------------------------------------------------------------------------------------

LogicalResult AttendLoop::compile() {
  for (const SizeExpr &bound : op.getBoundExprs())
    bounds.push_back(in.size(bound));
  nest.indices.resize(bounds.size());
  SmallVector<int64_t> sizes;
  for (const SizeExpr &size : op.getSymbolExprs())
    sizes.push_back(in.size(size));
  where.emplace(op.getWhereAttr(), sizes);
  indexOfRow = indicesOfRow(op);
  indexOfRow.resize(op.getRank());
  in.define(op.getResult());
  result = in.find(op.getResult());
  if (!op.getVisible().empty() && failed(visible.compile(op.getVisible().front())))
    return failure();
  return failure(failed(score.compile(op.getScore().front())) || failed(value.compile(op.getValue().front())) ||
                 failed(compileWeights()));
}

LogicalResult AttendLoop::compileWeights() {
  Block &block = op.getWeights().front();
  in.define(block.getArgument(0));
  for (Operation &inner : block.without_terminator()) {
    if (auto index = dyn_cast<IndexOp>(inner)) {
      auto loop = std::make_unique<IndexLoop>(nest, index);
      if (failed(loop->compile()))
        return failure();
      loop->restrict(op.indicesOverRow(index), &rowKeys);
      program.push_back({std::move(loop), nullptr, index.isTerm()});
    } else if (auto sort = dyn_cast<SortOp>(inner)) {
      in.define(sort.getValues()), in.define(sort.getPositions());
      program.push_back({nullptr, nullptr, false, sort});
    } else if (auto stop = dyn_cast<StopOp>(inner); stop && isa<RankedTensorType>(stop.getType())) {
      in.alias(stop.getResult(), stop.getValue());
    } else if (inner.hasTrait<OpTrait::ConstantLike>() && isa<RankedTensorType>(inner.getResult(0).getType())) {
      if (failed(in.run(inner)))
        return failure();
    } else {
      auto code = std::make_unique<Code>(nest);
      if (failed(code->compile(inner)))
        return failure();
      program.push_back({nullptr, std::move(code), false});
    }
  }
  weighted = in.find(block.getTerminator()->getOperand(0));
  return success();
}

// ---- running --------------------------------------------------------------------------------------------------------

/// All values of the result indices from `dim` on that are, or are not, of the row.
bool AttendLoop::each(unsigned dim, bool ofRow, llvm::function_ref<bool()> body) {
  if (dim == indexOfRow.size())
    return body();
  if (indexOfRow[dim] != ofRow)
    return each(dim + 1, ofRow, body);
  for (nest.indices[dim] = 0; nest.indices[dim] < bounds[dim]; ++nest.indices[dim])
    if (!each(dim + 1, ofRow, body))
      return false;
  nest.indices[dim] = 0;
  return true;
}

bool AttendLoop::eachKey(unsigned dim, llvm::function_ref<bool(int64_t)> body) {
  if (dim == bounds.size()) {
    int64_t key = 0;
    for (unsigned d = op.getRank(); d != bounds.size(); ++d)
      key = key * bounds[d] + nest.indices[d];
    return body(key);
  }
  for (int64_t i = 0; i < bounds[dim]; ++i) {
    nest.indices[dim] = i;
    if (!eachKey(dim + 1, body))
      return false;
  }
  return true;
}

bool AttendLoop::scores() {
  Array &scored = *in.find(op.getWeights().getArgument(0));
  keys.seen.assign(scored.cells.size(), false);
  placeInRow.assign(scored.cells.size(), 0);
  keys.count = 0;
  bool dense = op.hasDenseRow();
  bool good = eachKey(op.getRank(), [&](int64_t key) {
    placeInRow[key] = dense ? keys.count : key;
    if (!dense)
      scored.cells[key] = Cell(0.0);
    if (!where->holds({nest.indices.data(), nullptr}))
      return true;
    if (!visible.yields.empty()) {
      visible.run();
      if (nest.failed || !nest.registers[visible.yields[0]].integer)
        return !nest.failed;
    }
    score.run();
    scored.cells[placeInRow[key]] = nest.registers[score.yields[0]];
    keys.seen[key] = true;
    ++keys.count;
    return !nest.failed;
  });
  rowKeys = keys;
  if (dense)
    for (size_t place = 0; place != rowKeys.seen.size(); ++place)
      rowKeys.seen[place] = int64_t(place) < keys.count;
  return good;
}

bool AttendLoop::weights() {
  // Within the program, dims past the result indices are the ops' own.
  for (RowStep &step : program) {
    if (step.sort)
      sortRows(in.array(step.sort.getSource()), keys.count, step.sort.getDescending(), *in.find(step.sort.getValues()),
               *in.find(step.sort.getPositions()));
    else if (step.scalar)
      step.scalar->run();
    else if (step.term)
      step.loop->runTerm();
    else
      step.loop->run();
    if (nest.failed)
      return false;
  }
  return true;
}

/// One row; nothing is left of one that sees no key, and its results stay 0.
bool AttendLoop::row() {
  if (!scores())
    return false;
  if (keys.count == 0)
    return true;
  return weights() && each(0, false, [&] { return values(); });
}

bool AttendLoop::values() {
  double sum = 0;
  bool good = eachKey(op.getRank(), [&](int64_t key) {
    if (!keys.seen[key])
      return true;
    value.run();
    in.operations += 2; // the weight times the value, and the sum
    sum += weighted->cells[placeInRow[key]].real * nest.registers[value.yields[0]].real;
    return !nest.failed;
  });
  int64_t at = 0;
  for (unsigned d = 0; d != indexOfRow.size(); ++d)
    at = at * bounds[d] + nest.indices[d];
  result->cells[at] = Cell(sum);
  return good;
}

LogicalResult AttendLoop::run() {
  return success(each(0, true, [&] { return row(); }));
}

LogicalResult AttendOp::evaluate(Interpreter &in) {
  AttendLoop loop(in, *this);
  return failure(failed(loop.compile()) || failed(loop.run()));
}

LogicalResult AttendGradOp::evaluate(Interpreter &in) { return in.notYet(*this); }

} // namespace heed
