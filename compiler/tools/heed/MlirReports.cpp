#include "compiler/tools/heed/MlirReports.h"

#include "compiler/pipelines/Refusal.h"

#include "mlir/IR/BuiltinAttributes.h"

#include <fmt/format.h>

#include <cstdio>

namespace heed::tools {
namespace {

/// Line and column of the source that an op was made from.
mlir::FileLineColRange placeOf(mlir::Location loc) {
  mlir::FileLineColRange place;
  loc->walk([&](mlir::Location part) {
    if (auto found = mlir::dyn_cast<mlir::FileLineColRange>(part))
      place = found;
    return place ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
  });
  return place;
}

/// The line itself, where it is in one of the sources.
std::string excerpt(const Sources &sources, mlir::FileLineColRange place) {
  for (FileId file = 0; file != sources.size(); ++file)
    if (sources.name(file) == std::string_view(place.getFilename().getValue())) {
      std::string number = std::to_string(place.getStartLine());
      return fmt::format("{} | {}\n{:{}} | {:>{}}\n", number, sources.line(file, place.getStartLine()), "",
                         number.size(), "^", place.getStartColumn());
    }
  return "";
}

/// MLIR's words on the file that repeats a failure, and the op in full, which is in that file; Faults.h has its own.
bool aboutReproducer(mlir::Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  return llvm::StringRef(text).starts_with("Failures have been detected while processing an MLIR pass") ||
         llvm::StringRef(text).starts_with("see current operation");
}

} // namespace

MlirReports::MlirReports(mlir::MLIRContext &context, const Sources &sources)
    : sources(sources), handler(&context, [this](mlir::Diagnostic &diagnostic) {
        anyRefusal |= isRefusal(diagnostic);
        tell(diagnostic);
        return mlir::success();
      }) {}

void MlirReports::tell(mlir::Diagnostic &diagnostic) {
  if (aboutReproducer(diagnostic))
    return;
  bool error = diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
  fmt::print(stderr, "{}: {}\n", error ? "error" : "note", diagnostic.str());
  auto show = [&](mlir::Location part) {
    if (mlir::FileLineColRange place = placeOf(part))
      fmt::print(stderr, "  {}:{}:{}\n{}", std::string_view(place.getFilename().getValue()), place.getStartLine(),
                 place.getStartColumn(), excerpt(sources, place));
  };
  if (auto call = diagnostic.getLocation()->findInstanceOf<mlir::CallSiteLoc>()) {
    show(call.getCaller());
    fmt::print(stderr, "note: inside the standard library, here\n");
    show(call.getCallee());
  } else {
    show(diagnostic.getLocation());
  }
  for (mlir::Diagnostic &note : diagnostic.getNotes())
    tell(note);
}

} // namespace heed::tools
