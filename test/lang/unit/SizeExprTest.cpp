// Sizes: one canonical form for each value, and text that reads back. The last test compares random sizes with plain
// integers.
#include "lang/check/SizeExpr.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using heed::SizeExpr;

namespace {
SizeExpr parsed(std::string_view text) {
  std::optional<SizeExpr> e = SizeExpr::parse(text);
  REQUIRE_MESSAGE(e, std::string(text));
  return *e;
}
const SizeExpr T = SizeExpr::symbol("T"), B = SizeExpr::symbol("B"), J = SizeExpr::symbol("J");
} // namespace

TEST_CASE("polynomials have one spelling") {
  CHECK((T * 2 * B + 1).str() == "2*B*T + 1");
  CHECK((T - 1).str() == "T - 1");
  CHECK((SizeExpr(0) - T).str() == "-T");
  CHECK((T - J).str() == "T - J");
  CHECK((T - T).str() == "0");
  CHECK(((T + B) * (T + B)).str() == "B^2 + 2*B*T + T^2");
  CHECK((T + B) * (T - B) == T * T - B * B);
  CHECK(SizeExpr(0) == T * 0);
}

TEST_CASE("exact division") {
  CHECK((T * T - B * B).dividedBy(T + B) == T - B);
  CHECK((T * B * 6).dividedBy(T * 2) == B * 3);
  CHECK(SizeExpr(768).dividedBy(12) == SizeExpr(64));
  CHECK(!SizeExpr(770).dividedBy(12));
  CHECK(!T.dividedBy(2));
  CHECK(!T.dividedBy(0));
  CHECK(!(T + 1).dividedBy(T));
  CHECK(SizeExpr(0).dividedBy(T) == SizeExpr(0));
}

TEST_CASE("rounded quotients fold, and whole parts stand outside") {
  CHECK(SizeExpr::floorDiv(-7, 2) == SizeExpr(-4));
  CHECK(SizeExpr::ceilDiv(-7, 2) == SizeExpr(-3));
  CHECK(SizeExpr::floorDiv(T * B, T) == B);
  CHECK(SizeExpr::floorDiv(T * 8 + 3, 8) == T);
  CHECK(SizeExpr::floorDiv(T * 9 + 11, 8).str() == "T + floor((T + 3)/8) + 1");
  CHECK(SizeExpr::floorDiv(T * 4, 6) == SizeExpr::floorDiv(T * 2, 3));
  CHECK(SizeExpr::floorDiv(T * 4 + 3, 8) == SizeExpr::floorDiv(T, 2));
  CHECK(SizeExpr::floorDiv(SizeExpr::floorDiv(T, 4) + 1, 16) == SizeExpr::floorDiv(T + 4, 64));
  CHECK(SizeExpr::ceilDiv(SizeExpr::ceilDiv(T, 4), 16) == SizeExpr::ceilDiv(T, 64));
  CHECK(SizeExpr::floorDiv(T + 63, 64).str() == "ceil(T/64)");
  CHECK(SizeExpr::floorDiv(-T, 64) == -SizeExpr::ceilDiv(T, 64));
  CHECK(SizeExpr::floorDiv(T, 2) + SizeExpr::ceilDiv(T, 2) == T);
  CHECK(SizeExpr::floorDiv(T * J * 2 + B * J, B * J) == SizeExpr::floorDiv(T * 2, B) + 1);
  CHECK(SizeExpr::alignedUp(T, 64).str() == "64*ceil(T/64)");
  CHECK(SizeExpr::floorDiv(T, 0).str() == "floor(T/0)");
}

TEST_CASE("remainders, minima and maxima fold") {
  CHECK(SizeExpr::mod(-7, 4) == SizeExpr(1));
  CHECK(SizeExpr::mod(T * 4 + 5, 4) == SizeExpr(1));
  CHECK(SizeExpr::mod(T * 6, 4) == SizeExpr::mod(T, 2) * 2);
  CHECK(SizeExpr::mod(T * B, T) == SizeExpr(0));
  CHECK(SizeExpr::min(3, 5) == SizeExpr(3));
  CHECK(SizeExpr::min(T, T + 1) == T);
  CHECK(SizeExpr::max(T, T * 2) == T * 2);
  CHECK(SizeExpr::min(T, B) == SizeExpr::min(B, T));
  CHECK(SizeExpr::min(T + 1, B + 1) == SizeExpr::min(T, B) + 1);
  CHECK(SizeExpr::min(SizeExpr::min(T, B), J) == SizeExpr::min(T, SizeExpr::min(J, B)));
  CHECK(SizeExpr::max(T, 0) == T);
}

TEST_CASE("what is at least what") {
  CHECK((T * B + 3).dominates(T * B));
  CHECK(!T.dominates(1));
  CHECK(!T.dominates(B));
  CHECK(SizeExpr::alignedUp(T, 64).dominates(T));
  CHECK((T + 63).dominates(SizeExpr::alignedUp(T, 64)));
  CHECK(T.dominates(SizeExpr::floorDiv(T, 2) * 2));
  CHECK(T.dominates(SizeExpr::min(T, B)));
  CHECK((T + B).dominates(SizeExpr::max(T, B)));
  CHECK(!T.dominates(SizeExpr::max(T, B)));
  CHECK(SizeExpr(63).dominates(SizeExpr::mod(T, 64)));
}

