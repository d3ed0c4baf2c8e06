// Indices are told apart by who reads them: keys stand behind the result indices; the feature is read by values alone;
// queries are read by neither values nor the right factor of the product.
#include "compiler/kernels/AttendMatch.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace heed {

// ---- who reads what ----

namespace {

/// Dims that maps and conditions mention, as far as they are indices in force around the whole.
class Reads {
public:
  explicit Reads(unsigned count) : used(count) {}

  void access(AccessAttr access) {
    for (unsigned d = 0; d < used.size() && d < access.getMap().getNumDims(); ++d)
      if (access.getMap().isFunctionOfDim(d))
        used.set(d);
    condition(access.getGuard());
  }
  void condition(ConditionAttr condition) {
    if (!condition)
      return;
    for (IntegerSet set : condition.getSets())
      for (AffineExpr constraint : set.getConstraints())
        for (unsigned d = 0; d != used.size(); ++d)
          if (constraint.isFunctionOfDim(d))
            used.set(d);
  }
  void op(Operation *root) {
    root->walk([&](Operation *inner) {
      if (auto at = dyn_cast<AtOp>(inner); at && at.getDim() < used.size())
        used.set(at.getDim());
      auto index = dyn_cast<IndexOp>(inner);
      if (!index)
        return;
      condition(index.getWhereAttr());
      for (AccessAttr read : index.getAccessList())
        access(read);
    });
  }
  void region(Region &region) {
    for (Operation &inner : region.getOps())
      op(&inner);
  }

  llvm::SmallBitVector used;
};

} // namespace

Ingredients ingredientsOf(IndexOp op, ArrayRef<Value> roots) {
  Ingredients made{llvm::SmallBitVector(op.getAccessList().size()), {}};
  llvm::SetVector<Value> seen;
  seen.insert(roots.begin(), roots.end());
  for (unsigned i = 0; i != seen.size(); ++i) {
    Value value = seen[i];
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      if (argument.getOwner() == &op.getBody().front())
        made.accesses.set(argument.getArgNumber());
      continue;
    }
    for (Value operand : value.getDefiningOp()->getOperands())
      seen.insert(operand);
  }
  for (Operation &inner : op.getBody().front().without_terminator())
    if (llvm::any_of(inner.getResults(), [&](Value v) { return seen.contains(v); }))
      made.ops.push_back(&inner);
  return made;
}

namespace {

// ---- weights ----

/// The row of the program, at the index op's own first index.
bool isOwnScore(AttendOp attend, IndexOp op, unsigned access) {
  AccessAttr read = op.getAccessList()[access];
  return op.getSources()[read.getOperand()] == attend.getWeights().getArgument(0) && !read.getGuard() &&
         read.getMap().getResult(0) == getAffineDimExpr(attend.getRank(), op.getContext());
}

std::optional<unsigned> accessOf(IndexOp op, Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != &op.getBody().front())
    return std::nullopt;
  return argument.getArgNumber();
}

class WeightsMatcher {
public:
  WeightsMatcher(AttendOp op, std::string &reason) : op(op), row(op.getWeights().getArgument(0)), reason(reason) {}

  std::optional<RowWeights> match() {
    Block &program = op.getWeights().front();
    RowWeights found{
        RowWeights::Family::elementwise, {}, program.getTerminator()->getOperand(0).getDefiningOp<IndexOp>(), {}};
    for (Operation &inner : program.without_terminator())
      if (auto index = dyn_cast<IndexOp>(inner); !index && !inner.hasTrait<OpTrait::ConstantLike>())
        return declined("weights are more than index notation: they sort, or stop gradients");
      else if (index && index != found.last && !addStatistic(found, index))
        return std::nullopt;
    if (!isPointwise(found.last))
      return declined("a weight reads other scores than its own");
    Value weight = found.last.getBody().front().getTerminator()->getOperand(0);
    return found.statistic ? normalised(found, weight) : elementwise(found);
  }

private:
  std::nullopt_t declined(StringRef why) {
    reason = why.str();
    return std::nullopt;
  }

