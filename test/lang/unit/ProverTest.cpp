// What the checker asks of the prover: is an index inside its axis, given ranges and guards? And what it must not
// believe.
#include "lang/check/Prover.h"

#include <doctest/doctest.h>

#include <chrono>
#include <random>

using heed::Facts;
using heed::Linear;
using heed::SizeExpr;

namespace {
const SizeExpr B = SizeExpr::symbol("B"), T = SizeExpr::symbol("T"), F = SizeExpr::symbol("F"),
               J = SizeExpr::symbol("J"), K = SizeExpr::symbol("K"), N = SizeExpr::symbol("N"),
               S = SizeExpr::symbol("S");
const Linear x = Linear::variable(0), y = Linear::variable(1), q = Linear::variable(2);

/// 0 <= index < size
void range(Facts &facts, const Linear &index, const SizeExpr &size) {
  facts.assume(index);
  facts.assume(Linear(size - 1) - index);
}
bool inside(const Facts &facts, const Linear &index, const SizeExpr &size) {
  return facts.proves(index) && facts.proves(Linear(size - 1) - index);
}
} // namespace

TEST_CASE("constants and sizes need no facts") {
  Facts none;
  CHECK(none.proves(Linear(0)));
  CHECK(!none.proves(Linear(-1)));
  CHECK(none.proves(Linear(T)));
  CHECK(!none.proves(Linear(T - 1)));
  CHECK(none.proves(Linear(T * B + 2)));
  CHECK(!none.proves(x));
}

TEST_CASE("grouped heads: floor(h / 2) of eight is below four") {
  Facts facts;
  range(facts, x, 8);
  facts.assumeFloor(2, x, 2);
  CHECK(inside(facts, q, 4));
  CHECK(!inside(facts, q, 3));
}

TEST_CASE("composites: 2 f + c stays below 2 F") {
  Facts facts;
  range(facts, x, F);
  range(facts, y, 2);
  CHECK(inside(facts, x.scaled(2) + y, F * 2));
  CHECK(!inside(facts, x.scaled(2) + y, F * 2 - 1));
}

TEST_CASE("a guarded window") {
  Facts facts;
  range(facts, x, T);
  range(facts, y, K);
  CHECK(!inside(facts, x - y, T));
  facts.assume(x - y);
  CHECK(inside(facts, x - y, T));
}

TEST_CASE("relative distance") {
  Facts facts;
  range(facts, x, T);
  range(facts, y, T);
  CHECK(inside(facts, x - y + T, T * 2));
  CHECK(!inside(facts, x - y, T));
}

TEST_CASE("what stands after a memory") { // keys J = M + T, distance j - i + T
  Facts facts;
  range(facts, x, T);
  range(facts, y, J);
  CHECK(inside(facts, y - x + T, J + T));
  facts.assume(y - J + T); // j >= M
  CHECK(inside(facts, y - J + T, T));
}

TEST_CASE("sizes given by require") {
  Facts facts;
  range(facts, x, S);
  CHECK(!inside(facts, x, T));
  size_t mark = facts.mark();
  facts.assume(T - S);
  CHECK(inside(facts, x, T));
  facts.release(mark);
  CHECK(!inside(facts, x, T));
  facts.assumeEqual(T, S);
  CHECK(inside(facts, x, T));
}

TEST_CASE("products of sizes") {
  Facts facts;
  range(facts, x, B * T);
  CHECK(inside(facts, x, B * T + J));
  CHECK(!inside(facts, x, B));
}

TEST_CASE("floors, minima and remainders within sizes") {
  Facts facts;
  range(facts, x, SizeExpr::min(T, N));
  CHECK(inside(facts, x, T));
  CHECK(inside(facts, x, N));
  CHECK(!inside(facts, x, J));

  Facts halves;
  range(halves, x, SizeExpr::floorDiv(T, 2));
  CHECK(inside(halves, x.scaled(2) + 1, T));
  CHECK(!inside(halves, x.scaled(2) + 2, T));
  CHECK(inside(halves, x + SizeExpr::ceilDiv(T, 2), T));

  Facts tiles;
  range(tiles, x, SizeExpr::ceilDiv(T, 64));
  CHECK(inside(tiles, x.scaled(64), T));
  CHECK(!inside(tiles, x.scaled(64) + 1, T));

  Facts tails;
  range(tails, x, SizeExpr::mod(T, 64));
  CHECK(inside(tails, x, 64));
  CHECK(inside(tails, x, T));
}

TEST_CASE("a goal below a minimum needs both sides") {
  Facts facts;
  range(facts, x, T);
  facts.assume(Linear(N - 1) - x);
  CHECK(inside(facts, x, SizeExpr::min(T, N)));
  CHECK(!inside(facts, x, SizeExpr::min(T, J)));
  CHECK(inside(facts, x, SizeExpr::max(T, J)));
}

TEST_CASE("whole numbers are tighter than fractions") {
  Facts facts;
  facts.assume(x.scaled(2) - 1); // x >= 1/2
  CHECK(facts.proves(x - 1));
  facts.assume(Linear(3) - x.scaled(2));
  CHECK(facts.proves(Linear(1) - x));
}

TEST_CASE("contradictions") {
  Facts facts;
  range(facts, x, T);
  CHECK(!facts.contradictory());
  facts.assume(Linear(-1) - x);
  CHECK(facts.contradictory());
  Facts sizes;
  sizes.assume(Linear(-1) - T);
  CHECK(sizes.contradictory());
  Facts minima;
  minima.assume(SizeExpr::min(T, N) - T - 1);
  CHECK(minima.contradictory());
}

TEST_CASE("nothing false is ever proved") {
  std::mt19937 random(11);
  auto below = [&](int n) { return int64_t(random() % n); };
  for (int round = 0; round < 400; ++round) {
    auto form = [&] { return x.scaled(below(7) - 3) + y.scaled(below(7) - 3) + (T * (below(3) - 1) + below(9) - 4); };
    Facts facts;
    std::vector<Linear> assumed;
    for (int n = 0; n < 4; ++n) {
      assumed.push_back(form());
      facts.assume(assumed.back());
    }
    Linear goal = form();
    bool proved = facts.proves(goal), impossible = facts.contradictory();
    for (int64_t a = -6; a <= 6; ++a)
      for (int64_t b = -6; b <= 6; ++b)
        for (int64_t t = 0; t <= 6; ++t) {
          auto value = [&](Linear f) {
            return f.variables[0] * a + f.variables[1] * b +
                   *f.constant.evaluate([&](std::string_view) { return std::optional(t); });
          };
          bool holds = std::all_of(assumed.begin(), assumed.end(), [&](const Linear &f) { return value(f) >= 0; });
          CHECK(!(holds && impossible));
          CHECK(!(holds && proved && value(goal) < 0));
        }
  }
}

TEST_CASE("many unknowns end in a plain no, soon") {
  Facts facts;
  for (unsigned n = 0; n < 24; ++n)
    for (unsigned m = 0; m < n; ++m)
      facts.assume(Linear::variable(n).scaled(n % 3 + 1) - Linear::variable(m).scaled(m % 5 + 2) + int64_t(n));
  auto begin = std::chrono::steady_clock::now();
  CHECK(!facts.proves(Linear::variable(3) - Linear::variable(5)));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}
