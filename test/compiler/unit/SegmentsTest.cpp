// The loops over key blocks, as machine code: they visit what bounds say, in order, and what looking at every pair
// says.
#include "MaskProgram.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace heed;
using namespace heed::test;
using namespace mlir;

namespace {

unsigned countOf(func::FuncOp f, StringRef name) {
  unsigned count = 0;
  f.walk([&](Operation *op) { count += op->getName().getStringRef() == name; });
  return count;
}

} // namespace

TEST_CASE("code visits exactly what bounds say, each block once and in order; for sliding windows what is needed") {
  Program program;
  std::mt19937 random(11);
  std::vector<Mask> masks;
  for (const char *text : {"(d1 + s0 - d2)", "(d1 + s0 - d2, d2 - d1 - s0 + 19)", "(s0 - 1 - d2) or (d1 + s0 - d2)",
                           "(d1 + s0 - d2, d2 - d1 - s0 + 19) or (d1 + s0 - d2, -d2 + 2)", "(0 = 0)", "(-1)"})
    for (bool transposed : {false, true})
      masks.emplace_back(program.context, text, 8, 16, transposed);
  size_t exact = masks.size();
  while (masks.size() != 120) {
    int64_t blocks[] = {1, 4, 8, 16};
    masks.emplace_back(program.context, randomCondition(random), blocks[random() % 4], blocks[random() % 4],
                       random() % 2);
    masks.back().ask.padded = random() % 2;
  }
  std::vector<Bounds> bounds;
  for (const Mask &mask : masks)
    program.addBlocks(mask, bounds.emplace_back(maskBounds(mask.ask)));
  program.compile();
  for (size_t m = 0; m != masks.size(); ++m)
    masks[m].everywhere([&](const At &at) {
      std::vector<Visit> visits = program.visits(m, bounds[m], at);
      CAPTURE(masks[m].text);
      CHECK((visits == masks[m].bounded(bounds[m], at)));
      if (m < exact)
        CHECK((visits == masks[m].needed(at)));
    });
}

TEST_CASE("runs are disjoint, in order, as long as may be, and masked where one of their blocks is") {
  Program program;
  std::vector<Mask> masks;
  for (const char *text :
       {"(d1 + s0 - d2, d2 - d1 - s0 + 19) or (d1 + s0 - d2, -d2 + 2)", "(d1 + s0 - d2, d2 - d1 - s0 + 19)"})
    masks.emplace_back(program.context, text, 4, 1);
  std::vector<Bounds> bounds;
  for (const Mask &mask : masks)
    bounds.push_back(maskBounds(mask.ask));
  constexpr int64_t most = 5;
  for (const Bounds &one : bounds) {
    program.add(one, 1, [&](ImplicitLocOpBuilder &b, BoundsAt at, Program::Append append) {
      forSegments(b, one, at, most, [&](Value begin, Value end, Value masked) {
        for (Value item : {begin, end, arith::IndexCastUIOp::create(b, b.getIndexType(), masked).getResult()})
          append(item);
      });
    });
    program.add(one, 1, [&](ImplicitLocOpBuilder &b, BoundsAt at, Program::Append append) {
      auto [begin, end] = visitedEnds(b, one, at);
      append(begin);
      append(end);
    });
  }
  program.compile();
  for (size_t m = 0; m != masks.size(); ++m)
    masks[m].everywhere([&](const At &at) {
      std::vector<Visit> needed = masks[m].needed(at);
      std::vector<int64_t> list = program.run(2 * m, bounds[m], at), ends = program.run(2 * m + 1, bounds[m], at);
      CAPTURE(masks[m].text);
      CHECK((needed.empty() ? ends[0] >= ends[1] : ends == std::vector{needed.front().block, needed.back().block + 1}));
      CHECK(list.size() / 3 <= needed.size() / most + 2 * bounds[m].visited.size());
      size_t visited = 0;
      for (size_t n = 0; n != list.size(); n += 3) {
        REQUIRE(list[n] < list[n + 1]);
        REQUIRE(list[n + 1] - list[n] <= most);
        bool masked = false;
        for (int64_t k = list[n]; k < list[n + 1]; ++k, ++visited) {
          REQUIRE(visited < needed.size());
          CHECK(needed[visited].block == k);
          masked |= needed[visited].masked;
        }
        CHECK(masked == (list[n + 2] == 1));
      }
      CHECK(visited == needed.size());
    });
}

TEST_CASE("what is known of the mask is a constant, and runs that are all alike need no search") {
  Program program;
  auto emitted = [&](const char *text, bool padded, bool breakAll = false) {
    Mask mask(program.context, text);
    mask.ask.padded = padded;
    Bounds bounds = maskBounds(mask.ask);
    if (breakAll)
      bounds.broken = bounds.visited;
    func::FuncOp f = program.addBlocks(mask, bounds);
    return std::tuple(countOf(f, "scf.for"), countOf(f, "scf.while"), countOf(f, "arith.ori") != 0);
  };
  CHECK((emitted("(0 = 0)", false) == std::tuple(1u, 0u, false)));
  CHECK((emitted("(0 = 0)", true) == std::tuple(1u, 0u, true)));
  CHECK((emitted("(d1 + s0 - d2)", false) == std::tuple(1u, 0u, true)));
  CHECK((emitted("(d1 + s0 - d2) or (-d2 + 2)", false) == std::tuple(0u, 1u, true)));
  CHECK((emitted("(d1 + s0 - d2)", false, true) == std::tuple(1u, 0u, false)));
  CHECK((emitted("(-1)", false) == std::tuple(0u, 0u, false)));
}
