// What mask bounds look like, how an attention asks for them, and what an answer costs.
#include "Masks.h"
#include "Run.h"

#include <chrono>

using namespace heed;
using namespace heed::test;
using namespace mlir;

TEST_CASE("what reads data counts as true in both: every visited block is broken") {
  Context context;
  Mask causal(context, "(d1 + s0 - d2)"), datum(context, "(d1 + s0 - d2, d2 - s1)");
  datum.ask.symbols.pop_back(); // s1 is now data
  Bounds bounds = maskBounds(datum.ask), wanted = maskBounds(causal.ask);
  CHECK(bounds.visited == wanted.visited);
  CHECK((bounds.alwaysBroken() && !wanted.alwaysBroken()));
}

TEST_CASE("causal bounds are as short as by hand") {
  Context context;
  Bounds bounds = maskBounds(Mask(context, "(d1 + s0 - d2)", 64, 256).ask);
  auto text = [](AffineMap map) {
    std::string text;
    llvm::raw_string_ostream(text) << map;
    return text;
  };
  REQUIRE((bounds.visited.size() == 1 && bounds.broken.size() == 1));
  CHECK(text(bounds.visited[0].guard) == "(d0, d1, d2)[s0, s1] -> ()");
  CHECK(text(bounds.visited[0].lower) == "(d0, d1, d2)[s0, s1] -> (0)");
  CHECK(text(bounds.visited[0].upper) ==
        "(d0, d1, d2)[s0, s1] -> ((d1 * 64 + s0 + 63) floordiv 256, (s0 + s1 - 1) floordiv 256)");
  CHECK(text(bounds.broken[0].lower) == "(d0, d1, d2)[s0, s1] -> ((d1 * 64 + s0 - 254) ceildiv 256, 0)");
}

TEST_CASE("an attention without a condition sees all keys; where a region decides too, every block is broken") {
  MLIRContext context;
  auto boundsOf = [&](const std::string &visibility) {
    auto module = parse(context, {"\"T\"", {"x: f32[T]"}, "f32[T]", R"(
      %0 = heed.attend [i < T | j < T] )" + visibility + R"( score {
        %s = arith.constant 1.0 : f32
        heed.yield %s : f32
      } value {
        %v = heed.index none [] within [i, j] (%x[j]) {
        ^bb0(%1: f32):
          heed.yield %1 : f32
        } : (f32[T]) -> f32
        heed.yield %v : f32
      } weights {
      ^bb0(%row: f32[T]):
        heed.yield %row : f32[T]
      } : f32[T]
      heed.return %0 : f32[T])"});
    Bounds bounds;
    module->walk([&](AttendOp op) { bounds = maskBounds(op, {0, 8}, {1, 16}); });
    return bounds;
  };
  std::string visible = " visible { %t = arith.constant true heed.yield %t : i1 }";
  CHECK((boundsOf("").neverBroken() && boundsOf("").visited.size() == 1));
  CHECK(boundsOf(visible).alwaysBroken());
  Bounds causal = boundsOf("where (j <= i)"), both = boundsOf("where (j <= i)" + visible);
  CHECK(causal.visited == both.visited);
  CHECK((!causal.alwaysBroken() && both.alwaysBroken()));
}

TEST_CASE("an analysis takes a fraction of a millisecond, here at most five, as other programs may be busy") {
  Context context;
  for (std::string text :
       {"(d1 + s0 - d2, d2 - d1 - s0 + 4095)", "(d1 + s0 - d2, d2 - d1 - s0 + 4095) or (d1 + s0 - d2, -d2 + 3)"}) {
    Mask mask(context, text, 64, 256);
    double least = 1e9;
    for (int n = 0; n < 20; ++n) {
      auto begin = std::chrono::steady_clock::now();
      maskBounds(mask.ask);
      std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
      least = std::min(least, time.count());
    }
    CAPTURE(text);
    CHECK(least < 5);
  }
}
