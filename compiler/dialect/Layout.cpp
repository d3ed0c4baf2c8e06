// Layouts of parameters: their text, what they say of memory, and whose layout a value has.
#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;

namespace heed {

// ---- text -----------------------------------------------------------------------------------------------------------

/// The digits of an axis, least significant first.
static SmallVector<Digit> digitsOf(ArrayRef<Digit> digits, unsigned axis) {
  SmallVector<Digit> own;
  llvm::copy_if(digits, std::back_inserter(own), [&](const Digit &digit) { return digit.axis == axis; });
  llvm::sort(own, [](const Digit &a, const Digit &b) {
    return std::pair(a.divisor, a.extent) < std::pair(b.divisor, b.extent);
  });
  return own;
}

void LayoutAttr::print(AsmPrinter &p) const {
  p << '<';
  llvm::interleaveComma(getDigits(), p, [&](const Digit &digit) {
    p << 'd' << digit.axis;
    if (digit.divisor != 1)
      p << " floordiv " << digit.divisor;
    bool top = digitsOf(getDigits(), digit.axis).back() == digit;
    p << (top ? " : " : " mod ") << digit.extent;
  });
  p << '>';
}

Attribute LayoutAttr::parse(AsmParser &p, Type) {
  SmallVector<Digit> digits;
  auto digit = [&]() -> ParseResult {
    StringRef name;
    Digit &made = digits.emplace_back(Digit{0, 1, 1});
    SMLoc loc = p.getCurrentLocation();
    if (p.parseKeyword(&name))
      return failure();
    if (!name.consume_front("d") || name.getAsInteger(10, made.axis))
      return p.emitError(loc, "expected an axis: d0, d1, …");
    if (succeeded(p.parseOptionalKeyword("floordiv")) && p.parseInteger(made.divisor))
      return failure();
    if (failed(p.parseOptionalKeyword("mod")) && p.parseColon())
      return failure();
    return p.parseInteger(made.extent);
  };
  SMLoc loc = p.getCurrentLocation();
  if (p.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, digit))
    return {};
  return p.getChecked<LayoutAttr>(loc, p.getContext(), ArrayRef<Digit>(digits));
}

// ---- constraints ----------------------------------------------------------------------------------------------------

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<Digit> digits) {
  unsigned rank = 0;
  for (const Digit &digit : digits)
    rank = std::max(rank, digit.axis + 1);
  if (rank > digits.size())
    return emitError() << "C1: " << digits.size() << " digits for " << rank << " axes";
  for (unsigned axis = 0; axis != rank; ++axis) {
    int64_t next = 1;
    for (const Digit &digit : digitsOf(digits, axis)) {
      if (digit.divisor != next || digit.extent < 1)
        return emitError() << "C1: a digit of d" << axis << " divides by " << digit.divisor << ", not by " << next;
      next *= digit.extent;
    }
    if (digitsOf(digits, axis).empty())
      return emitError() << "C1: d" << axis << " has no digit";
  }
  return success();
}

LogicalResult LayoutAttr::holds(ArrayRef<int64_t> shape, function_ref<InFlightDiagnostic()> emitError) const {
  if (getRank() != shape.size())
    return emitError() << "a layout of " << getRank() << " axes for " << shape.size();
  for (auto [axis, sizes] : llvm::enumerate(llvm::zip(getPaddedShape(), shape))) {
    auto [room, extent] = sizes;
    if (ShapedType::isDynamic(extent))
      return emitError() << "a layout for axis " << axis << ", whose size is not constant";
    if (room < extent)
      return emitError() << "the layout has room for " << room << " along axis " << axis << ", but there are "
                         << extent;
  }
  return success();
}

// ---- what it says of memory -----------------------------------------------------------------------------------------

