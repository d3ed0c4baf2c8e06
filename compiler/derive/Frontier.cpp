// What index notation reads of the stream, and the walk over an entry. The rules of the other ops stand with their
// families.
#include "compiler/derive/Frontier.h"

using namespace mlir;

namespace heed {

using namespace streams;

Frontier::Frontier(EntryOp entry) : entry(entry), symbols(entry.getContext(), entry.getStream()->str()) {
  if (entry.getPrefix())
    prefix = entry.getPrefix()->getExpr();
  for (BlockArgument argument : entry.getBody().getArguments())
    input(argument);
  run(entry.getBody().front());
}

const Reaches &Frontier::of(Value value) const {
  auto found = values.find(value);
  return found == values.end() ? none : found->second;
}

SmallVector<SizeExpr> Frontier::axesOf(Value value) {
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  return tensor ? heed::axesOf(tensor) : SmallVector<SizeExpr>();
}

/// Element t of an input along the stream arrives at t. One whose axis is another formula of the stream's size is there
/// at the end only.
void Frontier::input(BlockArgument argument) {
  if (!entry.getArgAttr(argument.getArgNumber(), "heed.input"))
    return;
  Reaches reaches;
  for (auto [axis, size] : llvm::enumerate(axesOf(argument)))
    if (symbols.grows(size)) {
      Reach reach;
      if (symbols.lengthBeyondStream(size) == 0)
        reach.bounds.push_back(getAffineDimExpr(axis, entry.getContext()));
      reaches.push_back(reach);
    }
  set(argument, reaches);
}

void Frontier::run(Block &block) {
  for (Operation &op : block.without_terminator())
    runOp(op);
}

void Frontier::runOp(Operation &op) {
  if (auto known = dyn_cast<StreamInterface>(op))
    return known.stream(*this);
  if (op.getNumRegions() != 0)
    return branches(op);
  Reaches reaches; // scalars
  for (Value operand : op.getOperands())
    join(operand, of(operand), reaches);
  for (Value result : op.getResults())
    set(result, reaches);
}

/// Any of the regions may give the results, and what the op itself is given decides.
void Frontier::branches(Operation &op) {
  SmallVector<Reaches> results(op.getNumResults());
  for (Region &region : op.getRegions())
    if (!region.empty()) {
      run(region.front());
      for (auto [result, value] : llvm::zip(results, region.front().getTerminator()->getOperands()))
        join(value, of(value), result);
    }
  for (auto [result, reaches] : llvm::zip(op.getResults(), results)) {
    for (Value operand : op.getOperands())
      readWhole(&op, operand, {Cause::Read, op.getLoc(), &op, result, operand, nullptr}, reaches);
    set(result, reaches);
  }
}

// ---- sets of reaches ------------------------------------------------------------------------------------------------

bool Frontier::isAhead(ArrayRef<SizeExpr> axes, const Reach &reach) {
  if (reach.toTheEnd())
    return true;
  bool along = false;
  for (auto [axis, size] : llvm::enumerate(axes))
    if (symbols.lengthBeyondStream(size)) {
      along = true;
      if (within(symbols, axes, reach, axis, getPrefix()))
        return false;
    }
  return along;
}

void Frontier::made(Step step, Reach reach, Reaches &into) {
  SmallVector<SizeExpr> axes = axesOf(step.result);
  reach.last = &steps.emplace_back(step);
  reach.origin = nullptr;
  if (isAhead(axes, reach)) {
    bool already = step.from && isAhead(axesOf(step.operand), *step.from);
    reach.origin = already ? step.from->origin : reach.last;
  }
  add(axes, std::move(reach), into);
}

void Frontier::add(ArrayRef<SizeExpr> axes, Reach reach, Reaches &into) {
  constexpr size_t most = 12;
  auto same = [&](const Step *a, const Step *b) {
    return a == b || (a && b && a->op == b->op && a->place == b->place && a->cause == b->cause);
  };
  auto comparable = [&](const Reach &known) { return same(known.origin, reach.origin); };
  if (llvm::any_of(into, [&](const Reach &known) { return comparable(known) && covers(symbols, axes, known, reach); }))
    return;
  llvm::erase_if(into, [&](const Reach &known) { return comparable(known) && covers(symbols, axes, reach, known); });
  if (into.size() == most) // the last stands for all that come
    into.back().bounds.clear();
  else
    into.push_back(std::move(reach));
}

void Frontier::join(Value value, const Reaches &reaches, Reaches &into) {
  for (const Reach &reach : reaches)
    add(axesOf(value), reach, into);
}

Reaches Frontier::renamed(const Reaches &reaches, ArrayRef<AffineExpr> dims,
                          llvm::function_ref<AffineExpr(AffineExpr)> symbols) {
  Reaches result = reaches;
  for (Reach &reach : result)
    for (AffineExpr &bound : reach.bounds) {
      bound = bound.replaceDims(dims);
      if (symbols)
        bound = symbols(bound);
    }
  return result;
}

// ---- one read -------------------------------------------------------------------------------------------------------

void Frontier::read(const Statement &s, Value operand, AffineMap map, Step step, Reaches &into) {
  demand(s, operand, map);
  for (const Reach &reach : of(operand)) {
    const Reach *from = keep(reach);
    SmallVector<AffineExpr> upper;
    for (AffineExpr bound : reach.bounds)
      upper.push_back(bound.replaceDims(map.getResults()));
    for (const Atoms &atoms : s.where)
      if (auto found = project(symbols, s.points, upper, atoms)) {
        step.from = from;
        made(step, *found, into);
      }
  }
}

void Frontier::readWhole(Operation *op, Value operand, Step step, Reaches &into) {
  SmallVector<SizeExpr> axes = axesOf(step.result), whole = axesOf(operand);
  SmallVector<AffineExpr> map;
  for (unsigned axis = 0; axis != whole.size(); ++axis)
    map.push_back(getAffineDimExpr(axes.size() + axis, op->getContext()));
  Statement s{op, step.result, {axes, static_cast<unsigned>(axes.size()), 0}, {{}}};
  s.points.bounds.append(whole);
  read(s, operand, AffineMap::get(s.points.bounds.size(), symbols.size(), map, op->getContext()), step, into);
}

/// Whether there is a position of this number is what the result depends on.
void Frontier::position(const Statement &s, AffineExpr number, const Atoms &atoms, Step step, Reaches &into) {
  if (auto found = project(symbols, s.points, number, atoms))
    made(step, *found, into);
}

// ---- conditions -----------------------------------------------------------------------------------------------------

SmallVector<Atoms> Frontier::conditions(ConditionAttr condition, ArrayRef<SizeExpr> sizes, unsigned indices) {
  if (!condition)
    return {{}};
  SmallVector<Atoms> any;
  for (IntegerSet set : condition.getSets()) {
    SmallVector<AffineExpr> replaced;
    for (unsigned s = 0; s != set.getNumSymbols(); ++s)
      replaced.push_back(s < sizes.size() ? symbols.of(sizes[s])
                                          : getAffineDimExpr(indices + s - sizes.size(), entry.getContext()));
    Atoms all;
    for (auto [expr, equality] : llvm::zip(set.getConstraints(), set.getEqFlags()))
      all.push_back({expr.replaceSymbols(replaced), equality});
    any.push_back(std::move(all));
  }
  return any;
}

static SmallVector<Atoms> both(ArrayRef<Atoms> a, ArrayRef<Atoms> b) {
  SmallVector<Atoms> product;
  for (const Atoms &left : a)
    for (const Atoms &right : b) {
      product.push_back(left);
      product.back().append(right);
    }
  return product;
}

/// Conditions that speak of the stream's size: they ask whether there is a position. `T + rest >= 0` is decided once
/// position -rest - 1 has come, `rest - T >= 0` once position `rest` has.
void Frontier::asks(const Statement &s, const Atoms &atoms, Step step, Reaches &into) {
  step.cause = Cause::Guard;
  for (unsigned n = 0; n != atoms.size(); ++n) {
    if (!symbols.grows(atoms[n].expr))
      continue;
    Atoms others(atoms);
    others.erase(others.begin() + n);
    AffineExpr size = symbols.of(SizeExpr::symbol(symbols.stream)), expr = atoms[n].expr;
    AffineExpr below = size - expr - 1, above = expr + size;
    bool positive = !symbols.grows(below), negative = !symbols.grows(above);
    if (!positive && !negative) {
      made(step, Reach(), into);
      continue;
    }
    if (positive || atoms[n].equality)
      position(s, positive ? below : above - 1, others, step, into);
    if (negative || atoms[n].equality)
      position(s, negative ? above : below + 1, others, step, into);
  }
}

void Frontier::counts(const Statement &s, unsigned first, Reaches &into) {
  for (unsigned d = first; d != s.points.bounds.size(); ++d) {
    SizeExpr bound = s.points.bounds[d];
    if (!symbols.grows(bound))
      continue;
    Step step{Cause::Count, s.op->getLoc(), s.op, s.result, {}, nullptr, int(d)};
    AffineExpr index = getAffineDimExpr(d, entry.getContext());
    SizeExpr beyond = bound - SizeExpr::symbol(symbols.stream);
    auto linear = bound.linearIn(symbols.stream);
    for (const Atoms &atoms : s.where)
      if (!symbols.grows(beyond))
        position(s, index - symbols.of(beyond), atoms, step, into);
      else if (linear && linear->factor > 0)
        position(s, (index - linear->offset).floorDiv(linear->factor), atoms, step, into);
      else
        made(step, Reach(), into);
  }
}

// ---- index ops ------------------------------------------------------------------------------------------------------

/// A counter of draws holds sizes only where no bit depends on them.
static bool isNumber(SizeOp size) {
  SmallVector<Operation *> users(size->getUsers());
  for (unsigned n = 0; n != users.size(); ++n) {
    if (isa<DrawOp>(users[n]))
      continue;
    if (!isa<arith::MulIOp, arith::AddIOp>(users[n]))
      return true;
    users.append(users[n]->user_begin(), users[n]->user_end());
  }
  return false;
}

void Frontier::numbers(Region &region, Value result, Reaches &into) {
  region.walk([&](SizeOp size) {
    if (!symbols.grows(size.getSize().getExpr()) || !isNumber(size))
      return;
    made({Cause::Size, size.getLoc(), size->getParentOp(), result, {}, nullptr}, Reach(), into);
  });
}

/// The first reduced index that a read goes along and that nothing bounds.
static int unboundedIndex(AffineMap map, unsigned kept, unsigned indices) {
  for (unsigned d = kept; d != indices; ++d)
    if (map.isFunctionOfDim(d))
      return d;
  return -1;
}

void Frontier::reads(IndexOp op, const Statement *outer, Value result, Reaches &into) {
  SmallVector<AccessAttr> accesses = op.getAccessList();
  SmallVector<SizeExpr> sizes = op.getSymbolExprs(), own = op.getBoundExprs();
  Statement s{op, result, {outer ? outer->points.bounds : SmallVector<SizeExpr>(), 0, 0}, {}};
  unsigned enclosing = s.points.bounds.size();
  s.points.bounds.append(own);
  s.points.kept = outer ? outer->points.kept : op.getRank();
  s.points.data = accesses.size();
  unsigned indices = s.points.bounds.size();
  SmallVector<Atoms> where = conditions(op.getWhereAttr(), sizes, indices);
  if (outer)
    where = both(outer->where, where);

  SmallVector<AffineExpr> symbolic;
  for (unsigned n = 0; n != sizes.size() + accesses.size(); ++n)
    symbolic.push_back(n < sizes.size() ? symbols.of(sizes[n])
                                        : getAffineDimExpr(indices + n - sizes.size(), op.getContext()));
  for (auto [n, access] : llvm::enumerate(accesses)) {
    Value operand = op.getSources()[access.getOperand()];
    AffineMap map = access.getMap().replaceDimsAndSymbols({}, symbolic, indices + accesses.size(), symbols.size());
    Step step{Cause::Read, op.getBody().getArgument(n).getLoc(),       op, result, operand,
              nullptr,     unboundedIndex(map, s.points.kept, indices)};
    for (unsigned d = indices; d != indices + accesses.size(); ++d)
      if (step.index < 0 && map.isFunctionOfDim(d))
        step.cause = Cause::Data;
    s.where = access.getGuard() ? both(where, conditions(access.getGuard(), sizes, indices)) : where;
    read(s, operand, map, step, into);
    if (llvm::any_of(map.getResults(), [&](AffineExpr e) { return symbols.grows(e); })) {
      step.cause = Cause::Size;
      made(step, Reach(), into);
    }
    if (access.getGuard())
      for (const Atoms &atoms : s.where)
        asks(s, atoms, step, into);
  }
  s.where = where;
  for (const Atoms &atoms : where)
    asks(s, atoms, {Cause::Guard, op.getLoc(), op, result, {}, nullptr}, into);
  if (auto attend = op->getParentOfType<AttendOp>(); attend && attend.getWeights().isAncestor(op->getParentRegion()))
    for (SizeExpr &bound : s.points.bounds) // a row holds visible keys only
      bound = bound == attend.getKeys() ? SizeExpr(1) : bound;
  counts(s, enclosing + op.getRank(), into);
  numbers(op.getBody(), result, into);
}

} // namespace heed
