// heed.index: loops over result indices, and over reduced ones within. At a point, first what `where` needs is read,
// then `where` decides, then the rest is read under its guards, then the region gives the element and, where data
// decides, whether it counts.
#include "compiler/codegen/Faults.h"
#include "compiler/derive/Cost.h"
#include "compiler/interpret/Nest.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace heed {

// ---- compiling ------------------------------------------------------------------------------------------------------

LogicalResult IndexLoop::compile() {
  outer = op.getEnclosingIndices();
  own = op.getNumIndices();
  rank = op.getRank();
  nest.indices.resize(std::max<size_t>(nest.indices.size(), outer + own));
  for (const SizeExpr &bound : op.getBoundExprs())
    bounds.push_back(nest.in.size(bound));
  restricted.assign(own, nullptr);
  SmallVector<int64_t> sizes;
  for (const SizeExpr &size : op.getSymbolExprs())
    sizes.push_back(nest.in.size(size));

  SmallVector<AccessAttr> list = op.getAccessList();
  data.resize(list.size());
  for (auto [n, access] : llvm::enumerate(list))
    addAccess(access, n, sizes);
  where.emplace(op.getWhereAttr(), sizes);
  markDataOfWhere(list, sizes.size());
  if (failed(body.compile(op.getBody().front())))
    return failure();
  isFloat = isa<FloatType>(op.getBody().front().getTerminator()->getOperand(0).getType());
  operationsToFold = operationsOf(op.getReduction(), op.getBody().front().getTerminator()->getOperand(0).getType());
  for (Value result : op.getResults())
    if (op.isTerm())
      nest.slot(result);
    else
      nest.in.define(result);
  return success();
}

void IndexLoop::addAccess(AccessAttr access, unsigned number, ArrayRef<int64_t> sizes) {
  std::shared_ptr<Array> array = nest.in.find(op.getSources()[access.getOperand()]);
  assert(array && "operands are evaluated before");
  std::vector<int64_t> strides(array->shape.size(), 1);
  for (size_t axis = strides.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * array->shape[axis];
  std::vector<AffineCode> positions;
  for (AffineExpr e : access.getMap().getResults())
    positions.emplace_back(e, sizes);
  accesses.push_back({array, std::move(positions), ConditionCode(access.getGuard(), sizes), std::move(strides),
                      nest.slot(op.getBody().getArgument(number)), false});
}

/// Accesses whose data `where` mentions come first, and those whose data they need.
void IndexLoop::markDataOfWhere(ArrayRef<AccessAttr> list, unsigned sizes) {
  auto mentions = [&](ConditionAttr condition, unsigned access) {
    return condition && llvm::any_of(condition.getSets(), [&](IntegerSet set) {
             return llvm::any_of(set.getConstraints(),
                                 [&](AffineExpr e) { return e.isFunctionOfSymbol(sizes + access); });
           });
  };
  for (unsigned n = list.size(); n-- > 0;) {
    bool needed = mentions(op.getWhereAttr(), n);
    for (unsigned later = n + 1; later < list.size(); ++later)
      needed |= accesses[later].beforeWhere &&
                (list[later].getMap().isFunctionOfSymbol(sizes + n) || mentions(list[later].getGuard(), n));
    accesses[n].beforeWhere = needed;
  }
}

void IndexLoop::restrict(ArrayRef<bool> indices, const VisibleKeys *visible) {
  for (auto [n, isOverRow] : llvm::enumerate(indices))
    if (isOverRow)
      restricted[n] = visible;
}

// ---- one point ------------------------------------------------------------------------------------------------------

/// Leaves the element in the access's register; false if the run has failed.
bool IndexLoop::read(unsigned number) {
  const Access &access = accesses[number];
  AffinePoint point{nest.indices.data(), data.data()};
  Cell &cell = nest.registers[access.slot];
  cell = access.array->isFloat ? Cell(0.0) : Cell(int64_t(0));
  data[number] = 0;
  if (!access.guard.holds(point))
    return true;
  int64_t at = 0;
  for (size_t axis = 0; axis != access.positions.size(); ++axis) {
    int64_t position = access.positions[axis].at(point);
    if (position < 0 || position >= access.array->shape[axis]) {
      std::string message = messageOf({op, number, unsigned(axis)});
      if (size_t hole = message.find("{}"); hole != std::string::npos)
        message.replace(hole, 2, std::to_string(position));
      nest.failed = failed(nest.in.fail(op.getLoc(), message));
      return false;
    }
    at += position * access.strides[axis];
  }
  cell = access.array->cells[at];
  if (!access.array->isFloat)
    data[number] = cell.integer;
  return true;
}

IndexLoop::Next IndexLoop::enter() {
  for (unsigned n = 0; n != accesses.size(); ++n)
    if (accesses[n].beforeWhere && !read(n))
      return Next::Failed;
  if (!where->holds({nest.indices.data(), data.data()}))
    return Next::Skip;
  for (unsigned n = 0; n != accesses.size(); ++n)
    if (!accesses[n].beforeWhere && !read(n))
      return Next::Failed;
  body.run();
  if (nest.failed)
    return Next::Failed;
  bool counts = body.yields.size() == 1 || nest.registers[body.yields[1]].integer;
  return counts ? Next::Counts : Next::Skip;
}

// ---- loops ----------------------------------------------------------------------------------------------------------

/// Calls `body` at all points of own indices [dim, end), row-major; it gives false to stop.
template <typename Each> bool IndexLoop::each(unsigned dim, unsigned end, const Each &body) {
  if (dim == end)
    return body();
  const VisibleKeys *keys = restricted[dim];
  for (int64_t i = 0; i < bounds[dim]; ++i) {
    if (keys && !keys->seen[i])
      continue;
    nest.indices[outer + dim] = i;
    if (!each(dim + 1, end, body))
      return false;
  }
  return true;
}

void IndexLoop::run() {
  std::vector<std::shared_ptr<Array>> arrays;
  std::vector<unsigned> widths;
  for (Value result : op.getResults()) {
    arrays.push_back(nest.in.find(result));
    auto integer = dyn_cast<IntegerType>(getElementTypeOrSelf(result.getType()));
    widths.push_back(integer && integer.getWidth() > 1 ? integer.getWidth() : 64);
  }
  std::vector<Cell> results(arrays.size());
  each(0, rank, [&] {
    reduce(results);
    int64_t at = 0;
    for (unsigned d = 0; d != rank; ++d)
      at = at * bounds[d] + nest.indices[outer + d];
    for (size_t n = 0; n != arrays.size(); ++n) {
      Cell cell = results[n];
      if (!arrays[n]->isFloat) // stored integers keep their low bits
        cell.integer = widths[n] == 8 ? uint8_t(cell.integer) : llvm::SignExtend64(cell.integer, widths[n]);
      arrays[n]->cells[at] = cell;
    }
    return !nest.failed;
  });
}

void IndexLoop::runTerm() {
  std::vector<Cell> results(op.getNumResults());
  reduce(results);
  for (auto [value, cell] : llvm::zip(op.getResults(), results))
    nest.registers[nest.slot(value)] = cell;
}

// ---- reductions -----------------------------------------------------------------------------------------------------

void IndexLoop::reduce(std::vector<Cell> &results) {
  start(results);
  each(rank, own, [&] {
    Next next = enter();
    if (next == Next::Counts)
      fold(results);
    return next != Next::Failed;
  });
  finish(results);
}

/// What is left of nothing.
void IndexLoop::start(std::vector<Cell> &results) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr int64_t least = std::numeric_limits<int64_t>::min(), greatest = std::numeric_limits<int64_t>::max();
  auto set = [&](double real, int64_t whole) { results[0] = isFloat ? Cell(real) : Cell(whole); };
  found = false;
  exponents.clear();
  switch (op.getReduction()) {
  case Reduction::none:
  case Reduction::sum:
  case Reduction::any:
  case Reduction::logsumexp:
    return set(0, 0);
  case Reduction::prod:
  case Reduction::all:
    return set(1, 1);
  case Reduction::max:
    return set(-infinity, least);
  case Reduction::min:
    return set(infinity, greatest);
  case Reduction::argmax:
    results.assign(results.size(), Cell(int64_t(0)));
  }
}

