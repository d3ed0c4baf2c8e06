// heed.index: its text and its constraints; and the ops that stand in its region.
#include "compiler/dialect/Syntax.h"
#include "compiler/dialect/Verify.h"

using namespace mlir;

namespace heed {

SmallVector<AccessAttr> IndexOp::getAccessList() { return llvm::to_vector(getAccesses().getAsRange<AccessAttr>()); }

static SmallVector<SizeExpr> exprsOf(ArrayAttr sizes) {
  return llvm::map_to_vector(sizes.getAsRange<SizeAttr>(), [](SizeAttr size) { return size.getExpr(); });
}
SmallVector<SizeExpr> IndexOp::getBoundExprs() { return exprsOf(getBounds()); }
SmallVector<SizeExpr> IndexOp::getSymbolExprs() { return exprsOf(getSymbols()); }
unsigned IndexOp::getEnclosingIndices() { return indicesAround(*this).names.size(); }

// ---- text -----------------------------------------------------------------------------------------------------------

void IndexOp::print(OpAsmPrinter &p) {
  Spelling spelling(indicesAround(*this).names, getNames(), getSymbols());
  p << ' ' << stringifyReduction(getReduction());
  if (getForm())
    p << ' ' << stringifyForm(*getForm());
  p << ' ';
  printIndices(p, getNames(), getBounds(), getRank());
  if (!spelling.enclosingNames().empty()) {
    p << " within [";
    llvm::interleaveComma(spelling.enclosingNames(), p);
    p << ']';
  }
  printSymbols(p, getSymbols());
  if (getWhere()) {
    p << " where ";
    spelling.print(p.getStream(), *getWhere());
  }
  // A source that is read several times is one operand; its type stands where it is first read.
  llvm::SetVector<Value> sources;
  p << " (";
  llvm::interleaveComma(getAccesses().getAsRange<AccessAttr>(), p, [&](AccessAttr access) {
    Value source = getSources()[access.getOperand()];
    sources.insert(source);
    p << source << '[';
    llvm::interleaveComma(access.getMap().getResults(), p, [&](AffineExpr e) { spelling.print(p.getStream(), e); });
    p << ']';
    if (access.getGuard()) {
      p << " if ";
      spelling.print(p.getStream(), access.getGuard());
    }
  });
  p << ") ";
  p.printRegion(getBody());
  p.printOptionalAttrDict((*this)->getDiscardableAttrDictionary().getValue());
  p << " : (";
  llvm::interleaveComma(sources, p, [&](Value source) { p << source.getType(); });
  p << ')';
  p.printArrowTypeList(getResultTypes());
}

namespace {
/// An access as it is read: its map is made when all accesses have been counted.
struct ReadAccess {
  OpAsmParser::UnresolvedOperand operand;
  SmallVector<AffineExpr> map;
  std::optional<Spelling::Condition> guard;
};
} // namespace

static ParseResult parseAccess(OpAsmParser &p, Spelling &spelling, ReadAccess &access) {
  auto result = [&] { return spelling.parse(p, access.map.emplace_back()); };
  if (p.parseOperand(access.operand) || p.parseCommaSeparatedList(AsmParser::Delimiter::Square, result))
    return failure();
  return failure(succeeded(p.parseOptionalKeyword("if")) && spelling.parse(p, access.guard.emplace()));
}

/// Numbers of operands by the order in which they are first read.
static SmallVector<unsigned> numberOperands(ArrayRef<ReadAccess> accesses,
                                            SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands) {
  return llvm::map_to_vector(accesses, [&](const ReadAccess &access) -> unsigned {
    auto same = llvm::find_if(operands, [&](const OpAsmParser::UnresolvedOperand &operand) {
      return operand.name == access.operand.name && operand.number == access.operand.number;
    });
    unsigned number = same - operands.begin();
    if (same == operands.end())
      operands.push_back(access.operand);
    return number;
  });
}

/// `sum contraction`
static ParseResult parseKind(OpAsmParser &p, IndexOp::Properties &properties) {
  StringRef word;
  SMLoc loc = p.getCurrentLocation();
  if (p.parseKeyword(&word))
    return failure();
  std::optional<Reduction> reduction = symbolizeReduction(word);
  if (!reduction)
    return p.emitError(loc) << "expected a reduction, found '" << word << "'";
  properties.reduction = ReductionAttr::get(p.getContext(), *reduction);
  loc = p.getCurrentLocation();
  if (failed(p.parseOptionalKeyword(&word)))
    return success();
  std::optional<Form> form = symbolizeForm(word);
  if (!form)
    return p.emitError(loc) << "expected a form or '[', found '" << word << "'";
  properties.form = FormAttr::get(p.getContext(), *form);
  return success();
}

ParseResult IndexOp::parse(OpAsmParser &p, OperationState &result) {
  auto &properties = result.getOrAddProperties<Properties>();
  IndexList indices;
  SmallVector<StringRef> enclosing;
  auto name = [&] { return p.parseKeyword(&enclosing.emplace_back()); };
  if (parseKind(p, properties) || parseIndices(p, indices))
    return failure();
  if (succeeded(p.parseOptionalKeyword("within")) && p.parseCommaSeparatedList(AsmParser::Delimiter::Square, name))
    return failure();
  if (parseSymbols(p, properties.symbols))
    return failure();

  Spelling spelling(enclosing, indices.names, properties.symbols);
  std::optional<Spelling::Condition> where;
  SmallVector<ReadAccess> accesses;
  if (succeeded(p.parseOptionalKeyword("where")) && spelling.parse(p, where.emplace()))
    return failure();
  if (p.parseCommaSeparatedList(AsmParser::Delimiter::Paren,
                                [&] { return parseAccess(p, spelling, accesses.emplace_back()); }) ||
      spelling.countAccesses(p, accesses.size()))
    return failure();

  SMLoc loc = p.getCurrentLocation();
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<unsigned> numbers = numberOperands(accesses, operands);
  SmallVector<Type> types;
  if (p.parseRegion(*result.addRegion()) || p.parseOptionalAttrDict(result.attributes) || p.parseColon() ||
      p.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] { return p.parseType(types.emplace_back()); }) ||
      p.parseArrowTypeList(result.types) || p.resolveOperands(operands, types, loc, result.operands))
    return failure();

  SmallVector<Attribute> closed;
  for (auto [access, number] : llvm::zip(accesses, numbers)) {
    ConditionAttr guard;
    if (access.guard)
      guard = spelling.close(p.getContext(), *access.guard);
    closed.push_back(AccessAttr::get(p.getContext(), number, spelling.close(p.getContext(), access.map), guard));
  }
  properties.names = indices.names;
  properties.bounds = indices.bounds;
  properties.rank = indices.rank;
  properties.accesses = p.getBuilder().getArrayAttr(closed);
  if (where)
    properties.where = spelling.close(p.getContext(), *where);
  return success();
}

