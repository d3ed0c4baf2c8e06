// What is told when a pass fails. Behind the checker an error is ours, unless the pass refuses what its user asked
// for: it is told with the pass that failed and a file from which `heed-opt` repeats it.
#pragma once

#include "mlir/Pass/PassManager.h"

#include <string>

namespace heed::tools {

/// Watches one run of a pass manager.
class Faults {
public:
  /// `source`: the file that is compiled, after which the reproducer is named.
  Faults(mlir::PassManager &, const std::string &source);

  /// Tells which pass failed on its way `stage` ("to loops"), and how to repeat it; false, for the caller to return.
  /// `refused`: the pass has said that it is no fault of ours (Refusal.h).
  bool tell(std::string_view stage, bool refused) const;

private:
  std::string source, reproducer;
  std::string pass; // that failed; empty: none did
};

} // namespace heed::tools
