// heed.attend: its text and its constraints.
#include "compiler/dialect/Syntax.h"
#include "compiler/dialect/Verify.h"

using namespace mlir;

namespace heed {

SmallVector<SizeExpr> AttendOp::getBoundExprs() {
  return llvm::map_to_vector(getBounds().getAsRange<SizeAttr>(), [](SizeAttr size) { return size.getExpr(); });
}
SmallVector<SizeExpr> AttendOp::getSymbolExprs() {
  return llvm::map_to_vector(getSymbols().getAsRange<SizeAttr>(), [](SizeAttr size) { return size.getExpr(); });
}
SizeExpr AttendOp::getKeys() {
  SmallVector<SizeExpr> bounds = getBoundExprs();
  SizeExpr keys = 1;
  for (const SizeExpr &bound : ArrayRef(bounds).drop_front(getRank()))
    keys = keys * bound;
  return keys;
}

// ---- rows -----------------------------------------------------------------------------------------------------------

bool AttendOp::hasDenseRow() { return !getWeights().getOps<SortOp>().empty(); }

/// Whether an axis of a tensor of the program holds the row, or the first of it once sorted.
static bool isRowAxis(AttendOp op, Value tensor, unsigned axis) {
  if (tensor == op.getWeights().getArgument(0))
    return true;
  if (auto sort = tensor.getDefiningOp<SortOp>(); sort && sort->getParentOp() == op) {
    unsigned last = cast<RankedTensorType>(sort.getSource().getType()).getRank() - 1;
    return isRowAxis(op, sort.getSource(), axis == last ? last : axis);
  }
  auto index = tensor.getDefiningOp<IndexOp>();
  return index && index->getParentOp() == op && op.indicesOverRow(index)[axis];
}

SmallVector<bool> AttendOp::indicesOverRow(IndexOp index) {
  SmallVector<bool> over;
  SizeExpr keys = getKeys();
  unsigned outside = index.getEnclosingIndices();
  for (auto [own, bound] : llvm::enumerate(index.getBoundExprs())) {
    AffineExpr dim = getAffineDimExpr(outside + own, getContext());
    bool found = bound == keys;
    for (AccessAttr access : index.getAccessList())
      for (auto [axis, position] : llvm::enumerate(access.getMap().getResults()))
        found = found || (position == dim && isRowAxis(*this, index.getSources()[access.getOperand()], axis));
    over.push_back(found);
  }
  return over;
}

// ---- text -----------------------------------------------------------------------------------------------------------

void AttendOp::print(OpAsmPrinter &p) {
  p << ' ';
  printIndices(p, getNames(), getBounds(), getRank());
  printSymbols(p, getSymbols());
  if (getWhere()) {
    p << " where ";
    Spelling({}, getNames(), getSymbols()).print(p.getStream(), *getWhere());
  }
  auto part = [&](StringRef name, Region &region) {
    if (region.empty())
      return;
    p << ' ' << name << ' ';
    p.printRegion(region);
  };
  part("visible", getVisible());
  part("score", getScore());
  part("value", getValue());
  part("weights", getWeights());
  p.printOptionalAttrDict((*this)->getDiscardableAttrDictionary().getValue());
  p << " : " << getType();
}

ParseResult AttendOp::parse(OpAsmParser &p, OperationState &result) {
  auto &properties = result.getOrAddProperties<Properties>();
  IndexList indices;
  if (parseIndices(p, indices) || parseSymbols(p, properties.symbols))
    return failure();
  properties.names = indices.names;
  properties.bounds = indices.bounds;
  properties.rank = indices.rank;
  if (succeeded(p.parseOptionalKeyword("where"))) {
    Spelling spelling({}, indices.names, properties.symbols);
    Spelling::Condition where;
    if (spelling.parse(p, where) || spelling.countAccesses(p, 0))
      return failure();
    properties.where = spelling.close(p.getContext(), where);
  }
  Region *visible = result.addRegion(), *score = result.addRegion(), *value = result.addRegion(),
         *weights = result.addRegion();
  if (succeeded(p.parseOptionalKeyword("visible")) && p.parseRegion(*visible))
    return failure();
  return failure(p.parseKeyword("score") || p.parseRegion(*score) || p.parseKeyword("value") || p.parseRegion(*value) ||
                 p.parseKeyword("weights") || p.parseRegion(*weights) || p.parseOptionalAttrDict(result.attributes) ||
                 p.parseColonTypeList(result.types));
}

// ---- constraints ----------------------------------------------------------------------------------------------------

/// C2
static LogicalResult verifyYield(AttendOp op, StringRef name, Region &region, llvm::function_ref<bool(Type)> fits,
                                 StringRef expected) {
  TypeRange yielded = yieldedTypes(region);
  if (region.getNumArguments() == 0 && yielded.size() == 1 && fits(yielded[0]))
    return success();
  return op.emitOpError() << "C2: " << name << " takes nothing and yields one " << expected;
}

static bool isScalar(Type type) { return type.isF32() || type.isF64() || type.isInteger(64) || type.isInteger(1); }

/// C6
static LogicalResult verifyTerms(AttendOp op, StringRef name, Region &region, bool rows) {
  for (Operation &inner : region.front()) {
    bool scalar = !inner.hasTrait<OpTrait::IsTerminator>() && llvm::all_of(inner.getResultTypes(), isScalar);
    bool row = rows && (isa<IndexOp, SortOp, StopOp>(inner) || inner.hasTrait<OpTrait::ConstantLike>());
    if (!scalar && !row && !isa<YieldOp>(inner))
      return op.emitOpError() << "C6: " << name << " may not hold '" << inner.getName() << "'"
                              << (isa<IndexOp>(inner) ? " with result axes" : "");
  }
  return success();
}

LogicalResult AttendOp::verify() {
  if (failed(verifyIndices(*this, "C1", getNames(), getBounds(), getRank())))
    return failure();
  if (getRank() == getNumIndices())
    return emitOpError("C1: no index runs over keys");

  auto isFloat = [](Type type) { return type.isF32() || type.isF64(); };
  if (failed(verifyYield(*this, "score", getScore(), isFloat, "f32 or f64")) ||
      failed(verifyYield(*this, "value", getValue(), isFloat, "f32 or f64")))
    return failure();
  if (!getVisible().empty() &&
      failed(verifyYield(*this, "visible", getVisible(), [](Type t) { return t.isInteger(1); }, "i1")))
    return failure();

  Type row = tensorOf({getKeys()}, yieldedTypes(getScore())[0]);
  if (failed(
          verifyTypes(*this, "C3", "arguments of weights", getWeights().getArgumentTypes(), "rows of scores", row)) ||
      failed(verifyTypes(*this, "C3", "results of weights", yieldedTypes(getWeights()), "rows of scores", row)))
    return failure();
  if (failed(verifyAxes(*this, "C4", "the result", getType(), ArrayRef(getBoundExprs()).take_front(getRank()))))
    return failure();
  if (getWhere())
    for (IntegerSet set : getWhere()->getSets())
      if (set.getNumDims() != getNumIndices() || set.getNumSymbols() != getSymbols().size())
        return emitOpError() << "C5: `where` has " << set.getNumDims() << " dims and " << set.getNumSymbols()
                             << " symbols, not " << getNumIndices() << " and " << getSymbols().size();
  if (!getVisible().empty() && failed(verifyTerms(*this, "visible", getVisible(), false)))
    return failure();
  if (failed(verifyTerms(*this, "score", getScore(), false)) ||
      failed(verifyTerms(*this, "value", getValue(), false)) ||
      failed(verifyTerms(*this, "weights", getWeights(), true)))
    return failure();
  return failure(failed(verifySizesKnown(*this, "C7", getBounds())) ||
                 failed(verifySizesKnown(*this, "C7", getSymbols())));
}

} // namespace heed