// ---- constraints ----------------------------------------------------------------------------------------------------

/// C8, and that no data symbol at or after `limit` is used (C3).
static LogicalResult verifyCondition(IndexOp op, const Twine &of, ConditionAttr condition, unsigned dims,
                                     unsigned limit) {
  unsigned sizes = op.getSymbols().size(), symbols = sizes + op.getAccesses().size();
  for (IntegerSet set : condition.getSets()) {
    if (set.getNumDims() != dims || set.getNumSymbols() != symbols)
      return op.emitOpError() << "C8: " << of << " has " << set.getNumDims() << " dims and " << set.getNumSymbols()
                              << " symbols, not " << dims << " and " << symbols;
    for (unsigned k = sizes + limit; k < symbols; ++k)
      if (llvm::any_of(set.getConstraints(), [&](AffineExpr e) { return e.isFunctionOfSymbol(k); }))
        return op.emitOpError() << "C3: " << of << " uses the data of access " << k - sizes
                                << ", which is not read yet";
  }
  return success();
}

static LogicalResult verifyAccess(IndexOp op, unsigned n, AccessAttr access, unsigned dims) {
  unsigned sizes = op.getSymbols().size(), symbols = sizes + op.getAccesses().size();
  AffineMap map = access.getMap();
  if (access.getOperand() >= op.getSources().size())
    return op.emitOpError() << "C2: access " << n << " reads operand " << access.getOperand() << " of "
                            << op.getSources().size();
  auto type = cast<RankedTensorType>(op.getSources()[access.getOperand()].getType());
  if (map.getNumDims() != dims)
    return op.emitOpError() << "C2: access " << n << " has " << map.getNumDims() << " dims, but " << dims
                            << " indices are in force";
  if (map.getNumSymbols() != symbols)
    return op.emitOpError() << "C2: access " << n << " has " << map.getNumSymbols() << " symbols, not " << symbols;
  if (map.getNumResults() != type.getRank())
    return op.emitOpError() << "C2: access " << n << " has " << map.getNumResults() << " results, but its operand has "
                            << type.getRank() << " axes";
  if (!llvm::all_of(map.getResults(), [](AffineExpr e) { return e.isPureAffine(); }))
    return op.emitOpError() << "C2: access " << n << " is not affine";
  for (unsigned k = n; k < op.getAccesses().size(); ++k)
    if (llvm::any_of(map.getResults(), [&](AffineExpr e) { return e.isFunctionOfSymbol(sizes + k); }))
      return op.emitOpError() << "C3: access " << n << " uses the data of access " << k << ", which is not read yet";
  return access.getGuard() ? verifyCondition(op, "the guard of access " + Twine(n), access.getGuard(), dims, n)
                           : success();
}

