// The text of what ops share: sizes, lists of indices, accesses and conditions with the names of indices.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/OpImplementation.h"

namespace heed {

// ---- sizes ------------------------------------------------------------------------------------------------------------------

/// A size as attributes print it; in quotes where MLIR has no tokens for it (`"T^2"`).
struct SizeText {
  SizeAttr size;
};
llvm::raw_ostream &operator<<(llvm::raw_ostream &, SizeText);
template <typename Printer, std::enable_if_t<std::is_base_of_v<mlir::AsmPrinter, Printer>> * = nullptr>
Printer &operator<<(Printer &p, SizeText text) {
  p.getStream() << text;
  return p;
}
mlir::ParseResult parseSize(mlir::AsmParser &, SizeAttr &);

} // namespace heed
