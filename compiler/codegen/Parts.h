// In: the LLVM module of a model. Out: a plan for cutting it into parts, which are compiled on their own and linked
// together. The plan depends on the module alone, never on how many threads there are. Compiles nothing.
#pragma once

#include "llvm/IR/Module.h"

#include <string>
#include <vector>

namespace heed {

/// A function with this attribute is vector code already: LLVM's vectorizers and its unrolling stay off in its part.
inline constexpr llvm::StringLiteral fastName = "heed.fast";

/// What one part defines. The rest of the module it only declares.
struct Part {
  std::vector<std::string> names;
  unsigned instructions = 0;
  bool fast = false;
};

/// Each launched function goes with all that it alone calls; what several parts call is copied where it is small, else
/// has a part of its own. The first part is the host functions' and the description's. What is named by other parts
/// than its own becomes hidden in the module, all else but the exports internal.
std::vector<Part> cutIntoParts(llvm::Module &);

/// Leaves in the module what the part defines. A lazily read module reads no other body.
llvm::Error reduceTo(const Part &, llvm::Module &);

} // namespace heed
