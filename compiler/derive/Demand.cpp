// Found from the same projections as the frontier: how far before the result's own position a read may lie, for each
// conjunction of its conditions; where no constant says so, how far from the first position.
#include "compiler/derive/Demand.h"

#include "compiler/derive/Frontier.h"

#include <fmt/format.h>

using namespace mlir;

namespace heed {

using namespace streams;

std::string Demand::str() const {
  std::string kept = all    ? "all"
                     : pins ? fmt::format("pins({}){}", pins, tail ? fmt::format(" + tail({})", tail) : "")
                     : tail ? fmt::format("tail({})", tail)
                            : "now";
  return !sum ? kept : kept == "now" ? "sum" : "sum, " + kept;
}

Demand Frontier::demandOf(Value value) const { return demands.lookup(value); }

/// The axis along which a value's positions follow each other: the first of the stream's length.
static std::optional<unsigned> streamAxis(const Symbols &symbols, ArrayRef<SizeExpr> axes) {
  for (auto [axis, size] : llvm::enumerate(axes))
    if (symbols.lengthBeyondStream(size))
      return axis;
  return std::nullopt;
}

/// The greatest value of a number that is at least 0, if a constant bounds it.
static std::optional<int64_t> greatest(Symbols &symbols, const Points &points, AffineExpr number, const Atoms &atoms) {
  if (auto constant = dyn_cast<AffineConstantExpr>(number))
    return std::max<int64_t>(0, constant.getValue());
  std::optional<Reach> found = project(symbols, points, number, atoms);
  if (!found)
    return 0;
  std::optional<int64_t> least;
  for (AffineExpr bound : found->bounds)
    if (auto constant = dyn_cast<AffineConstantExpr>(bound))
      least = std::min(least.value_or(constant.getValue()), constant.getValue());
  return least;
}

void Frontier::demand(const Statement &s, Value operand, AffineMap map) {
  std::optional<unsigned> axis = streamAxis(symbols, axesOf(operand));
  if (!axis || of(operand).empty())
    return;
  Demand &demand = demands[operand];
  if (auto index = dyn_cast<IndexOp>(s.op); index && index.getForm() == Form::prefix) {
    demand.sum = true;
    return;
  }
  AffineExpr read = map.getResult(*axis);
  std::optional<unsigned> own = streamAxis(symbols, ArrayRef(s.points.bounds).take_front(s.points.kept));
  for (const Atoms &atoms : s.where) {
    std::optional<int64_t> behind, from;
    if (own)
      behind = greatest(symbols, s.points, getAffineDimExpr(*own, read.getContext()) - read, atoms);
    if (behind)
      demand.tail = std::max(demand.tail, *behind);
    else if ((from = greatest(symbols, s.points, read, atoms)))
      demand.pins = std::max(demand.pins, *from + 1);
    else
      demand.all = true;
  }
}

} // namespace heed