  /// One op before the last: the statistic of the row, or something that the row has no part in.
  bool addStatistic(RowWeights &found, IndexOp index) {
    auto readsRow = [&](Value source) {
      return source == row || (found.statistic && source == found.statistic.getResult(0));
    };
    bool ofRow = llvm::is_contained(index.getSources(), row);
    if (index.getRank() != 0 || index.getWhere()) {
      declined(llvm::any_of(index.getSources(), readsRow) ? "weights take more than one pass over the scores"
                                                          : "weights make other rows");
      return false;
    }
    if (!ofRow)
      return true;
    Block &body = index.getBody().front();
    bool plain = index.getNumIndices() == 1 && index.getAccesses().size() == 1 && isOwnScore(op, index, 0) &&
                 body.getTerminator()->getNumOperands() == 1 &&
                 body.getTerminator()->getOperand(0) == body.getArgument(0) &&
                 (index.getReduction() == Reduction::logsumexp || index.getReduction() == Reduction::sum);
    if (!plain || found.statistic) {
      declined("weights need more of a row than one sum or logsumexp of all scores");
      return false;
    }
    if (index.getBoundExprs()[0] != op.getKeys()) {
      declined("weights need a sum or logsumexp of a part of the scores");
      return false;
    }
    found.statistic = index;
    return true;
  }

  /// Each weight from its own score, and what is the same for all keys.
  bool isPointwise(IndexOp last) {
    if (!last || last.getReduction() != Reduction::none || last.getRank() != 1 || last.getWhere() ||
        last.getBody().front().getTerminator()->getNumOperands() != 1)
      return false;
    for (auto [k, access] : llvm::enumerate(last.getAccessList())) {
      Reads reads(op.getRank() + 1);
      reads.access(access);
      bool ofRow = last.getSources()[access.getOperand()] == row;
      if (ofRow ? !isOwnScore(op, last, k) : reads.used[op.getRank()])
        return false;
    }
    return true;
  }

  std::optional<RowWeights> normalised(RowWeights found, Value weight) {
    IndexOp last = found.last;
    auto isScore = [&](Value value) {
      auto access = accessOf(last, value);
      return access && isOwnScore(op, last, *access);
    };
    auto isStatistic = [&](Value value) {
      if (value == found.statistic.getResult(0)) // a scalar from around the region
        return true;
      auto access = accessOf(last, value);
      return access && last.getSources()[last.getAccessList()[*access].getOperand()] == found.statistic.getResult(0);
    };
    if (found.statistic.getReduction() == Reduction::sum) {
      auto ratio = weight.getDefiningOp<arith::DivFOp>();
      if (!ratio || !isScore(ratio.getLhs()) || !isStatistic(ratio.getRhs()))
        return declined("weights use the sum of scores otherwise than to divide by it");
      found.family = RowWeights::Family::shares;
      return found;
    }
    auto exponential = weight.getDefiningOp<math::ExpOp>();
    auto difference = exponential ? exponential.getOperand().getDefiningOp<arith::SubFOp>() : arith::SubFOp();
    if (!difference || !isScore(difference.getLhs()))
      return declined("weights use the logsumexp of scores otherwise than in exp(score - …)");
    found.shift = difference.getRhs();
    Ingredients made = ingredientsOf(last, found.shift);
    for (unsigned k : made.accesses.set_bits())
      if (isOwnScore(op, last, k))
        return declined("what is subtracted from a score depends on the score");
    for (Operation *inner : made.ops)
      if (isa<IndexOp, DrawOp>(inner) || (isa<AtOp>(inner) && cast<AtOp>(inner).getDim() >= op.getRank()))
        return declined("what is subtracted from a score depends on the key");
    found.family = RowWeights::Family::exponential;
    found.shiftIsStatistic = isStatistic(found.shift);
    return found;
  }

  std::optional<RowWeights> elementwise(RowWeights found) {
    for (unsigned k = 0; k != found.last.getAccessList().size(); ++k)
      if (!isOwnScore(op, found.last, k))
        return declined("elementwise weights read scalars of their row");
    if (!found.last.getBody().getOps<DrawOp>().empty())
      return declined("weights are drawn");
    return found;
  }

