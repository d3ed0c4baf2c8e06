// heed.index in the interpreter against numbers worked out by hand.
#include "Run.h"

#include <cmath>

using namespace heed;
using namespace heed::test;

static const double infinity = INFINITY;

TEST_CASE("a contraction is a matrix product") {
  EntryText f{"\"T\"", {"x: f32[T, 3]", "w: f32[3, 2]"}, "f32[T, 2]", R"(
    %y = heed.index sum [t < T, o < 2 | i < 3] (%x[t, i], %w[i, o]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (f32[T, 3], f32[3, 2]) -> f32[T, 2]
    heed.return %y : f32[T, 2])"};
  auto x = Array::floats({2, 3}, {1, 2, 3, 4, 5, 6}), w = Array::floats({3, 2}, {1, 0, 0, 1, 2, -1});
  checkClose(run(f, {x, w}).reals(), {7, -1, 16, -1});
  CHECK(run(f, {x, Array::floats({2, 2}, {1, 2, 3, 4})}).error.find("`w` has shape [2, 2], expected [3, 2]") !=
        std::string::npos);
}

static const EntryText gather{"\"T\"", {"tokens: i32[T]", "table: f32[4, 2]"}, "f32[T, 2]", R"(
    %y = heed.index none [t < T, d < 2] (%tokens[t], %table[data$0, d] if (data$0 >= -1)) {
    ^bb0(%0: i64, %1: f32):
      heed.yield %1 : f32
    } : (i32[T], f32[4, 2]) -> f32[T, 2]
    heed.return %y : f32[T, 2])"};

TEST_CASE("data as an index is checked where its guard holds") {
  auto table = Array::floats({4, 2}, {0, 1, 10, 11, 20, 21, 30, 31});
  checkClose(run(gather, {Array::integers({3}, {3, 0, 2}), table}).reals(), {30, 31, 0, 1, 20, 21});
  checkClose(run(gather, {Array::integers({1}, {-100}), table}).reals(), {0, 0});
  CHECK(run(gather, {Array::integers({2}, {1, 4}), table})
            .error.find("index 4 is outside axis 0 of `table`, whose size is 4") != std::string::npos);
  CHECK(run(gather, {Array::integers({2}, {1, -1}), table}).error.find("index -1 is outside axis 0") !=
        std::string::npos);
}

TEST_CASE("a guarded window reads nothing before its tensor") {
  EntryText f{"\"T\"", {"x: f32[T]", "w: f32[3]"}, "f32[T]", R"(
    %y = heed.index sum [t < T | k < 3] where (t - k >= 0) (%x[t - k], %w[k]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (f32[T], f32[3]) -> f32[T]
    heed.return %y : f32[T])"};
  checkClose(run(f, {Array::floats({4}, {1, 2, 3, 4}), Array::floats({3}, {1, 10, 100})}).reals(), {1, 12, 123, 234});
}

TEST_CASE("a prefix sum counts what data says") {
  EntryText f{"\"T\"", {"valid: i1[T]"}, "i32[T]", R"(
    %y = heed.index sum [t < T | u < T] where (u < t, data$0 >= 1) (%valid[u]) {
    ^bb0(%0: i1):
      %one = arith.constant 1 : i64
      heed.yield %one : i64
    } : (i1[T]) -> i32[T]
    heed.return %y : i32[T])"};
  checkClose(run(f, {Array::integers({5}, {0, 1, 1, 0, 1})}).reals(), {0, 0, 1, 2, 2});
}

TEST_CASE("a scatter adds where data points") {
  EntryText f{"\"T\"", {"to: i32[T]", "x: f32[T]"}, "f32[3]", R"(
    %y = heed.index sum [v < 3 | t < T] where (data$0 == v) (%to[t], %x[t]) {
    ^bb0(%0: i64, %1: f32):
      heed.yield %1 : f32
    } : (i32[T], f32[T]) -> f32[3]
    heed.return %y : f32[3])"};
  checkClose(run(f, {Array::integers({4}, {2, 0, 2, 7}), Array::floats({4}, {1, 2, 4, 8})}).reals(), {2, 0, 5});
}

static EntryText reduction(const std::string &kind, const std::string &result) {
  return {"\"T\"",
          {"x: f32[2, T]"},
          result + "[2]",
          R"(
    %y = heed.index )" +
              kind + R"( [b < 2 | t < T] (%x[b, t]) {
    ^bb0(%0: f32):
      %zero = arith.constant 0.0 : f32
      %counts = arith.cmpf oge, %0, %zero : f32
      heed.yield %0, %counts : f32, i1
    } : (f32[2, T]) -> )" +
              result + "[2]\n    heed.return %y : " + result + "[2]"};
}

TEST_CASE("reductions count what the region says, and have a value for nothing") {
  auto x = Array::floats({2, 4}, {1, 3, -9, 3, -1, -2, -3, -4});
  checkClose(run(reduction("sum", "f32"), {x}).reals(), {7, 0});
  checkClose(run(reduction("prod", "f32"), {x}).reals(), {9, 1});
  checkClose(run(reduction("max", "f32"), {x}).reals(), {3, -infinity});
  checkClose(run(reduction("min", "f32"), {x}).reals(), {1, infinity});
  checkClose(run(reduction("argmax", "i32"), {x}).reals(), {1, 0});
  checkClose(run(reduction("logsumexp", "f32"), {x}).reals(), {std::log(std::exp(1.) + 2 * std::exp(3.)), -infinity});
}

TEST_CASE("argmax of two indices is the first in row-major order") {
  EntryText f{"", {"x: f32[2, 3]"}, "i32[]", R"(
    %y:2 = heed.index argmax [| i < 2, j < 3] (%x[i, j]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (f32[2, 3]) -> (i32[], i32[])
    %z = heed.index none [] (%y#0[], %y#1[]) {
    ^bb0(%0: i64, %1: i64):
      %ten = arith.constant 10 : i64
      %2 = arith.muli %0, %ten : i64
      %3 = arith.addi %2, %1 : i64
      heed.yield %3 : i64
    } : (i32[], i32[]) -> i32[]
    heed.return %z : i32[])"};
  checkClose(run(f, {Array::floats({2, 3}, {1, 2, 5, 5, 5, 0})}).reals(), {2});
}

TEST_CASE("any, all, and sizes with quotients") {
  EntryText f{"\"T\"", {"x: f32[2 * T]"}, "i1[T]", R"(
    %y = heed.index any [t < T | p < 2] (%x[t * 2 + p]) {
    ^bb0(%0: f32):
      %zero = arith.constant 0.0 : f32
      %1 = arith.cmpf olt, %0, %zero : f32
      heed.yield %1 : i1
    } : (f32[2 * T]) -> i1[T]
    heed.return %y : i1[T])"};
  checkClose(run(f, {Array::floats({6}, {1, -1, 1, 1, -1, -1})}).reals(), {1, 0, 1});
}

TEST_CASE("a size and an index have values in regions") {
  EntryText f{"\"T\"", {"x: f32[T]"}, "i64[T]", R"(
    %y = heed.index none [t < T] (%x[t]) {
    ^bb0(%0: f32):
      %size = heed.size <T> : i64
      %at = heed.at 0 : i64
      %left = arith.subi %size, %at : i64
      heed.yield %left : i64
    } : (f32[T]) -> i64[T]
    heed.return %y : i64[T])"};
  checkClose(run(f, {Array::floats({3}, {0, 0, 0})}).reals(), {3, 2, 1});
}
