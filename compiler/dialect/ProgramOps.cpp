// The ops that make up a model: parameters, entries, requests, checks, states. Text and constraints.
#include "compiler/dialect/Syntax.h"
#include "compiler/dialect/Verify.h"

using namespace mlir;

namespace heed {

template <typename Op> static Op symbolIn(Operation *from, FlatSymbolRefAttr name) {
  auto model = from->getParentOfType<ModelOp>();
  return model ? model.lookupSymbol<Op>(name.getAttr()) : Op();
}

// ---- parameters -----------------------------------------------------------------------------------------------------

/// C3: the parts of one layer, side by side along the last axis, from 0 to its end.
static LogicalResult verifySideBySide(ParamOp op, int64_t layer, SmallVectorImpl<PartAttr> &parts, int64_t width) {
  llvm::sort(parts, [](PartAttr a, PartAttr b) { return a.getBegin() < b.getBegin(); });
  int64_t end = 0;
  for (PartAttr part : parts) {
    if (part.getBegin() != end || part.getExtent() <= 0)
      return op.emitOpError() << "C3: \"" << part.getStored() << "\" begins at " << part.getBegin() << " in layer "
                              << layer << ", not at " << end;
    end += part.getExtent();
  }
  if (end != width)
    return op.emitOpError() << "C3: the parts of layer " << layer << " end at " << end << ", not at " << width;
  return success();
}

LogicalResult ParamOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  SmallVector<SizeExpr> axes = axesOf(type);
  for (const SizeExpr &size : axes)
    if (!size.isConstant())
      return emitOpError() << "C1: size " << size.str() << " is no constant";
  if (getStacked() && axes.empty())
    return emitOpError("C2: a stack needs an axis that counts layers");
  if (LayoutAttr layout = getLayoutAttr()) {
    if (failed(layout.holds(type.getShape(), [&] { return emitOpError("C4: "); })))
      return failure();
    if (getStacked() && !layout.isSlicedBy(1))
      return emitOpError("C4: the stack's axis is not the outermost digit");
  }
  if (getParts().empty())
    return success();
  std::map<int64_t, SmallVector<PartAttr>> layers;
  for (auto part : getParts().getAsRange<PartAttr>())
    layers[part.getLayer()].push_back(part);
  int64_t first = getStacked() ? 0 : -1, count = getStacked() ? type.getDimSize(0) : 1;
  int64_t width = type.getRank() > int64_t(getStacked()) ? type.getShape().back() : 1;
  for (int64_t layer = first; layer < first + count; ++layer)
    if (failed(verifySideBySide(*this, layer, layers[layer], width)))
      return failure();
  if (int64_t(layers.size()) != count)
    return emitOpError() << "C3: the parts name " << layers.size() << " layers of " << count;
  return success();
}

// ---- entries --------------------------------------------------------------------------------------------------------

void EntryOp::print(OpAsmPrinter &p) {
  function_interface_impl::printFunctionOp(p, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
                                           getArgAttrsAttrName(), getResAttrsAttrName());
}