TEST_CASE("questions about a size") {
  CHECK(T.symbolName() == "T");
  CHECK(!(T + 1).symbolName());
  CHECK(SizeExpr(4).constant() == 4);
  CHECK(!T.constant());
  CHECK(SizeExpr::min(T * B, J).symbols() == std::vector<std::string>{"B", "J", "T"});
  auto linear = (T * 2 - 3).linearIn("T");
  REQUIRE(linear);
  CHECK(linear->factor == 2);
  CHECK(linear->offset == -3);
  CHECK(!(T * 2 + B).linearIn("T"));
  CHECK(!(T * T).linearIn("T"));
  CHECK(!SizeExpr(4).linearIn("T"));
  CHECK((T * 2 + 1).hash() == (SizeExpr(1) + T + T).hash());
}

TEST_CASE("sizes are replaced and known") {
  auto with = [](std::string_view name) { return name == "T" ? std::optional(B * 64) : std::nullopt; };
  CHECK(SizeExpr::ceilDiv(T + 1, 64).substitute(with) == B + 1);
  CHECK(SizeExpr::min(T, B).substitute(with) == B);
  auto known = [](std::string_view name) { return name == "T" ? std::optional<int64_t>(100) : std::nullopt; };
  CHECK(SizeExpr::alignedUp(T, 64).evaluate(known) == 128);
  CHECK(!B.evaluate(known));
  CHECK(!SizeExpr::floorDiv(T, 0).evaluate(known));
  auto large = [](std::string_view) { return std::optional<int64_t>(int64_t(1) << 40); };
  CHECK(!(T * B).evaluate(large));
}

TEST_CASE("text reads back") {
  for (const char *text :
       {"0", "-3", "T", "2*B*T + 1", "64*ceil(T/64)", "T - 1", "min(J, T) + 2", "max(2*T, 7)", "mod(T, 64)",
        "floor((T + 3)/8)", "floor(T/(B + 1))", "floor(2*T/3)", "ceil(B*T/4096)", "T^3 - B^2*T", "floor(T^2/B)"})
    CHECK(parsed(text) == parsed(parsed(text).str()));
  CHECK(parsed("ceil(T/64)*64") == SizeExpr::alignedUp(T, 64));
  CHECK(parsed(" ( T+1 ) *2 ").str() == "2*T + 2");
  for (const char *text : {"", "T +", "floor(T)", "min(T)", "T T", "99999999999999999999", "(T", "T/2", "2.5"})
    CHECK_MESSAGE(!SizeExpr::parse(text), text);
}

namespace {
/// A random size beside its value for two given sizes, computed plainly.
struct Sample {
  SizeExpr size;
  std::vector<int64_t> values;
};
constexpr int64_t kValues[][2] = {{0, 0}, {1, 0}, {3, 1}, {7, 5}, {64, 9}, {100, 33}};

int64_t floorOf(int64_t a, int64_t b) { return int64_t(std::floor(double(a) / double(b))); }

Sample draw(std::mt19937 &random, unsigned depth) {
  auto below = [&](unsigned n) { return random() % n; };
  Sample s{0, {}};
  if (depth == 0 || below(4) == 0) {
    unsigned kind = below(3);
    int64_t constant = int64_t(below(9)) - 4;
    s.size = kind == 0 ? SizeExpr(constant) : SizeExpr::symbol(kind == 1 ? "T" : "B");
    for (auto &v : kValues)
      s.values.push_back(kind == 0 ? constant : v[kind - 1]);
    return s;
  }
  Sample a = draw(random, depth - 1), b = draw(random, depth - 1);
  unsigned kind = below(7);
  int64_t divisor = 1 + below(6);
  SizeExpr results[] = {a.size + b.size,
                        a.size - b.size,
                        a.size * b.size,
                        SizeExpr::min(a.size, b.size),
                        SizeExpr::max(a.size, b.size),
                        SizeExpr::floorDiv(a.size, divisor),
                        SizeExpr::mod(a.size, divisor)};
  s.size = results[kind];
  for (size_t n = 0; n < std::size(kValues); ++n) {
    int64_t x = a.values[n], y = b.values[n];
    int64_t results[] = {
        x + y, x - y, x * y, std::min(x, y), std::max(x, y), floorOf(x, divisor), x - divisor * floorOf(x, divisor)};
    s.values.push_back(results[kind]);
  }
  return s;
}
} // namespace

TEST_CASE("canonical forms keep values") {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    Sample s = draw(random, 3);
    INFO(s.size.str());
    bool natural = s.size.dominates(0);
    for (size_t n = 0; n < std::size(kValues); ++n) {
      auto known = [&](std::string_view name) { return std::optional(kValues[n][name == "B"]); };
      CHECK(s.size.evaluate(known) == s.values[n]);
      CHECK(s.size.substitute([&](std::string_view name) {
        return std::optional<SizeExpr>(kValues[n][name == "B"]);
      }) == SizeExpr(s.values[n]));
      if (natural)
        CHECK(s.values[n] >= 0);
    }
    CHECK(SizeExpr::parse(s.size.str()) == s.size);
  }
}
