// Flags that MLIR understands by itself: --mlir-print-ir-after-all, --mlir-print-ir-after=PASS, --mlir-timing and their
// kin.
#pragma once

#include <string>
#include <vector>

namespace heed::tools {

/// Takes all arguments that begin with --mlir- out of the command line and applies them to every later compilation.
/// False if MLIR does not know one; it has said so then.
bool takeMlirFlags(std::vector<std::string> &arguments);

} // namespace heed::tools