LayoutAttr LayoutAttr::panels(MLIRContext *context, ArrayRef<int64_t> shape, ArrayRef<unsigned> columns,
                              ArrayRef<unsigned> reduced, int64_t width) {
  SmallVector<Digit> digits;
  auto whole = [&](unsigned axis) { digits.push_back({axis, 1, shape[axis]}); };
  for (unsigned axis = 0; axis != shape.size(); ++axis)
    if (!llvm::is_contained(columns, axis) && !llvm::is_contained(reduced, axis))
      whole(axis);
  llvm::for_each(columns.drop_back(), whole);
  digits.push_back({columns.back(), width, (shape[columns.back()] + width - 1) / width});
  llvm::for_each(reduced, whole);
  digits.push_back({columns.back(), 1, width});
  return get(context, digits);
}

unsigned LayoutAttr::getRank() const {
  unsigned rank = 0;
  for (const Digit &digit : getDigits())
    rank = std::max(rank, digit.axis + 1);
  return rank;
}

int64_t LayoutAttr::getStoredCount() const {
  int64_t count = 1;
  for (const Digit &digit : getDigits())
    count *= digit.extent;
  return count;
}

SmallVector<int64_t> LayoutAttr::getPaddedShape() const {
  SmallVector<int64_t> shape(getRank(), 1);
  for (const Digit &digit : getDigits())
    shape[digit.axis] *= digit.extent;
  return shape;
}

SmallVector<int64_t> LayoutAttr::getStrides() const {
  SmallVector<int64_t> strides(getDigits().size());
  int64_t stride = 1;
  for (size_t i = strides.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= getDigits()[i].extent;
  }
  return strides;
}

AffineMap LayoutAttr::getMap() const {
  SmallVector<AffineExpr> results;
  for (const Digit &digit : getDigits()) {
    AffineExpr index = getAffineDimExpr(digit.axis, getContext()).floorDiv(digit.divisor);
    bool top = digitsOf(getDigits(), digit.axis).back() == digit;
    results.push_back(top ? index : index % digit.extent);
  }
  return AffineMap::get(getRank(), 0, results, getContext());
}

bool LayoutAttr::isSlicedBy(unsigned count) const {
  for (unsigned axis = 0; axis != count; ++axis)
    if (axis >= getDigits().size() || getDigits()[axis].axis != axis || digitsOf(getDigits(), axis).size() != 1)
      return false;
  return true;
}

LayoutAttr LayoutAttr::slice(unsigned count) const {
  assert(isSlicedBy(count) && "the rest is not in one piece");
  SmallVector<Digit> rest(getDigits().drop_front(count));
  for (Digit &digit : rest)
    digit.axis -= count;
  return get(getContext(), rest);
}

// ---- whose layout a value has ---------------------------------------------------------------------------------------

std::optional<ParameterSlice> parameterOf(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return std::nullopt;
  Operation *owner = argument.getOwner()->getParentOp();
  if (auto entry = dyn_cast<EntryOp>(owner)) {
    auto name = entry.getArgAttrOfType<FlatSymbolRefAttr>(argument.getArgNumber(), "heed.param");
    auto model = entry->getParentOfType<ModelOp>();
    if (!name || !model)
      return std::nullopt;
    return ParameterSlice{model.lookupSymbol<ParamOp>(name.getAttr()), 0};
  }
  auto repeat = dyn_cast<RepeatOp>(owner);
  auto stack = repeat ? repeat.getStackOf(argument) : std::nullopt;
  if (!stack)
    return std::nullopt;
  Value source = repeat.getStacks()[*stack];
  auto whole = parameterOf(source);
  bool oneRow = cast<ShapedType>(argument.getType()).getRank() < cast<ShapedType>(source.getType()).getRank();
  if (whole && oneRow)
    ++whole->fixed;
  return whole;
}

LayoutAttr layoutOf(Value value) {
  auto found = parameterOf(value);
  LayoutAttr layout = found ? found->param.getLayoutAttr() : LayoutAttr();
  return layout ? layout.slice(found->fixed) : layout;
}

} // namespace heed
