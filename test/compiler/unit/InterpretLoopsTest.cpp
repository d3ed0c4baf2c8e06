// Loops, shapes, checks and draws in the interpreter.
#include "Run.h"
#include "runtime/abi/Philox.h"

#include <cmath>
#include <numbers>

using namespace heed;
using namespace heed::test;

TEST_CASE("repeat runs layers by schedule, each kind with its own stack") {
  EntryText f{"\"B\"", {"x: f32[B]", "a: f32[2]", "b: f32[1]"}, "f32[B]", R"(
    %y = heed.repeat schedule [0, 1, 0] carries(%x : f32[B]) stacks(%a of 0 : f32[2], %b of 1 : f32[1]) {
    ^bb0(%turn: i64, %h: f32[B], %w: f32[]):
      %n = heed.index none [b < B] (%h[b], %w[]) {
      ^bb0(%0: f32, %1: f32):
        %t = arith.sitofp %turn : i64 to f32
        %2 = arith.mulf %0, %1 : f32
        %3 = arith.addf %2, %t : f32
        heed.yield %3 : f32
      } : (f32[B], f32[]) -> f32[B]
      heed.yield %n : f32[B]
    }, {
    ^bb0(%turn: i64, %h: f32[B], %w: f32[]):
      %n = heed.index none [b < B] (%h[b], %w[]) {
      ^bb0(%0: f32, %1: f32):
        %2 = arith.addf %0, %1 : f32
        heed.yield %2 : f32
      } : (f32[B], f32[]) -> f32[B]
      heed.yield %n : f32[B]
    } : f32[B]
    heed.return %y : f32[B])"};
  auto inputs = {Array::floats({2}, {1, 2}), Array::floats({2}, {10, 100}), Array::floats({1}, {5})};
  checkClose(run(f, inputs).reals(), {(1 * 10 + 0 + 5) * 100 + 2, (2 * 10 + 0 + 5) * 100 + 2});
}

static EntryText scan(const std::string &direction) {
  return {"\"T\"", {"x: f32[T, 2]", "c: f32[2]"}, "f32[T, 2]", R"(
    %last, %all = heed.scan <T> )" + direction + R"( carries(%c : f32[2]) sequences(%x : f32[T, 2]) {
    ^bb0(%s: f32[2], %xt: f32[2]):
      %n = heed.index none [d < 2] (%s[d], %xt[d]) {
      ^bb0(%0: f32, %1: f32):
        %half = arith.constant 0.5 : f32
        %2 = arith.mulf %0, %half : f32
        %3 = arith.addf %2, %1 : f32
        heed.yield %3 : f32
      } : (f32[2], f32[2]) -> f32[2]
      heed.yield %n, %n : f32[2], f32[2]
    } : f32[2], f32[T, 2]
    heed.return %all : f32[T, 2])"};
}

TEST_CASE("scan carries along an axis, in either direction") {
  auto x = Array::floats({3, 2}, {1, 2, 3, 4, 5, 6}), c = Array::floats({2}, {8, 0});
  checkClose(run(scan(""), {x, c}).reals(), {5, 2, 5.5, 5, 7.75, 8.5});
  checkClose(run(scan("reverse"), {x, c}).reals(), {1 + 0.5 * 7.5, 2 + 0.5 * 7, 7.5, 7, 9, 6});
}

TEST_CASE("sort gives the best of each row, the first of equals first") {
  EntryText f{"", {"x: f32[2, 4]"}, "i32[2, 2]", R"(
    %v, %p = heed.sort %x best <2> descending : f32[2, 4] -> f32[2, 2], i32[2, 2]
    heed.return %p : i32[2, 2])"};
  checkClose(run(f, {Array::floats({2, 4}, {1, 7, 7, 3, -1, -1, -2, 0})}).reals(), {1, 2, 3, 0});
}

TEST_CASE("reshape keeps row-major order") {
  EntryText f{"\"B\", \"T\"", {"x: f32[B, 3, T]"}, "f32[3 * B, T]", R"(
    %y = heed.reshape %x : f32[B, 3, T] -> f32[3 * B, T]
    heed.return %y : f32[3 * B, T])"};
  Outcome outcome = run(f, {Array::floats({1, 3, 2}, {1, 2, 3, 4, 5, 6})});
  checkClose(outcome.reals(), {1, 2, 3, 4, 5, 6});
  CHECK(outcome.results[0].shape == std::vector<int64_t>{3, 2});
}

TEST_CASE("a check fails with its message") {
  EntryText f{"\"T\"", {"x: f32[T]"}, "f32[T]", R"(
    heed.check #heed.size<2 - T>, "the table ends at 2"
    heed.return %x : f32[T])"};
  CHECK(run(f, {Array::floats({2}, {1, 2})}).error.empty());
  CHECK(run(f, {Array::floats({3}, {1, 2, 3})}).error.find("the table ends at 2") != std::string::npos);
}

TEST_CASE("what has no meaning yet says so") {
  EntryText f{"", {"x: f32[2]"}, "f32[2]", R"(
    %y = heed.attend_grad %x : (f32[2]) -> f32[2]
    heed.return %y : f32[2])"};
  CHECK(run(f, {Array::floats({2}, {1, 2})}).error.find("`heed.attend_grad` is not interpreted yet") !=
        std::string::npos);
}

static EntryText draw(const std::string &kind) {
  return {"\"T\"", {"x: f32[T]"}, "f32[T]", R"(
    %y = heed.index none [t < T] (%x[t]) {
    ^bb0(%0: f32):
      %at = heed.at 0 : i64
      %row = arith.constant 3 : i64
      %element = arith.constant 4 : i64
      %turn = arith.constant 2 : i64
      %u = heed.draw )" + kind + R"( site 77 (%at, %row, %element, %turn) : f32
      heed.yield %u : f32
    } : (f32[T]) -> f32[T]
    heed.return %y : f32[T])"};
}

TEST_CASE("draws are Philox bits of seed, site and place") {
  std::vector<double> uniform, normal, gumbel;
  for (uint32_t t = 0; t != 3; ++t) {
    const uint32_t counter[4] = {siteOf(77, 2), t, 3, 4};
    uint32_t bits[4];
    philox4x32(12345678901, counter, bits);
    double u = ((bits[0] >> 9) + 0.5) / (1 << 23), v = ((bits[1] >> 9) + 0.5) / (1 << 23);
    uniform.push_back(u);
    normal.push_back(std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v));
    gumbel.push_back(-std::log(-std::log(u)));
  }
  auto x = Array::floats({3}, {0, 0, 0});
  checkClose(run(draw("uniform"), {x}, 12345678901).reals(), uniform);
  checkClose(run(draw("normal"), {x}, 12345678901).reals(), normal);
  checkClose(run(draw("gumbel"), {x}, 12345678901).reals(), gumbel);
}
