// What a pass tells while this lives: errors at lines of the user's source, drawn like those of the checker.
#pragma once

#include "lang/source/Source.h"

#include "mlir/IR/Diagnostics.h"

namespace heed::tools {

class MlirReports {
public:
  MlirReports(mlir::MLIRContext &, const Sources &);

  /// Whether there was an error.
  bool told() const { return errors != 0; }

private:
  void tell(mlir::Diagnostic &);

  const Sources &sources;
  int errors = 0;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace heed::tools