  AttendOp op;
  Value row;
  std::string &reason;
};

// ---- the product ----

/// The factors that a value is the product of.
void factorsOf(Value value, SmallVectorImpl<Value> &factors) {
  auto product = value.getDefiningOp<arith::MulFOp>();
  if (!product) {
    factors.push_back(value);
    return;
  }
  factorsOf(product.getLhs(), factors);
  factorsOf(product.getRhs(), factors);
}

/// Indices that a value in the region of a term depends on.
llvm::SmallBitVector indicesOf(IndexOp op, Value value, unsigned count) {
  Reads reads(count);
  Ingredients made = ingredientsOf(op, value);
  for (unsigned k : made.accesses.set_bits())
    reads.access(op.getAccessList()[k]);
  for (Operation *inner : made.ops)
    reads.op(inner);
  return reads.used;
}

/// The element exists whether or not the key is seen, and no data decides where it lies.
bool isSafe(AttendOp attend, IndexOp term, AccessAttr access) {
  AffineMap map = access.getMap();
  for (unsigned s = term.getSymbols().size(); s < map.getNumSymbols(); ++s)
    if (map.isFunctionOfSymbol(s))
      return false;
  if (access.getGuard())
    return true;
  Reads conditions(attend.getNumIndices());
  conditions.condition(attend.getWhereAttr());
  SmallVector<SizeExpr> extents = attend.getBoundExprs();
  SmallVector<SizeExpr> axes = axesOf(cast<RankedTensorType>(term.getSources()[access.getOperand()].getType()));
  for (auto [axis, expr] : llvm::enumerate(map.getResults()))
    for (unsigned d : conditions.used.set_bits())
      if (expr.isFunctionOfDim(d) &&
          (expr != getAffineDimExpr(d, map.getContext()) || !axes[axis].dominates(extents[d])))
        return false;
  return true;
}

/// Makes the term the match's product if it is one.
bool matchProduct(AttendMatch &match, IndexOp term) {
  Operation *yield = term.getBody().front().getTerminator();
  if (term.getReduction() != Reduction::sum || term.getNumIndices() != 1 || term.getWhere() ||
      yield->getNumOperands() != 1 || !yield->getOperand(0).getType().isF32())
    return false;
  for (AccessAttr access : term.getAccessList())
    if (!isSafe(match.op, term, access))
      return false;
  unsigned count = match.op.getNumIndices();
  SmallVector<Value> factors, left, right;
  factorsOf(yield->getOperand(0), factors);
  for (Value factor : factors) {
    llvm::SmallBitVector reads = indicesOf(term, factor, count);
    if (!reads[match.key]) {
      left.push_back(factor);
      continue;
    }
    if (match.query && reads[*match.query])
      return false;
    right.push_back(factor);
  }
  if (left.empty() || right.empty())
    return false;
  match.product = term;
  match.left = left;
  match.right = right;
  return true;
}

// ---- the whole ----

class Matcher {
public:
  Matcher(AttendOp op, std::string &reason) : op(op), reason(reason), rank(op.getRank()), count(op.getNumIndices()) {}

  std::optional<AttendMatch> match() {
    if (count - rank != 1)
      return declined("keys have several indices");
    for (Region *region : {&op.getScore(), &op.getValue()})
      if (!region->front().getTerminator()->getOperand(0).getType().isF32())
        return declined("scores or values are f64");
    if (readsHidden())
      return declined("values may lie outside of their tensor where a key is not seen");
    AttendMatch found{op, {}, {}, {}, rank, {}, {}, {}, {}, {}};
    llvm::SmallBitVector ofRow = rowReads(), ofValue = valueReads();
    for (unsigned d = 0; d != rank; ++d)
      if (!ofRow[d] && ofValue[d] && !found.feature)
        found.feature = d;
      else if (!ofRow[d] && ofValue[d])
        return declined("values have several features");
    findQuery(found, ofRow, ofValue);
    if (!found.query && found.product && readsMore(ofValue, found))
      return declined("values differ from query to query");
    for (unsigned d = 0; d != rank; ++d)
      if (d != found.query && d != found.feature)
        found.outer.push_back(d);
    auto weights = WeightsMatcher(op, reason).match();
    if (!weights)
      return std::nullopt;
    found.weights = *weights;
    findOuterOps(found);
    return found;
  }

private:
  std::nullopt_t declined(StringRef why) {
    reason = why.str();
    return std::nullopt;
  }

