// heed.repeat, heed.branch, heed.scan and heed.route: gradient, frontier, cost.
#include "compiler/derive/Cost.h"
#include "compiler/derive/Derivable.h"
#include "compiler/derive/Frontier.h"

#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace heed {

using namespace streams;

/// Rounds of a fixpoint. What still grows then grows with every turn, and waits for the end.
constexpr unsigned maxRounds = 4;

/// With the carries' reaches before a turn, gives those after it, until nothing new comes.
static SmallVector<Reaches> fixpoint(Frontier &in, ValueRange carries,
                                     llvm::function_ref<SmallVector<Reaches>(ArrayRef<Reaches>)> turn) {
  SmallVector<Reaches> before = llvm::map_to_vector(carries, [&](Value v) { return in.of(v); });
  for (unsigned round = 0;; ++round) {
    SmallVector<Reaches> after = turn(before), joined = before;
    bool same = true;
    for (unsigned c = 0; c != joined.size(); ++c) {
      size_t known = joined[c].size();
      for (Reach reach : after[c]) {
        if (round == maxRounds && !reach.toTheEnd() && llvm::none_of(before[c], [&](const Reach &wide) {
              return !wide.toTheEnd() && covers(in.sizes(), Frontier::axesOf(carries[c]), wide, reach);
            }))
          reach.bounds.clear();
        in.add(Frontier::axesOf(carries[c]), reach, joined[c]);
      }
      same &= joined[c].size() == known &&
              llvm::equal(joined[c], before[c], [](const Reach &a, const Reach &b) { return a.bounds == b.bounds; });
    }
    if (same || round > maxRounds)
      return after;
    before = joined;
  }
}

// ---- repeat ---------------------------------------------------------------------------------------------------------

/// What an element of any slice along the first axis reaches.
static void readSlice(Frontier &in, Operation *op, Value stack, BlockArgument slice) {
  SmallVector<SizeExpr> axes = Frontier::axesOf(slice);
  SmallVector<AffineExpr> map = {getAffineDimExpr(axes.size(), op->getContext())};
  for (unsigned axis = 0; axis != axes.size(); ++axis)
    map.push_back(getAffineDimExpr(axis, op->getContext()));
  Frontier::Statement s{op, slice, {axes, static_cast<unsigned>(axes.size()), 0}, {{}}};
  s.points.bounds.push_back(Frontier::axesOf(stack)[0]);
  Reaches reaches;
  in.read(s, stack, AffineMap::get(map.size(), in.sizes().size(), map, op->getContext()),
          {Cause::Read, op->getLoc(), op, slice, stack, nullptr}, reaches);
  in.set(slice, reaches);
}

Answer RepeatOp::differentiate() { return noGradientYet(*this); }
void RepeatOp::stream(Frontier &in) {
  unsigned carried = getCarries().size();
  SmallVector<Reaches> last = fixpoint(in, getCarries(), [&](ArrayRef<Reaches> before) {
    SmallVector<Reaches> after(carried);
    for (auto [kind, region] : llvm::enumerate(getBodies())) {
      Block &body = region.front();
      for (unsigned c = 0; c != carried; ++c)
        in.set(body.getArgument(1 + c), before[c]);
      unsigned argument = 1 + carried;
      for (auto [stack, of] : llvm::zip(getStacks(), getStackKinds()))
        if (of == int32_t(kind))
          readSlice(in, *this, stack, body.getArgument(argument++));
      in.run(body);
      for (unsigned c = 0; c != carried; ++c)
        in.join(getResult(c), in.of(body.getTerminator()->getOperand(c)), after[c]);
    }
    return after;
  });
  for (unsigned c = 0; c != carried; ++c)
    in.set(getResult(c), last[c]);
}
void RepeatOp::cost(Cost &of) {
  for (auto [kind, body] : llvm::enumerate(getBodies()))
    of.region(body, llvm::count(getSchedule(), int32_t(kind)));
}

// ---- branch ---------------------------------------------------------------------------------------------------------

Answer BranchOp::differentiate() { return noGradientYet(*this); }
void BranchOp::stream(Frontier &in) {
  in.branches(*getOperation());
  if (std::optional<SizeAttr> size = getSize(); size && in.sizes().grows(size->getExpr()))
    for (Value result : getResults()) {
      Reaches reaches = in.of(result);
      in.made({Cause::Size, getLoc(), *this, result, {}, nullptr}, Reach(), reaches);
      in.set(result, reaches);
    }
}
/// Either may run.
void BranchOp::cost(Cost &of) {
  of.region(getThen(), 1);
  of.region(getOtherwise(), 1);
}

// ---- scan -----------------------------------------------------------------------------------------------------------

namespace {
/// A scan's values speak of its turn by a symbol of its own.
struct Turns {
  Turns(Frontier &in, ScanOp op) : in(in), op(op), turn(in.sizes().turn(op.getTurns().getExpr())) {}

