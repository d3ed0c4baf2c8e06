// What a pass refuses because of what its user asked for, told at the user's line. Whoever runs the passes tells a
// refusal from a fault of the compiler by it; every other error of a pass is ours.
#pragma once

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

namespace heed {

constexpr llvm::StringLiteral refusalMark = "heed.refusal";

/// An error that is no fault of the compiler; the pass says what is refused, and fails.
inline mlir::InFlightDiagnostic refuse(mlir::Location place) {
  mlir::InFlightDiagnostic error = mlir::emitError(place);
  error.getUnderlyingDiagnostic()->getMetadata().push_back(mlir::DiagnosticArgument(refusalMark));
  return error;
}

inline bool isRefusal(mlir::Diagnostic &diagnostic) {
  return llvm::any_of(diagnostic.getMetadata(), [](mlir::DiagnosticArgument &each) {
    return each.getKind() == mlir::DiagnosticArgument::DiagnosticArgumentKind::String &&
           each.getAsString() == refusalMark;
  });
}

} // namespace heed