  llvm::SmallBitVector rowReads() {
    Reads reads(count);
    reads.condition(op.getWhereAttr());
    for (Region *region : {&op.getVisible(), &op.getScore()})
      reads.region(*region);
    Reads ofWeights(rank); // dims behind those are the ops' own
    ofWeights.region(op.getWeights());
    ofWeights.used.resize(count);
    return reads.used |= ofWeights.used;
  }

  llvm::SmallBitVector valueReads() {
    Reads reads(count);
    reads.region(op.getValue());
    return reads.used;
  }

  bool readsHidden() {
    bool hidden = false;
    op.getValue().walk([&](IndexOp term) {
      for (AccessAttr access : term.getAccessList())
        hidden |= !isSafe(op, term, access);
    });
    return hidden;
  }

  /// Of the indices that no value reads: one that the mask compares with keys, else one whose bound is known at run
  /// time only, and with which the score is a product.
  void findQuery(AttendMatch &found, const llvm::SmallBitVector &ofRow, const llvm::SmallBitVector &ofValue) {
    Reads masked(count);
    masked.condition(op.getWhereAttr());
    SmallVector<unsigned> candidates;
    for (unsigned d = 0; d != rank; ++d)
      if (ofRow[d] && !ofValue[d])
        candidates.push_back(d);
    auto worth = [&](unsigned d) { return 2 * masked.used[d] + !op.getBoundExprs()[d].isConstant(); };
    std::stable_sort(candidates.begin(), candidates.end(), [&](unsigned a, unsigned b) { return worth(a) > worth(b); });
    for (unsigned d : candidates) {
      found.query = d;
      if (findProduct(found))
        return;
    }
    found.query = candidates.empty() ? std::nullopt : std::optional(candidates.front());
    if (candidates.empty())
      findProduct(found);
  }

  bool findProduct(AttendMatch &found) {
    for (IndexOp term : op.getScore().getOps<IndexOp>())
      if (matchProduct(found, term))
        return true;
    return false;
  }

  /// What depends on neither queries nor keys: slopes, tables by head.
  void findOuterOps(AttendMatch &found) {
    llvm::SmallBitVector outer(count);
    for (unsigned d : found.outer)
      outer.set(d);
    for (Operation &inner : op.getScore().front().without_terminator()) {
      Reads reads(count);
      reads.op(&inner);
      bool known = llvm::all_of(inner.getOperands(), [&](Value operand) {
        Operation *made = operand.getDefiningOp();
        return !made || made->getBlock() != inner.getBlock() || found.ofOuter.contains(made);
      });
      if (auto term = dyn_cast<IndexOp>(inner))
        known &= term.getRegion().getOps<IndexOp>().empty() &&
                 llvm::all_of(term.getAccessList(), [&](AccessAttr access) { return isSafe(op, term, access); });
      if (known && !reads.used.test(outer)) // nothing but outer ones
        found.ofOuter.insert(&inner);
    }
  }

  /// Values read an index that keys do not: packed keys would serve one row only.
  bool readsMore(const llvm::SmallBitVector &ofValue, AttendMatch &found) {
    llvm::SmallBitVector ofKeys(count);
    for (Value factor : found.right)
      ofKeys |= indicesOf(found.product, factor, count);
    for (unsigned d = 0; d != rank; ++d)
      if (ofValue[d] && !ofKeys[d] && d != found.feature)
        return true;
    return false;
  }

  AttendOp op;
  std::string &reason;
  unsigned rank, count;
};

} // namespace

std::optional<AttendMatch> matchAttend(AttendOp op, std::string &reason) { return Matcher(op, reason).match(); }

} // namespace heed