  /// Of the slice at this turn: the first index is the turn.
  Reaches slice(Value sequence) {
    SmallVector<AffineExpr> dims = {turn};
    for (unsigned axis = 1; axis < Frontier::axesOf(sequence).size(); ++axis)
      dims.push_back(getAffineDimExpr(axis - 1, turn.getContext()));
    return Frontier::renamed(in.of(sequence), dims);
  }
  /// The other way: of what is collected along a first axis.
  Reaches collected(Value part) {
    SmallVector<AffineExpr> dims;
    for (unsigned axis = 0; axis != Frontier::axesOf(part).size(); ++axis)
      dims.push_back(getAffineDimExpr(axis + 1, turn.getContext()));
    return Frontier::renamed(in.of(part), dims,
                             [&](AffineExpr e) { return at(e, getAffineDimExpr(0, e.getContext())); });
  }
  /// What was made in the turn before this one. Against the stream, everything later was.
  Reaches before(Value part, Value carry) {
    bool alongStream = in.sizes().grows(op.getTurns().getExpr());
    Reaches reaches;
    for (Reach reach : in.of(part)) {
      if (op.getReverse() && alongStream && !reach.toTheEnd()) {
        in.made({Cause::Reverse, op.getLoc(), op, carry, part, in.keep(reach)}, Reach(), reaches);
        continue;
      }
      for (AffineExpr &bound : reach.bounds)
        bound = at(bound, op.getReverse() ? turn + 1 : turn - 1);
      reaches.push_back(reach);
    }
    return reaches;
  }
  /// Of a carry after the last turn: any turn's.
  Reaches after(Value part, Value result) {
    SmallVector<SizeExpr> axes = Frontier::axesOf(result);
    Points points{axes, static_cast<unsigned>(axes.size()), 1};
    AffineExpr any = getAffineDimExpr(axes.size(), turn.getContext());
    Atoms range = {{any}, {in.sizes().of(op.getTurns().getExpr()) - 1 - any}};
    Reaches reaches;
    for (const Reach &reach : in.of(part)) {
      auto upper = llvm::map_to_vector(reach.bounds, [&](AffineExpr e) { return at(e, any); });
      if (auto found = project(in.sizes(), points, upper, range))
        in.made({Cause::Read, op.getLoc(), op, result, part, in.keep(reach)}, *found, reaches);
    }
    return reaches;
  }

private:
  AffineExpr at(AffineExpr e, AffineExpr other) const { return e.replace(turn, other); }

  Frontier &in;
  ScanOp op;
  AffineExpr turn;
};
} // namespace

Answer ScanOp::differentiate() { return noGradientYet(*this); }
void ScanOp::stream(Frontier &in) {
  Turns turns(in, *this);
  Block &body = getBody().front();
  unsigned carried = getCarries().size();
  fixpoint(in, getCarries(), [&](ArrayRef<Reaches> before) {
    for (unsigned c = 0; c != carried; ++c)
      in.set(body.getArgument(c), before[c]);
    for (auto [n, sequence] : llvm::enumerate(getSequences()))
      in.set(body.getArgument(carried + n), turns.slice(sequence));
    in.run(body);
    SmallVector<Reaches> after;
    for (unsigned c = 0; c != carried; ++c)
      after.push_back(turns.before(body.getTerminator()->getOperand(c), body.getArgument(c)));
    return after;
  });
  for (auto [n, part] : llvm::enumerate(body.getTerminator()->getOperands()))
    in.set(getResult(n), n < carried ? turns.after(part, getResult(n)) : turns.collected(part));
}
void ScanOp::cost(Cost &of) { of.region(getBody(), getTurns().getExpr()); }

// ---- route ----------------------------------------------------------------------------------------------------------

// Rows do not see each other: a row of the result depends on the rows of the operands at the same leading indices.
Answer RouteOp::differentiate() { return noGradientYet(*this); }
void RouteOp::stream(Frontier &in) {
  SmallVector<SizeExpr> axes = Frontier::axesOf(getResult());
  Reaches reaches;
  auto readRow = [&](Value operand) {
    SmallVector<SizeExpr> from = Frontier::axesOf(operand);
    Frontier::Statement s{*this, getResult(), {axes, static_cast<unsigned>(axes.size()), 0}, {{}}};
    SmallVector<AffineExpr> map;
    bool same = true;
    for (auto [axis, size] : llvm::enumerate(from)) {
      same &= axis < axes.size() && axes[axis] == size;
      map.push_back(getAffineDimExpr(same ? axis : s.points.bounds.size(), getContext()));
      if (!same)
        s.points.bounds.push_back(size);
    }
    in.read(s, operand, AffineMap::get(s.points.bounds.size(), in.sizes().size(), map, getContext()),
            {Cause::Route, getLoc(), *this, getResult(), operand, nullptr}, reaches);
  };
  readRow(getPicks());
  llvm::for_each(getRows(), readRow);
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(getBody(), captured);
  captured.insert(getStacks().begin(), getStacks().end());
  for (Value value : captured)
    in.readWhole(*this, value, {Cause::Read, getLoc(), *this, getResult(), value, nullptr}, reaches);
  in.set(getResult(), reaches);
}
/// The experts' rows, one for each pick.
void RouteOp::cost(Cost &of) {
  SizeExpr picks = 1;
  for (const SizeExpr &axis : Frontier::axesOf(getPicks()))
    picks = picks * axis;
  of.region(getBody(), picks);
}

} // namespace heed
