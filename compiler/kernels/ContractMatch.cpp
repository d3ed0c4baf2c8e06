#include "compiler/kernels/ContractMatch.h"

#include "compiler/kernels/KernelRows.h"

using namespace mlir;

namespace heed {

// ---- one contraction ------------------------------------------------------------------------------------------------

/// With access `a` as A, if its own indices stand before those of the other.
static std::optional<Contraction> withRowsFrom(IndexOp op, unsigned a, std::string &why) {
  Contraction found{op, a, 1 - a, {}, {}, {}, {}};
  SmallVector<AccessAttr> accesses = op.getAccessList();
  AffineMap mapA = accesses[a].getMap(), mapB = accesses[1 - a].getMap();
  unsigned rank = op.getRank();
  for (unsigned d = 0; d != op.getNumIndices(); ++d) {
    bool inA = mapA.isFunctionOfDim(d), inB = mapB.isFunctionOfDim(d);
    if (d >= rank) {
      if (!inA || !inB)
        return why = "a reduced index is read on one side only", std::nullopt;
      found.reduced.push_back(d);
    } else if (!inA && !inB) {
      return why = "a result index is read on neither side", std::nullopt;
    } else if (!inB || inA) {
      if (!found.columns.empty())
        return why = "its rows and columns are interleaved", std::nullopt;
      (inB ? found.batch : found.rows).push_back(d);
    } else {
      found.columns.push_back(d);
    }
  }
  if (found.columns.empty())
    return why = "it has no columns", std::nullopt;
  SmallVector<SizeExpr> bounds = op.getBoundExprs();
  if (found.outer() == 0 && !llvm::all_of(found.columns, [&](unsigned d) { return bounds[d].isConstant(); }))
    return why = "it has one row, of a width that only run time knows", std::nullopt;
  return found;
}

std::optional<Contraction> matchContraction(IndexOp op, std::string &why) {
  if (op.getForm() != Form::contraction)
    return why = "it is no sum of products of two tensors", std::nullopt;
  if (op.getEnclosingIndices() != 0)
    return why = "it is a term", std::nullopt;
  if (readsThroughData(op))
    return why = "data decides what it reads", std::nullopt;
  for (AccessAttr access : op.getAccessList())
    if (access.getGuard())
      return why = "it reads under a condition", std::nullopt;
  if (auto found = withRowsFrom(op, 0, why))
    return found;
  return withRowsFrom(op, 1, why);
}

/// A's map with the reduced indices right behind the outer ones, whatever stands between.
static SmallVector<AffineExpr> readOfA(Contraction &c) {
  MLIRContext *context = c.op.getContext();
  AffineMap map = c.op.getAccessList()[c.a].getMap();
  SmallVector<AffineExpr> dims;
  for (unsigned d = 0; d != map.getNumDims(); ++d)
    dims.push_back(getAffineDimExpr(d < c.op.getRank() ? d : d - c.columns.size(), context));
  return llvm::map_to_vector(map.getResults(), [&](AffineExpr e) { return e.replaceDims(dims); });
}

bool shareA(Contraction &x, Contraction &y) {
  if (x.sourceA() != y.sourceA() || x.batch != y.batch || x.rows != y.rows || x.op.getSymbols() != y.op.getSymbols() ||
      readOfA(x) != readOfA(y))
    return false;
  SmallVector<SizeExpr> left = x.op.getBoundExprs(), right = y.op.getBoundExprs();
  return ArrayRef(left).take_front(x.outer()) == ArrayRef(right).take_front(y.outer()) &&
         ArrayRef(left).drop_front(x.op.getRank()) == ArrayRef(right).drop_front(y.op.getRank());
}

// ---- what comes before and after ------------------------------------------------------------------------------------

bool readsThroughData(IndexOp op) {
  unsigned sizes = op.getSymbols().size();
  for (AccessAttr access : op.getAccessList())
    for (unsigned s = sizes; s < access.getMap().getNumSymbols(); ++s)
      if (access.getMap().isFunctionOfSymbol(s))
        return true;
  return false;
}

/// "" or what the op does that neither a prologue nor an epilogue can.
static std::string whyNotOnAllPoints(IndexOp op) {
  if (op.getWhereAttr() || op.getBody().front().getTerminator()->getNumOperands() > 1)
    return "it leaves out points";
  if (readsThroughData(op))
    return "data decides what it reads";
  if (!op.getBody().getOps<IndexOp>().empty())
    return "it reduces within";
  return "";
}

std::string whyNotPlainPointwise(IndexOp op) {
  return op.getReduction() == Reduction::none ? whyNotOnAllPoints(op) : "it reduces";
}

std::string whyNotPrologue(IndexOp op, ArrayRef<SizeExpr> rows) {
  if (op.getReduction() != Reduction::none && op.getForm() != Form::row)
    return "it is more than pointwise ops and reductions along a row";
  if (op.getReduction() == Reduction::argmax)
    return "it gives positions";
  SmallVector<SizeExpr> bounds = resultBounds(op);
  if (bounds.size() < rows.size() || ArrayRef(bounds).take_front(rows.size()) != rows)
    return "its rows are others than the kernel's";
  return whyNotOnAllPoints(op);
}

std::string whyNotEpilogue(IndexOp op, function_ref<bool(Value)> made) {
  std::string why = whyNotPlainPointwise(op);
  if (!why.empty())
    return why;
  SmallVector<SizeExpr> bounds = resultBounds(op);
  for (AccessAttr access : op.getAccessList()) {
    Value source = op.getSources()[access.getOperand()];
    if (!made(source))
      continue;
    AffineMap map = access.getMap();
    auto identity = AffineMap::getMultiDimIdentityMap(map.getNumDims(), op.getContext());
    if (axesOf(cast<RankedTensorType>(source.getType())) != bounds || map.getResults() != identity.getResults() ||
        access.getGuard())
      return "it reads at other indices than its own";
  }
  return "";
}

std::optional<ContractMatch> matchContract(KernelOp kernel, std::string &why) {
  ContractMatch match{0, {}, {}, {}};
  llvm::SmallPtrSet<Operation *, 8> products, before; // contractions and what reads them; what they read
  for (Operation *op : computingOps(kernel)) {
    auto index = dyn_cast<IndexOp>(op);
    if (!index)
      return why = "it holds attention", std::nullopt;
    bool after = llvm::any_of(op->getOperands(), [&](Value v) { return products.contains(v.getDefiningOp()); });
    auto contraction = after ? std::nullopt : matchContraction(index, why);
    if (contraction) {
      if (!match.contractions.empty() && !shareA(match.contractions.front(), *contraction))
        return why = "its contractions read different rows", std::nullopt;
      if (before.contains(contraction->sourceB().getDefiningOp()))
        return why = "the prologue makes columns", std::nullopt;
      match.contractions.push_back(*contraction);
      products.insert(op);
    } else if (after) {
      if (llvm::any_of(op->getOperands(), [&](Value v) { return before.contains(v.getDefiningOp()); }))
        return why = "its epilogue reads the prologue", std::nullopt;
      why = whyNotEpilogue(index, [&](Value v) { return products.contains(v.getDefiningOp()); });
      if (!why.empty())
        return std::nullopt;
      match.epilogue.push_back(index);
      products.insert(op);
    } else {
      match.prologue.push_back(index);
      before.insert(op);
    }
  }
  if (match.contractions.empty())
    return why = "it holds no contraction", std::nullopt;
  match.outer = match.contractions.front().outer();
  SmallVector<SizeExpr> rows = resultBounds(match.contractions.front().op);
  rows.resize(match.outer);
  for (IndexOp op : match.prologue)
    if (why = whyNotPrologue(op, rows); !why.empty())
      return std::nullopt;
  if (outerIndices(computingOps(kernel)) != match.outer)
    return why = "one row reads another", std::nullopt;
  return match;
}

} // namespace heed
