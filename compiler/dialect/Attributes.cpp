// The attributes of the dialect: their text, and the sizes within.
#include "compiler/dialect/HeedDialect.h"
#include "compiler/dialect/Syntax.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#define GET_ATTRDEF_CLASSES
#include "compiler/dialect/HeedAttributes.cpp.inc"

namespace heed {

void HeedDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compiler/dialect/HeedAttributes.cpp.inc"
      >();
}

// ---- sizes ----------------------------------------------------------------------------------------------------------

SizeAttr SizeAttr::get(MLIRContext *context, const SizeExpr &size) { return get(context, StringRef(size.str())); }

SizeExpr SizeAttr::getExpr() const {
  std::optional<SizeExpr> size = SizeExpr::parse(getText().str());
  assert(size && "a size attribute is made from a size");
  return *size;
}

void SizeAttr::print(AsmPrinter &p) const { p << '<' << SizeText{*this} << '>'; }

Attribute SizeAttr::parse(AsmParser &p, Type) {
  SizeAttr size;
  if (p.parseLess() || parseSize(p, size) || p.parseGreater())
    return {};
  return size;
}

SmallVector<SizeExpr> AxesAttr::getExprs() const {
  return llvm::map_to_vector(getSizes(), [](SizeAttr size) { return size.getExpr(); });
}

void AxesAttr::print(AsmPrinter &p) const {
  p << '<';
  llvm::interleaveComma(getSizes(), p, [&](SizeAttr size) { p << SizeText{size}; });
  p << '>';
}

Attribute AxesAttr::parse(AsmParser &p, Type) {
  SmallVector<SizeAttr> sizes;
  if (p.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, [&] { return parseSize(p, sizes.emplace_back()); }))
    return {};
  return get(p.getContext(), sizes);
}

// ---- accesses and conditions: with d0, s0, …; the ops print them with names -----------------------------------------

// Comparison signs would upset MLIR's search for the closing `>`, so e >= 0 is spelled `e`, and e == 0 `e = 0`.

void ConditionAttr::print(AsmPrinter &p) const {
  if (getSets().empty()) {
    p << "<false>";
    return;
  }
  auto names = [&](char letter, unsigned count) {
    llvm::interleaveComma(llvm::seq(count), p, [&](unsigned n) { p << letter << n; });
  };
  p << "<(";
  names('d', getSets()[0].getNumDims());
  p << ")[";
  names('s', getSets()[0].getNumSymbols());
  p << "] : ";
  auto set = [&](IntegerSet set) {
    p << '(';
    llvm::interleaveComma(llvm::seq(set.getNumConstraints()), p, [&](unsigned n) {
      set.getConstraint(n).print(p.getStream());
      p << (set.isEq(n) ? " = 0" : "");
    });
    p << ')';
  };
  llvm::interleave(getSets(), p, set, " or ");
  p << '>';
}

/// Names, each for what `make` gives.
static ParseResult parseNames(AsmParser &p, AsmParser::Delimiter delimiter,
                              SmallVectorImpl<std::pair<StringRef, AffineExpr>> &names,
                              llvm::function_ref<AffineExpr(unsigned)> make) {
  unsigned count = 0;
  return p.parseCommaSeparatedList(delimiter, [&]() -> ParseResult {
    StringRef name;
    if (p.parseKeyword(&name))
      return failure();
    names.push_back({name, make(count++)});
    return success();
  });
}

static ParseResult parseSet(AsmParser &p, ArrayRef<std::pair<StringRef, AffineExpr>> names, unsigned dims,
                            IntegerSet &set) {
  SmallVector<AffineExpr> constraints;
  SmallVector<bool> equalities;
  auto constraint = [&]() -> ParseResult {
    if (p.parseAffineExpr(names, constraints.emplace_back()))
      return failure();
    int64_t zero;
    equalities.push_back(succeeded(p.parseOptionalEqual()));
    return equalities.back() ? p.parseInteger(zero) : success();
  };
  SMLoc loc = p.getCurrentLocation();
  if (p.parseCommaSeparatedList(AsmParser::Delimiter::Paren, constraint))
    return failure();
  if (constraints.empty())
    return p.emitError(loc, "expected a constraint; `0 = 0` is always true");
  set = IntegerSet::get(dims, names.size() - dims, constraints, equalities);
  return success();
}

