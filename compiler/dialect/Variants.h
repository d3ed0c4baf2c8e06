// An entry whose inputs may be left out is one entry op for each choice, and callers know all of them by one name. In:
// that name and the inputs that a variant goes without. Out: the variant's symbol, and back.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"

#include <string>

namespace heed {

/// "forward.without.mask.labels"; "forward" where nothing is left out.
inline std::string variantSymbol(llvm::StringRef called, llvm::ArrayRef<std::string> without) {
  return without.empty() ? called.str() : (called + ".without." + llvm::join(without, ".")).str();
}

/// "forward"
inline llvm::StringRef calledName(llvm::StringRef symbol) { return symbol.split(".without.").first; }

} // namespace heed
