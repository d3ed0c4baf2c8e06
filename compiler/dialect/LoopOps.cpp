// heed.repeat, heed.branch, heed.scan and heed.route: text and constraints.
#include "compiler/dialect/Syntax.h"
#include "compiler/dialect/Verify.h"

using namespace mlir;

namespace heed {

/// The type of one slice along the first axis.
static RankedTensorType withoutFirstAxis(RankedTensorType type) {
  return tensorOf(ArrayRef(axesOf(type)).drop_front(), type.getElementType());
}

ArrayRef<int64_t> RepeatOp::getRowsOf(unsigned stack) {
  return getRows() ? cast<DenseI64ArrayAttr>((*getRows())[stack]).asArrayRef() : ArrayRef<int64_t>();
}

std::optional<unsigned> RepeatOp::getStackOf(BlockArgument argument) {
  unsigned number = argument.getArgNumber(), first = 1 + getCarries().size();
  int32_t kind = argument.getOwner()->getParent()->getRegionNumber();
  for (auto [stack, of] : llvm::enumerate(getStackKinds()))
    if (of == kind && number == first++)
      return stack;
  return std::nullopt;
}

// ---- repeat: text ---------------------------------------------------------------------------------------------------

void RepeatOp::print(OpAsmPrinter &p) {
  p << " schedule [";
  llvm::interleaveComma(getSchedule(), p);
  p << "] carries(";
  llvm::interleaveComma(getCarries(), p, [&](Value carry) { p << carry << " : " << carry.getType(); });
  p << ')';
  if (!getStacks().empty()) {
    p << " stacks(";
    llvm::interleaveComma(llvm::enumerate(getStacks(), getStackKinds()), p, [&](auto each) {
      auto [n, stack, kind] = each;
      p << stack << " of " << kind;
      if (ArrayRef<int64_t> rows = getRowsOf(n); !rows.empty())
        p << " rows [" << rows << ']';
      p << " : " << stack.getType();
    });
    p << ')';
  }
  if (getInner())
    p << " inner " << getInnerAttr();
  if (getPlaces())
    p << " places " << getPlacesAttr();
  p << ' ';
  llvm::interleaveComma(getBodies(), p, [&](Region &body) { p.printRegion(body); });
  p.printOptionalAttrDict((*this)->getDiscardableAttrDictionary().getValue());
  p << " : ";
  llvm::interleaveComma(getResultTypes(), p);
}

ParseResult RepeatOp::parse(OpAsmParser &p, OperationState &result) {
  auto &properties = result.getOrAddProperties<Properties>();
  SmallVector<int32_t> schedule, kinds;
  SmallVector<OpAsmParser::UnresolvedOperand> carries, stacks;
  SmallVector<Type> carryTypes, stackTypes;
  SmallVector<Attribute> rows;
  bool anyRows = false;
  auto turn = [&] { return p.parseInteger(schedule.emplace_back()); };
  auto carry = [&]() -> ParseResult {
    return failure(p.parseOperand(carries.emplace_back()) || p.parseColonType(carryTypes.emplace_back()));
  };
  auto stack = [&]() -> ParseResult {
    SmallVector<int64_t> own;
    auto row = [&] { return p.parseInteger(own.emplace_back()); };
    if (p.parseOperand(stacks.emplace_back()) || p.parseKeyword("of") || p.parseInteger(kinds.emplace_back()) ||
        (succeeded(p.parseOptionalKeyword("rows")) && p.parseCommaSeparatedList(AsmParser::Delimiter::Square, row)))
      return failure();
    rows.push_back(p.getBuilder().getDenseI64ArrayAttr(own));
    anyRows |= !own.empty();
    return p.parseColonType(stackTypes.emplace_back());
  };
  if (p.parseKeyword("schedule") || p.parseCommaSeparatedList(AsmParser::Delimiter::Square, turn) ||
      p.parseKeyword("carries") || p.parseCommaSeparatedList(AsmParser::Delimiter::Paren, carry))
    return failure();
  SMLoc loc = p.getCurrentLocation();
  if (succeeded(p.parseOptionalKeyword("stacks")) && p.parseCommaSeparatedList(AsmParser::Delimiter::Paren, stack))
    return failure();
  if (succeeded(p.parseOptionalKeyword("inner")) && p.parseAttribute(properties.inner))
    return failure();
  if (succeeded(p.parseOptionalKeyword("places")) && p.parseAttribute(properties.places))
    return failure();
  do {
    if (p.parseRegion(*result.addRegion()))
      return failure();
  } while (succeeded(p.parseOptionalComma()));
  properties.schedule = p.getBuilder().getDenseI32ArrayAttr(schedule);
  if (anyRows)
    properties.rows = p.getBuilder().getArrayAttr(rows);
  properties.stackKinds = p.getBuilder().getDenseI32ArrayAttr(kinds);
  properties.operandSegmentSizes = {int32_t(carries.size()), int32_t(stacks.size())};
  return failure(p.parseOptionalAttrDict(result.attributes) || p.parseColonTypeList(result.types) ||
                 p.resolveOperands(carries, carryTypes, loc, result.operands) ||
                 p.resolveOperands(stacks, stackTypes, loc, result.operands));
}

// ---- repeat: constraints --------------------------------------------------------------------------------------------

LogicalResult RepeatOp::verify() {
  SmallVector<int64_t> turns(getBodies().size()); // of each kind
  if (getSchedule().empty())
    return emitOpError("C1: the schedule is empty");
  for (int32_t kind : getSchedule()) {
    if (kind < 0 || kind >= int64_t(turns.size()))
      return emitOpError() << "C1: the schedule names kind " << kind << " of " << turns.size();
    ++turns[kind];
  }
  if (auto unused = llvm::find(turns, 0); unused != turns.end())
    return emitOpError() << "C1: the schedule never names kind " << unused - turns.begin();

  if (getStackKinds().size() != getStacks().size())
    return emitOpError() << "C3: " << getStacks().size() << " stacks, but " << getStackKinds().size() << " kinds";
  if (failed(verifyTypes(*this, "C2", "results", getResultTypes(), "carries", getCarries().getTypes())))
    return failure();

  SmallVector<SmallVector<Type>> arguments;
  for (size_t kind = 0; kind < turns.size(); ++kind) {
    auto &types = arguments.emplace_back(SmallVector<Type>{IntegerType::get(getContext(), 64)});
    llvm::append_range(types, getCarries().getTypes());
  }
  if (getRows() && getRows()->size() != getStacks().size())
    return emitOpError() << "C3: " << getStacks().size() << " stacks, but rows of " << getRows()->size();
  for (auto [n, stack, kind] : llvm::enumerate(getStacks(), getStackKinds())) {
    auto type = cast<RankedTensorType>(stack.getType());
    if (kind < 0 || kind >= int64_t(turns.size()) || type.getRank() == 0)
      return emitOpError() << "C3: a stack of kind " << kind << " has type " << type;
    ArrayRef<int64_t> rows = getRowsOf(n);
    if (rows.empty() && !(axesOf(type)[0] == SizeExpr(turns[kind])))
      return emitOpError() << "C3: a stack of kind " << kind << " has type " << type
                           << ", whose first axis does not count its turns";
    if (!rows.empty() && int64_t(rows.size()) != turns[kind])
      return emitOpError() << "C3: " << rows.size() << " rows of a stack for " << turns[kind] << " turns";
    // As the region takes it: one row, or several.
    Block &body = getBodies()[kind].front();
    size_t argument = arguments[kind].size();
    auto taken = argument < body.getNumArguments() ? dyn_cast<RankedTensorType>(body.getArgument(argument).getType())
                                                   : RankedTensorType();
    bool several = !rows.empty() && taken && taken.getRank() == type.getRank() && taken.hasStaticShape() &&
                   withoutFirstAxis(taken) == withoutFirstAxis(type);
    int64_t count = several ? taken.getDimSize(0) : 1;
    for (int64_t row : rows)
      if (row < 0 || row + count > type.getDimSize(0))
        return emitOpError() << "C3: row " << row << " of a stack of " << type.getDimSize(0);
    arguments[kind].push_back(several ? taken : withoutFirstAxis(type));
  }
  for (auto [body, types] : llvm::zip(getBodies(), arguments)) {
    if (failed(
            verifyTypes(*this, "C4", "region arguments", body.getArgumentTypes(), "turn, carries and stacks", types)) ||
        failed(verifyTypes(*this, "C2", "yields", yieldedTypes(body), "carries", getCarries().getTypes())))
      return failure();
  }
  return success();
}

// ---- branch ---------------------------------------------------------------------------------------------------------

LogicalResult BranchOp::verify() {
  if (bool(getSize()) == bool(getValue()))
    return emitOpError("C1: a branch has either a size or a value");
  if (getValue()) {
    auto type = cast<RankedTensorType>(getValue().getType());
    if (type.getRank() != 0 || !type.getElementType().isInteger(1))
      return emitOpError() << "C2: the value has type " << type << ", not one i1";
  }
  for (Region *region : getRegions()) {
    if (region->getNumArguments())
      return emitOpError("C3: a region takes arguments");
    if (failed(verifyTypes(*this, "C3", "yields", yieldedTypes(*region), "results", getResultTypes())))
      return failure();
  }
  return success();
}

// ---- scan and route -------------------------------------------------------------------------------------------------

LogicalResult ScanOp::verify() {
  SizeExpr turns = getTurns().getExpr();
  SmallVector<Type> arguments(getCarries().getTypes());
  for (Value sequence : getSequences()) {
    auto type = cast<RankedTensorType>(sequence.getType());
    if (type.getRank() == 0 || !(axesOf(type)[0] == turns))
      return emitOpError() << "C1: a sequence has type " << type << ", whose first axis is not " << turns.str();
    arguments.push_back(withoutFirstAxis(type));
  }
  if (failed(
          verifyTypes(*this, "C1", "region arguments", getBody().getArgumentTypes(), "carries and slices", arguments)))
    return failure();
  SmallVector<Type> yielded;
  for (auto [n, type] : llvm::enumerate(getResultTypes())) {
    auto tensor = cast<RankedTensorType>(type);
    bool collected = n >= getCarries().size();
    if (collected && (tensor.getRank() == 0 || !(axesOf(tensor)[0] == turns)))
      return emitOpError() << "C2: a collected result has type " << type << ", whose first axis is not " << turns.str();
    yielded.push_back(collected ? withoutFirstAxis(tensor) : tensor);
  }
  if (failed(verifyTypes(*this, "C2", "yields", yieldedTypes(getBody()), "results", yielded)))
    return failure();
  return verifyTypes(*this, "C2", "first results", TypeRange(getResultTypes()).take_front(getCarries().size()),
                     "carries", getCarries().getTypes());
}

LogicalResult RouteOp::verify() {
  Type pick = cast<RankedTensorType>(getPicks().getType()).getElementType();
  if (!isa<IntegerType>(pick) || pick.isInteger(1))
    return emitOpError() << "C1: picks are integers, not " << pick;
  if (yieldedTypes(getBody()).size() != 1)
    return emitOpError() << "C2: the region yields one row";
  return success();
}

} // namespace heed