ParseResult EntryOp::parse(OpAsmParser &p, OperationState &result) {
  auto type = [](Builder &builder, ArrayRef<Type> arguments, ArrayRef<Type> results,
                 function_interface_impl::VariadicFlag,
                 std::string &) { return builder.getFunctionType(arguments, results); };
  return function_interface_impl::parseFunctionOp(p, result, /*allowVariadic=*/false,
                                                  getFunctionTypeAttrName(result.name), type,
                                                  getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

/// `layers.*.wq.weight` is called `wq.weight`: what stands behind the last `*`.
static StringRef shortName(StringRef path) {
  size_t star = path.rfind("*.");
  return star == StringRef::npos ? path : path.substr(star + 2);
}

void EntryOp::getAsmBlockArgumentNames(Region &region, OpAsmSetValueNameFn setName) {
  for (BlockArgument argument : region.getArguments()) {
    unsigned n = argument.getArgNumber();
    if (auto input = getArgAttrOfType<StringAttr>(n, "heed.input"))
      setName(argument, input.getValue());
    for (StringRef role : {"heed.param", "heed.state"})
      if (auto symbol = getArgAttrOfType<FlatSymbolRefAttr>(n, role))
        setName(argument, shortName(symbol.getValue()));
  }
}

/// C1 and C5.
static LogicalResult verifyArgument(EntryOp op, unsigned n) {
  bool input = bool(op.getArgAttrOfType<StringAttr>(n, "heed.input"));
  auto param = op.getArgAttrOfType<FlatSymbolRefAttr>(n, "heed.param");
  auto state = op.getArgAttrOfType<FlatSymbolRefAttr>(n, "heed.state");
  if (int(input) + bool(param) + bool(state) != 1)
    return op.emitOpError() << "C1: argument " << n << " needs one of heed.input, heed.param and heed.state";
  Type type = op.getArgumentTypes()[n];
  if (param) {
    auto declared = symbolIn<ParamOp>(op, param);
    if (!declared)
      return op.emitOpError() << "C5: argument " << n << " is parameter " << param << ", which the model does not have";
    if (declared.getType() != type)
      return op.emitOpError() << "C5: argument " << n << " has type " << type << ", but parameter " << param << " is "
                              << declared.getType();
  }
  return success();
}

/// C2 and C3.
static LogicalResult verifySizes(EntryOp op) {
  for (TypeRange types : {TypeRange(op.getArgumentTypes()), TypeRange(op.getResultTypes())})
    for (Type type : types) {
      if (!hasAxes(type))
        return op.emitOpError() << "C2: " << type << " has no named axes";
      for (const SizeExpr &axis : axesOf(cast<RankedTensorType>(type)))
        for (const std::string &name : axis.symbols())
          if (!llvm::is_contained(op.getSizes(), StringAttr::get(op.getContext(), name)))
            return op.emitOpError() << "C2: size `" << name << "` in " << type << " is none of the entry's";
    }
  for (auto name : op.getSizes().getAsRange<StringAttr>()) {
    auto binds = [&](unsigned n) {
      return op.getArgAttr(n, "heed.input") &&
             llvm::any_of(axesOf(cast<RankedTensorType>(op.getArgumentTypes()[n])),
                          [&](const SizeExpr &axis) { return axis.linearIn(name.str()).has_value(); });
    };
    if (!llvm::any_of(llvm::seq<unsigned>(0, op.getNumArguments()), binds))
      return op.emitOpError() << "C3: no input axis gives size `" << name.getValue() << "`";
  }
  return success();
}

/// C6
static LogicalResult verifyInitialise(EntryOp op) {
  auto model = op->getParentOfType<ModelOp>();
  SmallVector<Type> types;
  for (auto param : model.getBody().getOps<ParamOp>())
    types.push_back(param.getType());
  return verifyTypes(op, "C6", "results", op.getResultTypes(), "parameters", types);
}

LogicalResult EntryOp::verify() {
  if (failed(verifySizes(*this)))
    return failure();
  for (unsigned n = 0; n < getNumArguments(); ++n)
    if (failed(verifyArgument(*this, n)))
      return failure();
  if (getStreamAttr() && !llvm::is_contained(getSizes(), getStreamAttr()))
    return emitOpError() << "C4: the stream " << getStreamAttr() << " is none of the entry's sizes";
  return getInitialise() ? verifyInitialise(*this) : success();
}

LogicalResult ReturnOp::verify() {
  auto entry = cast<EntryOp>((*this)->getParentOp());
  return verifyTypes(*this, "C1", "operands", getOperandTypes(), "results of the entry", entry.getResultTypes());
}

LogicalResult DeriveOp::verify() {
  if (!symbolIn<EntryOp>(*this, getEntryAttr()))
    return emitOpError() << "C1: there is no entry " << getEntryAttr();
  return success();
}

LogicalResult CheckOp::verify() {
  if (bool(getSizeAttr()) == bool(getValue()))
    return emitOpError("C1: needs a size or a value, one of both");
  if (!getValue())
    return success();
  auto type = cast<RankedTensorType>(getValue().getType());
  if (type.getRank() != 0 || !type.getElementType().isInteger(1))
    return emitOpError() << "C2: the value is " << type << ", not one i1";
  return success();
}

// ---- states ---------------------------------------------------------------------------------------------------------

LogicalResult RecallOp::verify() {
  if (!symbolIn<StateOp>(*this, getStateAttr()))
    return emitOpError() << "C1: there is no state " << getStateAttr();
  return success();
}

LogicalResult NextOp::verify() {
  auto state = symbolIn<StateOp>(*this, getStateAttr());
  if (!state)
    return emitOpError() << "C1: there is no state " << getStateAttr();
  if (state.getType() != getValue().getType())
    return emitOpError() << "C1: state " << getStateAttr() << " is " << state.getType() << ", not "
                         << getValue().getType();
  return success();
}

} // namespace heed
