// The IR of a program that was built by hand: its text, what is in it, and what it computes by the interpreter.
#pragma once

#include "Program.h"
#include "Run.h"

#include "compiler/irgen/IrGen.h"

#include "mlir/IR/Verifier.h"

namespace heed::test {

inline const SizeExpr B = SizeExpr::symbol("B"), T = SizeExpr::symbol("T");

/// The IR of a program, its text, and how to run it.
struct Generated {
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string text;

  Generated(const checked::Program &program, const std::string &precision = "f32") {
    Sources sources;
    module = generate(program, sources, context, {precision});
    llvm::raw_string_ostream(text) << *module;
    REQUIRE_MESSAGE(mlir::succeeded(mlir::verify(*module)), text);
  }
  template <typename Op> unsigned count() {
    unsigned n = 0;
    module->walk([&](Op) { ++n; });
    return n;
  }
  bool has(const std::string &part) const { return text.find(part) != std::string::npos; }
  Outcome run(llvm::ArrayRef<Array> inputs, const std::map<std::string, Array> &parameters = {}) {
    return test::run(*module, "f", inputs, parameters);
  }
};

inline Array ramp(std::vector<int64_t> shape, double scale = 1) {
  Array a(true, std::move(shape));
  for (size_t i = 0; i != a.cells.size(); ++i)
    a.cells[i] = Cell(scale * double(i + 1));
  return a;
}

} // namespace heed::test
