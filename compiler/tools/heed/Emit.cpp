// `heed build --emit=STAGE`: each arrow of the line can be looked at.
#include "compiler/tools/heed/Compilation.h"

#include "llvm/Support/raw_ostream.h"

namespace heed::tools {
namespace {

/// A module under the names of the source; --mlir-print-debuginfo adds the lines.
std::string print(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, mlir::OpPrintingFlags().printNameLocAsPrefix());
  stream << '\n';
  return text;
}

std::optional<std::string> printStage(Compilation &compilation, heed::Stage stage) {
  Compilation::Module module = compilation.toStage(stage);
  return module ? std::optional(print(*module)) : std::nullopt;
}

std::optional<std::string> printAssembly(Compilation &compilation, const CodegenOptions &how) {
  Compilation::Module module = compilation.toStage(heed::Stage::Llvm);
  return module ? compilation.assembly(*module, how) : std::nullopt;
}

std::optional<std::string> object(Compilation &compilation, const CodegenOptions &how) {
  Compilation::Module module = compilation.toStage(heed::Stage::Llvm);
  std::optional<Compilation::Objects> objects = module ? compilation.objects(*module, how) : std::nullopt;
  return objects ? compilation.merged(*objects) : std::nullopt;
}

} // namespace

std::optional<std::string> emitted(Compilation &compilation, Emit stage, const CodegenOptions &how) {
  switch (stage) {
  case Emit::Tokens:
    if (std::optional<FileId> file = compilation.text())
      if (auto tokens = compilation.tokens(*file))
        return print(*tokens, compilation.files());
    return std::nullopt;
  case Emit::Ast:
    if (std::optional<FileId> file = compilation.text())
      if (auto tree = compilation.tree(*file))
        return print(*tree, compilation.files());
    return std::nullopt;
  case Emit::Checked:
    if (auto program = compilation.toChecked())
      return print(*program, compilation.files());
    return std::nullopt;
  case Emit::Heed:
    return printStage(compilation, heed::Stage::Heed);
  case Emit::Derived:
    return printStage(compilation, heed::Stage::Derived);
  case Emit::Kernels:
    return printStage(compilation, heed::Stage::Kernels);
  case Emit::Loops:
    return printStage(compilation, heed::Stage::Loops);
  case Emit::Llvm:
    return printStage(compilation, heed::Stage::Llvm);
  case Emit::Asm:
    return printAssembly(compilation, how);
  case Emit::Object:
    return object(compilation, how);
  }
  return std::nullopt;
}

} // namespace heed::tools