void IndexLoop::fold(std::vector<Cell> &results) {
  Cell element = nest.registers[body.yields[0]], &sum = results[0];
  nest.in.operations += operationsToFold;
  auto pick = [](auto a, auto b, bool first) { return first ? a : b; };
  switch (op.getReduction()) {
  case Reduction::none:
    sum = element;
    return;
  case Reduction::sum:
    isFloat ? void(sum.real += element.real) : void(sum.integer += element.integer);
    return;
  case Reduction::prod:
    isFloat ? void(sum.real *= element.real) : void(sum.integer *= element.integer);
    return;
  case Reduction::max: // NaN stays
    if (isFloat)
      sum.real = pick(sum.real, element.real, sum.real >= element.real || std::isnan(sum.real));
    else
      sum.integer = std::max(sum.integer, element.integer);
    return;
  case Reduction::min:
    if (isFloat)
      sum.real = pick(sum.real, element.real, sum.real <= element.real || std::isnan(sum.real));
    else
      sum.integer = std::min(sum.integer, element.integer);
    return;
  case Reduction::any:
    sum.integer |= element.integer;
    return;
  case Reduction::all:
    sum.integer &= element.integer;
    return;
  case Reduction::logsumexp:
    exponents.push_back(element.real);
    return;
  case Reduction::argmax: // the first of equals
    if (found && !(isFloat ? element.real > best.real : element.integer > best.integer))
      return;
    found = true;
    best = element;
    for (unsigned d = rank; d != own; ++d)
      results[d - rank] = Cell(nest.indices[outer + d]);
  }
}

void IndexLoop::finish(std::vector<Cell> &results) {
  if (op.getReduction() != Reduction::logsumexp)
    return;
  double greatest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (double e : exponents)
    greatest = std::max(greatest, e);
  if (std::isfinite(greatest))
    for (double e : exponents)
      sum += std::exp(e - greatest);
  results[0] = Cell(std::isfinite(greatest) ? greatest + std::log(sum) : greatest);
}

LogicalResult IndexOp::evaluate(Interpreter &in) {
  Nest nest(in);
  IndexLoop loop(nest, *this);
  if (failed(loop.compile()))
    return failure();
  loop.run();
  return failure(nest.failed);
}

} // namespace heed
