// heed.reshape, heed.sort and heed.kernel: what whole tensors go through.
#include "compiler/dialect/Syntax.h"
#include "compiler/dialect/Verify.h"

using namespace mlir;

namespace heed {

static SizeExpr elementsOf(RankedTensorType type) {
  SizeExpr product = 1;
  for (const SizeExpr &axis : axesOf(type))
    product = product * axis;
  return product;
}

LogicalResult ReshapeOp::verify() {
  auto from = cast<RankedTensorType>(getSource().getType()), to = cast<RankedTensorType>(getType());
  SizeExpr before = elementsOf(from), after = elementsOf(to);
  if (!(before == after))
    return emitOpError() << "C1: " << before.str() << " elements become " << after.str();
  if (from.getElementType() != to.getElementType())
    return emitOpError() << "C2: elements of " << from.getElementType() << " become " << to.getElementType();
  return success();
}

LogicalResult RoundOp::verify() {
  if (getElement().isBF16() || getElement().isF16())
    return success();
  return emitOpError() << "C1: rounds to bf16 or f16, not to " << getElement();
}

LogicalResult SortOp::verify() {
  auto source = cast<RankedTensorType>(getSource().getType()), values = cast<RankedTensorType>(getValues().getType()),
       positions = cast<RankedTensorType>(getPositions().getType());
  if (source.getRank() == 0)
    return emitOpError("C1: there is no axis to sort along");
  SmallVector<SizeExpr> axes = axesOf(source);
  axes.back() = getCount().getExpr();
  if (values.getElementType() != source.getElementType())
    return emitOpError() << "C1: values of " << source.getElementType() << " become " << values.getElementType();
  if (failed(verifyAxes(*this, "C1", "values", values, axes)) ||
      failed(verifyAxes(*this, "C1", "positions", positions, axes)))
    return failure();
  if (!positions.getElementType().isInteger(32))
    return emitOpError() << "C2: positions are i32, not " << positions.getElementType();
  return success();
}

// ---- kernels --------------------------------------------------------------------------------------------------------

void KernelOp::print(OpAsmPrinter &p) {
  p << ' ';
  p.printSymbolName(getName());
  p << ' ' << stringifyKernelKind(getKind()) << " (" << getOperands() << ") ";
  p.printRegion(getBody());
  if (getLayouts())
    p << " layouts " << getLayoutsAttr();
  if (getPlaces())
    p << " places " << getPlacesAttr();
  if (getStrip())
    p << " strip " << *getStrip();
  if (getDeclined())
    p << " declined " << getDeclinedAttr();
  p.printOptionalAttrDict((*this)->getDiscardableAttrDictionary().getValue());
  p << " : ";
  p.printFunctionalType(*this);
}

ParseResult KernelOp::parse(OpAsmParser &p, OperationState &result) {
  auto &properties = result.getOrAddProperties<Properties>();
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  StringRef word;
  if (p.parseSymbolName(properties.name))
    return failure();
  SMLoc loc = p.getCurrentLocation();
  if (p.parseKeyword(&word))
    return failure();
  std::optional<KernelKind> kind = symbolizeKernelKind(word);
  if (!kind)
    return p.emitError(loc) << "expected a kind of kernel, found '" << word << "'";
  properties.kind = KernelKindAttr::get(p.getContext(), *kind);
  loc = p.getCurrentLocation();
  if (p.parseOperandList(operands, AsmParser::Delimiter::Paren) ||
      p.parseRegion(*result.addRegion(), /*arguments=*/{}, /*enableNameShadowing=*/true))
    return failure();
  if (succeeded(p.parseOptionalKeyword("layouts")) && p.parseAttribute(properties.layouts))
    return failure();
  if (succeeded(p.parseOptionalKeyword("places")) && p.parseAttribute(properties.places))
    return failure();
  if (int64_t rows; succeeded(p.parseOptionalKeyword("strip"))) {
    if (p.parseInteger(rows))
      return failure();
    properties.strip = p.getBuilder().getI64IntegerAttr(rows);
  }
  if (succeeded(p.parseOptionalKeyword("declined")) && p.parseAttribute(properties.declined))
    return failure();
  FunctionType type;
  if (p.parseOptionalAttrDict(result.attributes) || p.parseColonType(type) ||
      p.resolveOperands(operands, type.getInputs(), loc, result.operands))
    return failure();
  result.addTypes(type.getResults());
  return success();
}

LayoutAttr KernelOp::getLayout(unsigned operand) {
  return getLayouts() ? dyn_cast<LayoutAttr>((*getLayouts())[operand]) : LayoutAttr();
}

/// C4
static LogicalResult verifyLayouts(KernelOp op) {
  if (!op.getLayouts())
    return success();
  if (op.getLayouts()->size() != op.getNumOperands())
    return op.emitOpError() << "C4: " << op.getLayouts()->size() << " layouts for " << op.getNumOperands()
                            << " operands";
  for (auto [attr, type] : llvm::zip(*op.getLayouts(), op.getOperandTypes())) {
    auto layout = dyn_cast<LayoutAttr>(attr);
    if (!layout && !isa<UnitAttr>(attr))
      return op.emitOpError() << "C4: " << attr << " is no layout";
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (layout && !tensor)
      return op.emitOpError() << "C4: a layout for " << type;
    if (layout && failed(layout.holds(tensor.getShape(), [&] { return op.emitOpError("C4: "); })))
      return failure();
  }
  return success();
}

LogicalResult KernelOp::verify() {
  if (failed(verifyTypes(*this, "C1", "region arguments", getBody().getArgumentTypes(), "operands", getOperandTypes())))
    return failure();
  for (Operation &inner : getBody().front()) {
    bool computes = isa<IndexOp, AttendOp, AttendGradOp, SortOp, StopOp, ReshapeOp, YieldOp>(inner);
    if (!computes && !inner.hasTrait<OpTrait::ConstantLike>())
      return emitOpError() << "C2: a kernel may not hold '" << inner.getName() << "'";
  }
  if (failed(verifyTypes(*this, "C2", "yields", yieldedTypes(getBody()), "results", getResultTypes())))
    return failure();
  if (getPlaces() && getPlaces()->size() != getNumResults())
    return emitOpError() << "C3: " << getPlaces()->size() << " places for " << getNumResults() << " results";
  return verifyLayouts(*this);
}

} // namespace heed
