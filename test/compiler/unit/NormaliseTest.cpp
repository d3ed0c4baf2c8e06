// What normalise makes of random maps and guards means the same: interpreted before = after.
#include "Run.h"

#include "compiler/pipelines/Pipelines.h"

#include "mlir/Pass/PassManager.h"

#include <random>

using namespace heed;
using namespace heed::test;

namespace {

/// Sums, multiples, quotients and remainders of three indices, as text.
class RandomMap {
public:
  explicit RandomMap(unsigned seed) : random(seed) {}

  std::string expr(int depth) {
    if (depth == 0 || below(5) == 0)
      return below(6) == 0 ? number(1, 9) : std::string(1, "ijk"[below(3)]);
    std::string inner = "(" + expr(depth - 1) + ")";
    switch (below(6)) {
    case 0:
      return inner + " * " + number(1, 8);
    case 1:
      return inner + " floordiv " + number(1, 8);
    case 2:
      return inner + " mod " + number(1, 8);
    case 3: { // what splits and merges of axes leave behind
      std::string by = number(2, 8);
      return "(" + inner + " floordiv " + by + ") * " + by + " + " + inner + " mod " + by;
    }
    default:
      return inner + " + (" + expr(depth - 1) + ")";
    }
  }
  std::string guard() { return expr(2) + (below(2) ? " >= " : " < ") + number(0, 12); }

private:
  unsigned below(unsigned n) { return random() % n; }
  std::string number(unsigned from, unsigned to) { return std::to_string(from + below(to - from + 1)); }
  std::mt19937 random;
};

} // namespace

TEST_CASE("simplified maps and guards read the same elements") {
  Array x(true, {61});
  for (int i = 0; i < 61; ++i)
    x.cells[i] = Cell(1.0 + i);
  for (unsigned seed = 0; seed < 150; ++seed) {
    RandomMap maps(seed);
    EntryText entry{"\"T\"",
                    {"x: f32[61]", "t: f32[T]"},
                    "f32[4, T, 1]",
                    R"(
      %y = heed.index none [i < 4, j < T, k < 1] (%x[()" +
                        maps.expr(3) + ") mod 61], %x[(" + maps.expr(3) + ") mod 61] if (" + maps.guard() +
                        R"()) {
      ^bb0(%0: f32, %1: f32):
        %c = arith.constant 100.0 : f32
        %2 = arith.mulf %1, %c : f32
        %3 = arith.addf %0, %2 : f32
        heed.yield %3 : f32
      } : (f32[61]) -> f32[4, T, 1]
      heed.return %y : f32[4, T, 1])"};
    INFO(entry.body);
    mlir::MLIRContext context;
    auto module = parse(context, entry);
    std::vector<Array> inputs = {x, Array(true, {9})};
    std::vector<double> before = run(*module, "f", inputs).reals();
    mlir::PassManager passes(&context);
    buildStages(passes, Stage::Made, Stage::Heed);
    REQUIRE(mlir::succeeded(passes.run(*module)));
    checkClose(run(*module, "f", inputs).reals(), before);
  }
}