/// C3: what is used as data is an integer.
static LogicalResult verifyData(IndexOp op) {
  unsigned sizes = op.getSymbols().size();
  auto uses = [&](AccessAttr access, unsigned k) {
    auto inSets = [&](ConditionAttr condition) {
      return condition && llvm::any_of(condition.getSets(), [&](IntegerSet set) {
               return llvm::any_of(set.getConstraints(), [&](AffineExpr e) { return e.isFunctionOfSymbol(sizes + k); });
             });
    };
    return access.getMap().isFunctionOfSymbol(sizes + k) || inSets(access.getGuard()) || inSets(op.getWhereAttr());
  };
  SmallVector<AccessAttr> accesses = op.getAccessList();
  for (auto [k, access] : llvm::enumerate(accesses)) {
    Type element = cast<RankedTensorType>(op.getSources()[access.getOperand()].getType()).getElementType();
    if (!isa<IntegerType>(element) && llvm::any_of(accesses, [&, k = k](AccessAttr other) { return uses(other, k); }))
      return op.emitOpError() << "C3: data of access " << k << " is " << element << ", no integer";
  }
  return success();
}

/// C4 and C5.
static LogicalResult verifyBody(IndexOp op) {
  SmallVector<Type> scalars = llvm::map_to_vector(op.getAccessList(), [&](AccessAttr access) {
    return scalarOf(cast<RankedTensorType>(op.getSources()[access.getOperand()].getType()).getElementType());
  });
  if (failed(verifyTypes(op, "C4", "region arguments", op.getBody().getArgumentTypes(), "accesses", scalars)))
    return failure();
  TypeRange yielded = yieldedTypes(op.getBody());
  if (yielded.empty() || yielded.size() > 2 || (yielded.size() == 2 && !yielded[1].isInteger(1)))
    return op.emitOpError() << "C5: the region yields the element, then at most an i1";
  if (op.getReduction() == Reduction::argmax)
    return success();
  Type element = getElementTypeOrSelf(op.getResult(0).getType());
  if (yielded[0] != scalarOf(element))
    return op.emitOpError() << "C5: the region yields " << yielded[0] << ", but an element of the result is "
                            << scalarOf(element);
  return success();
}

/// C6 and C7.
static LogicalResult verifyResults(IndexOp op, bool enclosed) {
  bool argmax = op.getReduction() == Reduction::argmax;
  size_t expected = argmax ? op.getNumIndices() - op.getRank() : 1;
  if (op.getNumResults() != expected)
    return op.emitOpError() << "C7: " << op.getNumResults() << " results, not " << expected;
  SmallVector<SizeExpr> axes = op.getBoundExprs();
  axes.resize(op.getRank());
  for (Type type : op.getResultTypes()) {
    if (argmax && !getElementTypeOrSelf(type).isInteger(32) && !getElementTypeOrSelf(type).isInteger(64))
      return op.emitOpError() << "C7: argmax gives i32 or i64, not " << getElementTypeOrSelf(type);
    if (auto tensor = dyn_cast<RankedTensorType>(type)) {
      if (failed(verifyAxes(op, "C6", "a result", tensor, axes)))
        return failure();
    } else if (op.getRank() != 0 || !enclosed) {
      return op.emitOpError() << "C6: a scalar result needs "
                              << (enclosed ? "that there are no result axes" : "enclosing indices");
    }
  }
  return success();
}

LogicalResult IndexOp::verify() {
  if (failed(verifyIndices(*this, "C1", getNames(), getBounds(), getRank())))
    return failure();
  if (getReduction() == Reduction::none && getRank() != getNumIndices())
    return emitOpError() << "C1: `none` reduces nothing, but " << getNumIndices() - getRank()
                         << " indices are no result axes";
  unsigned enclosing = getEnclosingIndices(), dims = enclosing + getNumIndices();
  llvm::SmallBitVector read(getSources().size());
  for (auto [n, access] : llvm::enumerate(getAccessList())) {
    if (failed(verifyAccess(*this, n, access, dims)))
      return failure();
    read.set(access.getOperand());
  }
  if (!read.all())
    return emitOpError() << "C10: operand " << read.find_first_unset() << " is read by no access";
  if (getWhere() && failed(verifyCondition(*this, "`where`", *getWhere(), dims, getAccesses().size())))
    return failure();
  if (failed(verifyData(*this)) || failed(verifyResults(*this, enclosing > 0)) || failed(verifyBody(*this)))
    return failure();
  return failure(failed(verifySizesKnown(*this, "C9", getBounds())) ||
                 failed(verifySizesKnown(*this, "C9", getSymbols())));
}

LogicalResult AtOp::verify() {
  size_t indices = indicesAround(*this).names.size();
  if (getDim() >= indices)
    return emitOpError() << "C1: index " << getDim() << " of " << indices;
  return success();
}

} // namespace heed
