// Random index statements: the formulas evaluated as written against the IR that irgen makes of them, run by the
// interpreter. Positions, guards and conditions are often not affine, reductions nest, and some reads are inside only
// under a `where` around them.
#include "Run.h"

#include "PlainEvaluation.h"
#include "RandomStatement.h"

#include "compiler/irgen/IrGen.h"

#include "mlir/IR/Verifier.h"

using namespace heed;
using namespace heed::test;

namespace {

/// What the statement's inputs are in one run.
PlainEvaluation randomInputs(const RandomStatement &s, unsigned seed, int64_t b, int64_t t) {
  std::mt19937 random(seed);
  PlainEvaluation plain{{{"B", b}, {"T", t}}, {}};
  for (const Tensor *input : s.inputs) {
    Array a(checked::isFloat(input->element), {});
    for (const SizeExpr &axis : input->axes)
      a.shape.push_back(plain.size(axis));
    a.cells.resize(a.count());
    for (Cell &cell : a.cells)
      if (a.isFloat)
        cell = Cell(double(random() % 1000) / 500 - 1);
      else
        cell = Cell(int64_t(random() % (input->element == Element::Bool ? 2 : 4)) - (input->element != Element::Bool));
    plain.arrays[input] = a;
  }
  return plain;
}

void compare(unsigned seed) {
  INFO("seed ", seed);
  RandomStatement s(seed);
  checked::Entry &f = s.p.entry({"B", "T"}, s.inputs);
  ProgramBuilder::result(f, s.p.define(f.body, "out", Element::Working, s.results, s.element));
  mlir::MLIRContext context;
  Sources sources;
  auto module = generate(s.p.program, sources, context, {"f64"});
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  INFO(checked::print(s.p.program, sources), text);
  REQUIRE(mlir::succeeded(mlir::verify(*module)));

  PlainEvaluation plain = randomInputs(s, seed, 1 + seed % 2, 2 + seed % 3);
  std::vector<Array> inputs;
  for (const Tensor *input : s.inputs)
    inputs.push_back(plain.arrays[input]);
  std::vector<double> expected;
  plain.forAll(s.results, [&] { expected.push_back(plain(s.element)); });
  checkClose(run(*module, "f", inputs).reals(), expected, 1e-9);
}

} // namespace

TEST_CASE("random statements mean the same as formulas and as IR") {
  for (unsigned seed = 0; seed != 1000; ++seed)
    compare(seed);
}
