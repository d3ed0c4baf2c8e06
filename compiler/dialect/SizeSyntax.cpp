// Sizes in MLIR's text. In: tokens. Out: a polynomial, read from exactly the characters that the tokens span.
#include "compiler/dialect/Syntax.h"

using namespace mlir;

namespace heed {

/// Whether MLIR's lexer takes the text apart into names, numbers and the punctuation that `skipSum` knows.
static bool hasTokens(StringRef text) {
  return llvm::all_of(text, [](char c) { return llvm::isAlnum(c) || StringRef("_.$ +-*/(),").contains(c); });
}

llvm::raw_ostream &operator<<(llvm::raw_ostream &os, SizeText text) {
  StringRef size = text.size.getText();
  return hasTokens(size) ? os << size : os << '"' << size << '"';
}

namespace {
/// Walks over `sum = product { ("+" | "-") product }` and so on; only SizeExpr::parse knows what it means.
struct SizeTokens {
  AsmParser &p;
  bool inBrackets = false;

  ParseResult skipSum() {
    do {
      if (skipProduct())
        return failure();
    } while (succeeded(p.parseOptionalPlus()) || succeeded(p.parseOptionalMinus()));
    return success();
  }

  ParseResult skipProduct() {
    do {
      if (skipPrimary())
        return failure();
    } while (succeeded(p.parseOptionalStar()) || succeeded(p.parseOptionalSlash()));
    return success();
  }

  ParseResult skipPrimary() {
    (void)p.parseOptionalMinus();
    int64_t number;
    OptionalParseResult isNumber = p.parseOptionalInteger(number);
    if (isNumber.has_value())
      return *isNumber;
    StringRef name;
    bool named = succeeded(p.parseOptionalKeyword(&name));
    if (failed(p.parseOptionalLParen()))
      return named ? success() : ParseResult(p.emitError(p.getCurrentLocation(), "expected a size"));
    do {
      if (skipSum())
        return failure();
    } while (succeeded(p.parseOptionalComma()));
    return p.parseRParen();
  }
};
} // namespace

ParseResult parseSize(AsmParser &p, SizeAttr &result) {
  SMLoc begin = p.getCurrentLocation();
  std::string text;
  if (failed(p.parseOptionalString(&text))) {
    if (SizeTokens{p}.skipSum())
      return failure();
    text = std::string(begin.getPointer(), p.getCurrentLocation().getPointer());
    // The next token may stand on the next line, after a comment.
    text = StringRef(text).take_until([](char c) { return c == '\n'; }).split("//").first.trim().str();
  }
  std::optional<SizeExpr> size = SizeExpr::parse(text);
  if (!size)
    return p.emitError(begin) << "expected a size, found '" << text << "'";
  result = SizeAttr::get(p.getContext(), *size);
  return success();
}

} // namespace heed