Attribute ConditionAttr::parse(AsmParser &p, Type) {
  SmallVector<IntegerSet> sets;
  if (p.parseLess())
    return {};
  if (succeeded(p.parseOptionalKeyword("false")))
    return p.parseGreater() ? Attribute() : get(p.getContext(), sets);
  SmallVector<std::pair<StringRef, AffineExpr>> names;
  if (parseNames(p, AsmParser::Delimiter::Paren, names,
                 [&](unsigned n) { return getAffineDimExpr(n, p.getContext()); }))
    return {};
  unsigned dims = names.size();
  auto symbol = [&](unsigned n) { return getAffineSymbolExpr(n, p.getContext()); };
  if (parseNames(p, AsmParser::Delimiter::Square, names, symbol) || p.parseColon())
    return {};
  do {
    if (parseSet(p, names, dims, sets.emplace_back()))
      return {};
  } while (succeeded(p.parseOptionalKeyword("or")));
  return p.parseGreater() ? Attribute() : get(p.getContext(), sets);
}

void AccessAttr::print(AsmPrinter &p) const {
  p << '<' << getOperand() << ", ";
  getMap().print(p.getStream());
  if (getGuard()) {
    p << " if ";
    getGuard().print(p);
  }
  p << '>';
}

Attribute AccessAttr::parse(AsmParser &p, Type type) {
  unsigned operand;
  AffineMap map;
  ConditionAttr guard;
  if (p.parseLess() || p.parseInteger(operand) || p.parseComma() || p.parseAffineMap(map))
    return {};
  if (succeeded(p.parseOptionalKeyword("if")) && !(guard = cast_or_null<ConditionAttr>(ConditionAttr::parse(p, type))))
    return {};
  if (p.parseGreater())
    return {};
  return get(p.getContext(), operand, map, guard);
}

// ---- parts of parameters --------------------------------------------------------------------------------------------

void PartAttr::print(AsmPrinter &p) const {
  p << "<\"" << getStored() << "\", layer = " << getLayer() << ", begin = " << getBegin()
    << ", extent = " << getExtent();
  if (getTransposed())
    p << ", transposed";
  if (!getCopies().empty()) {
    p << ", copies = [";
    llvm::interleaveComma(getCopies(), p);
    p << ']';
  }
  p << '>';
}

/// `name = value`
template <typename Integer> static ParseResult parseField(AsmParser &p, StringRef name, Integer &value) {
  return failure(p.parseKeyword(name) || p.parseEqual() || p.parseInteger(value));
}

Attribute PartAttr::parse(AsmParser &p, Type) {
  std::string stored;
  int64_t layer, begin, extent;
  bool transposed = false;
  SmallVector<StringAttr> copies;
  if (p.parseLess() || p.parseString(&stored) || p.parseComma() || parseField(p, "layer", layer) || p.parseComma() ||
      parseField(p, "begin", begin) || p.parseComma() || parseField(p, "extent", extent))
    return {};
  while (succeeded(p.parseOptionalComma())) {
    if (succeeded(p.parseOptionalKeyword("transposed"))) {
      transposed = true;
      continue;
    }
    auto copy = [&] { return p.parseAttribute(copies.emplace_back()); };
    if (p.parseKeyword("copies") || p.parseEqual() || p.parseCommaSeparatedList(AsmParser::Delimiter::Square, copy))
      return {};
  }
  if (p.parseGreater())
    return {};
  return get(p.getContext(), stored, transposed, layer, begin, extent, copies);
}

// ---- places ---------------------------------------------------------------------------------------------------------

static bool hasOffset(PlaceKind kind) { return kind == PlaceKind::arena || kind == PlaceKind::inner; }

void PlaceAttr::print(AsmPrinter &p) const {
  p << '<' << stringifyPlaceKind(getKind());
  if (hasOffset(getKind()))
    p << ", offset = " << SizeText{getOffset()};
  else
    p << ' ' << getIndex();
  p << ", bytes = " << SizeText{getBytes()} << '>';
}

Attribute PlaceAttr::parse(AsmParser &p, Type) {
  StringRef word;
  SMLoc loc = p.getCurrentLocation();
  if (p.parseLess() || p.parseKeyword(&word))
    return {};
  std::optional<PlaceKind> kind = symbolizePlaceKind(word);
  if (!kind) {
    p.emitError(loc) << "expected output, arena, inner or next, found '" << word << "'";
    return {};
  }
  int64_t index = 0;
  SizeAttr offset = SizeAttr::get(p.getContext(), SizeExpr(0)), bytes;
  if (hasOffset(*kind) && (p.parseComma() || p.parseKeyword("offset") || p.parseEqual() || parseSize(p, offset)))
    return {};
  if (!hasOffset(*kind) && p.parseInteger(index))
    return {};
  if (p.parseComma() || p.parseKeyword("bytes") || p.parseEqual() || parseSize(p, bytes) || p.parseGreater())
    return {};
  return get(p.getContext(), *kind, index, offset, bytes);
}

} // namespace heed
