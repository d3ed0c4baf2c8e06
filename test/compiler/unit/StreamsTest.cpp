// What the frontier claims to stream does: with the input changed at one position, the interpreter gives the same
// results at all positions before. By hand-written statements, whose look-ahead is known, and by random ones.
#include "Run.h"

#include "RandomStream.h"

#include "compiler/derive/LookAhead.h"
#include "compiler/irgen/IrGen.h"

#include "mlir/IR/Verifier.h"

#include <cmath>

using namespace heed;
using namespace heed::test;

namespace {

/// Bit by bit; NaN is NaN.
bool differ(double a, double b) { return a != b && !(std::isnan(a) && std::isnan(b)); }

/// The results of an entry at positions before `s`, where every input along the stream differs from `s` on.
bool changesBefore(mlir::ModuleOp module, RandomStream &program, unsigned seed, int64_t T, int64_t s) {
  std::vector<Array> inputs = program.arrays(seed, T), changed = program.arrays(seed + 1000, T);
  for (size_t n = 0; n != inputs.size(); ++n)
    if (program.alongStream(n)) // [B, T]
      for (int64_t b = 0; b != inputs[n].shape[0]; ++b)
        for (int64_t t = 0; t != s; ++t)
          changed[n].cells[size_t(b * T + t)] = inputs[n].cells[size_t(b * T + t)];
    else
      changed[n] = inputs[n];
  Outcome before = run(module, "f", inputs), after = run(module, "f", changed);
  REQUIRE_MESSAGE(before.error.empty(), before.error);
  REQUIRE_MESSAGE(after.error.empty(), after.error);
  const Array &y = before.results[0], &z = after.results[0];
  for (int64_t b = 0; b != y.shape[0]; ++b)
    for (int64_t t = 0; t != s; ++t)
      if (differ(y.real(size_t(b * T + t)), z.real(size_t(b * T + t))))
        return true;
  return false;
}

/// The same results of a shorter stream: nothing asks how long it gets.
bool dependsOnLength(mlir::ModuleOp module, RandomStream &program, unsigned seed, int64_t T, int64_t shorter) {
  std::vector<Array> inputs = program.arrays(seed, T), cut;
  for (size_t n = 0; n != inputs.size(); ++n) {
    cut.push_back(inputs[n]);
    if (!program.alongStream(n))
      continue;
    int64_t rows = inputs[n].shape[0];
    cut[n] = Array(inputs[n].isFloat, {rows, shorter});
    for (int64_t b = 0; b != rows; ++b)
      for (int64_t t = 0; t != shorter; ++t)
        cut[n].cells[size_t(b * shorter + t)] = inputs[n].cells[size_t(b * T + t)];
  }
  Outcome whole = run(module, "f", inputs), part = run(module, "f", cut);
  REQUIRE_MESSAGE(part.error.empty(), part.error);
  for (int64_t b = 0; b != 2; ++b)
    for (int64_t t = 0; t != shorter; ++t)
      if (differ(whole.results[0].real(size_t(b * T + t)), part.results[0].real(size_t(b * shorter + t))))
        return true;
  return false;
}

struct Verdict {
  bool claimed, found;
};

Verdict judge(RandomStream &program, unsigned seed) {
  mlir::MLIRContext context;
  Sources sources;
  auto module = generate(program.p.program, sources, context, {"f64"});
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  INFO(text);
  REQUIRE(mlir::succeeded(mlir::verify(*module)));
  Verdict verdict{lookAheads(*module->getOps<ModelOp>().begin()).empty(), true};
  constexpr int64_t T = 6;
  for (int64_t s = 1; s != T; ++s)
    for (unsigned n = 0; n != 2 && verdict.found; ++n)
      verdict.found = !changesBefore(*module, program, seed * 7 + n, T, s) &&
                      !dependsOnLength(*module, program, seed * 7 + n, T, s);
  if (verdict.claimed)
    CHECK_MESSAGE(verdict.found, "it is said to stream");
  return verdict;
}

} // namespace

TEST_CASE("random programs that are said to stream do") {
  unsigned claimed = 0, found = 0;
  constexpr unsigned programs = 600;
  for (unsigned seed = 0; seed != programs; ++seed) {
    INFO("seed ", seed);
    RandomStream program(seed);
    Verdict verdict = judge(program, seed);
    claimed += verdict.claimed, found += verdict.found;
  }
  MESSAGE(claimed, " of ", programs, " are said to stream, ", found, " were not seen to look ahead");
  CHECK(claimed > programs / 10); // neither all
  CHECK(found < programs);        // nor none
  CHECK(claimed * 2 > found);     // and few that might are refused
}
