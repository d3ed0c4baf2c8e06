// Lists of indices and of sizes as text.
#include "compiler/dialect/Syntax.h"

using namespace mlir;

namespace heed {

void printIndices(OpAsmPrinter &p, ArrayAttr names, ArrayAttr bounds, int64_t rank) {
  p << '[';
  for (auto [n, name, bound] : llvm::enumerate(names.getAsRange<StringAttr>(), bounds.getAsRange<SizeAttr>())) {
    p << (int64_t(n) == rank ? (n == 0 ? "| " : " | ") : n == 0 ? "" : ", ");
    p << name.getValue() << " < " << SizeText{bound};
  }
  p << ']';
}

ParseResult parseIndices(OpAsmParser &p, IndexList &list) {
  SmallVector<Attribute> names, bounds;
  auto some = [&]() -> ParseResult { // none, or separated by commas
    StringRef name;
    if (failed(p.parseOptionalKeyword(&name)))
      return success();
    while (true) {
      SizeAttr bound;
      if (p.parseLess() || parseSize(p, bound))
        return failure();
      names.push_back(p.getBuilder().getStringAttr(name));
      bounds.push_back(bound);
      if (failed(p.parseOptionalComma()))
        return success();
      if (p.parseKeyword(&name))
        return failure();
    }
  };
  if (p.parseLSquare() || some())
    return failure();
  list.rank = p.getBuilder().getI64IntegerAttr(names.size());
  if ((succeeded(p.parseOptionalVerticalBar()) && some()) || p.parseRSquare())
    return failure();
  list.names = p.getBuilder().getArrayAttr(names);
  list.bounds = p.getBuilder().getArrayAttr(bounds);
  return success();
}

void printSymbols(OpAsmPrinter &p, ArrayAttr symbols) {
  if (symbols.empty())
    return;
  p << " symbols [";
  llvm::interleaveComma(symbols.getAsRange<SizeAttr>(), p, [&](SizeAttr size) { p << SizeText{size}; });
  p << ']';
}

ParseResult parseSymbols(OpAsmParser &p, ArrayAttr &symbols) {
  SmallVector<SizeAttr> sizes;
  if (succeeded(p.parseOptionalKeyword("symbols")) &&
      p.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] { return parseSize(p, sizes.emplace_back()); }))
    return failure();
  symbols = p.getBuilder().getArrayAttr(SmallVector<Attribute>(sizes.begin(), sizes.end()));
  return success();
}

} // namespace heed
