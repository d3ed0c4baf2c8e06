// What a pass tells while this lives: errors at lines of the user's source, drawn like those of the checker.
#pragma once

#include "lang/source/Source.h"

#include "mlir/IR/Diagnostics.h"

namespace heed::tools {

class MlirReports {
public:
  MlirReports(mlir::MLIRContext &, const Sources &);

  /// Whether a pass told that what its user asked for can't be.
  bool refused() const { return anyRefusal; }

private:
  void tell(mlir::Diagnostic &);

  const Sources &sources;
  bool anyRefusal = false;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace heed::tools
