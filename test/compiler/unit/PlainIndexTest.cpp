// heed.index on the plain backend against the interpreter: every reduction, guards, data, element types.
#include "RunPlain.h"

#include <cmath>

using namespace heed;
using namespace heed::test;

namespace {

/// y[b, o] = REDUCTION over i of x[b, i] * w[i, o]
EntryText product(const std::string &reduction) {
  return {"\"B\"",
          {"x: f32[B, 7]", "w: f32[7, 5]"},
          "f32[B, 5]",
          "%y = heed.index " + reduction + R"( [b < B, o < 5 | i < 7] (%x[b, i], %w[i, o]) {
      ^bb0(%0: f32, %1: f32):
        %2 = arith.mulf %0, %1 : f32
        heed.yield %2 : f32
      } : (f32[B, 7], f32[7, 5]) -> f32[B, 5]
      heed.return %y : f32[B, 5])"};
}

} // namespace

TEST_CASE("plain: reductions of floats") {
  Array x = someFloats({4, 7}), w = someFloats({7, 5}, 1);
  for (const char *reduction : {"sum", "max", "min", "prod", "logsumexp"}) {
    CAPTURE(reduction);
    checkPlain(product(reduction), {x, w});
  }
  checkPlain(product("sum"), {Array(true, {0, 7}), w});
}

TEST_CASE("plain: a reduction over nothing gives its neutral element") {
  for (const char *reduction : {"sum", "max", "min", "prod", "logsumexp"}) {
    CAPTURE(reduction);
    EntryText prefix{"\"T\"",
                     {"x: f32[T]"},
                     "f32[T]",
                     std::string("%y = heed.index ") + reduction + R"( [t < T | s < T] where (s < t) (%x[s]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (f32[T]) -> f32[T]
      heed.return %y : f32[T])"};
    checkPlain(prefix, {someFloats({5})});
  }
}

TEST_CASE("plain: argmax gives the first of equals, one index per reduced axis") {
  EntryText text{"\"B\"", {"x: f32[B, 3, 4]"}, "i32[B]", R"(
      %i, %j = heed.index argmax [b < B | i < 3, j < 4] (%x[b, i, j]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (f32[B, 3, 4]) -> (i32[B], i32[B])
      %y = heed.index none [b < B] (%i[b], %j[b]) {
      ^bb0(%0: i64, %1: i64):
        %c = arith.constant 10 : i64
        %2 = arith.muli %0, %c : i64
        %3 = arith.addi %2, %1 : i64
        heed.yield %3 : i64
      } : (i32[B], i32[B]) -> i32[B]
      heed.return %y : i32[B])"};
  Array x = someFloats({5, 3, 4});
  for (size_t i = 0; i != 12; ++i)
    x.cells[i] = Cell(-INFINITY);
  x.cells[12 + 5] = x.cells[12 + 7] = Cell(9.0);
  checkPlain(text, {x});
}

TEST_CASE("plain: any and all, and a condition that data decides") {
  for (const char *reduction : {"any", "all"}) {
    EntryText text{"\"T\"",
                   {"x: i1[T, 3]", "n: i32[T]"},
                   "i1[T]",
                   std::string("%y = heed.index ") + reduction + R"( [t < T | i < 3] (%x[t, i], %n[t]) {
      ^bb0(%0: i1, %1: i64):
        %i = heed.at 1 : i64
        %c = arith.cmpi slt, %i, %1 : i64
        heed.yield %0, %c : i1, i1
      } : (i1[T, 3], i32[T]) -> i1[T]
      heed.return %y : i1[T])"};
    checkPlain(text,
               {Array::integers({4, 3}, {1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0}), Array::integers({4}, {3, 2, 2, 0})});
  }
}

TEST_CASE("plain: convolution with guards, in f64 and bf16") {
  for (std::string type : {"f64", "bf16"}) {
    std::string scalar = type == "f64" ? "f64" : "f32";
    EntryText text{
        "\"T\"",
        {"x: " + type + "[T, 3]", "w: " + type + "[3, 4]"},
        type + "[T, 3]",
        "%y = heed.index sum [t < T, c < 3 | k < 4] (%x[t - k, c] if (t >= k), %w[c, k]) {\n^bb0(%0: " + scalar +
            ", %1: " + scalar + "):\n %2 = arith.mulf %0, %1 : " + scalar + "\n heed.yield %2 : " + scalar + "\n} : (" +
            type + "[T, 3], " + type + "[3, 4]) -> " + type + "[T, 3]\n heed.return %y : " + type + "[T, 3]"};
    checkPlain(text, {someFloats({6, 3}), someFloats({3, 4}, 2)}, type == "f64" ? 1e-14 : 4e-3);
  }
}

TEST_CASE("plain: bf16 is rounded to the nearest, ties to even") {
  EntryText text{"\"T\"", {"x: f32[T]"}, "bf16[T]", R"(
      %y = heed.index none [t < T] (%x[t]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (f32[T]) -> bf16[T]
      heed.return %y : bf16[T])"};
  double ulp = 0x1p-7;
  Array x = Array::floats({6}, {1 + ulp / 2, 1 + 1.5 * ulp, 1 + 0.51 * ulp, -1 - 0.49 * ulp, INFINITY, 3.4e38});
  CHECK(runPlain(text, {x}).reals() == std::vector<double>{1, 1 + 2 * ulp, 1 + ulp, -1, INFINITY, INFINITY});
  CHECK(std::isnan(runPlain(text, {Array::floats({1}, {NAN})}).reals()[0]));
}

TEST_CASE("plain: a gather, and an index outside of the table") {
  EntryText text{"\"T\"", {"ids: i32[T]", "table: f32[4, 3]"}, "f32[T, 3]", R"(
      %y = heed.index none [t < T, d < 3] (%ids[t], %table[data$0, d]) {
      ^bb0(%0: i64, %1: f32):
        heed.yield %1 : f32
      } : (i32[T], f32[4, 3]) -> f32[T, 3]
      heed.return %y : f32[T, 3])"};
  Array table = someFloats({4, 3});
  checkPlain(text, {Array::integers({5}, {3, 0, 2, 2, 1}), table});
  Outcome outside = runPlain(text, {Array::integers({5}, {3, 0, 4, -1, 1}), table});
  CHECK(outside.error == "index -1 is outside axis 0 of `table`, whose size is 4");
}

TEST_CASE("plain: a check of a size, and what follows it is not run") {
  EntryText text{"\"T\"", {"x: f32[T]"}, "f32[T]", R"(
      heed.check #heed.size<3 - T>, "at most 3"
      %y = heed.index none [t < T] (%x[t]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (f32[T]) -> f32[T]
      heed.return %y : f32[T])"};
  checkPlain(text, {someFloats({3})});
  Outcome broken = runPlain(text, {someFloats({4})});
  CHECK(broken.error == "at most 3");
  CHECK(std::isnan(broken.results[0].cells[0].real));
}

TEST_CASE("plain: draws have the interpreter's bits") {
  for (const char *kind : {"uniform", "normal", "gumbel"}) {
    CAPTURE(kind);
    EntryText text{"\"T\"", {"x: f32[T, 3]"}, "f32[T, 3]", std::string(R"(
      %y = heed.index none [t < T, i < 3] (%x[t, i]) {
      ^bb0(%0: f32):
        %t = heed.at 0 : i64
        %i = heed.at 1 : i64
        %row = arith.constant 5 : i64
        %1 = heed.draw )") + kind + R"( site 77 (%t, %row, %i, %i) : f32
        heed.yield %1 : f32
      } : (f32[T, 3]) -> f32[T, 3]
      heed.return %y : f32[T, 3])"};
    checkPlain(text, {someFloats({4, 3})}, 2e-6, /*seed=*/0x123456789abcdef);
  }
}

TEST_CASE("plain: tensor constants, sizes and several sizes of data") {
  EntryText text{"\"B\", \"T\"", {"x: f32[B, 2 * T + 1]", "n: i64[T]"}, "f32[B, T]", R"(
      %c = arith.constant dense<[1.5, -2.0, 0.25]> : f32[3]
      %y = heed.index sum [b < B, t < T | k < 3] (%x[b, 2 * t], %c[k], %n[t]) {
      ^bb0(%0: f32, %1: f32, %2: i64):
        %size = heed.size <B * T> : i64
        %3 = arith.addi %size, %2 : i64
        %4 = arith.sitofp %3 : i64 to f32
        %5 = arith.mulf %0, %1 : f32
        %6 = arith.addf %5, %4 : f32
        heed.yield %6 : f32
      } : (f32[B, 2 * T + 1], f32[3], i64[T]) -> f32[B, T]
      heed.return %y : f32[B, T])"};
  checkPlain(text, {someFloats({2, 9}), Array::integers({4}, {1, -7, 1000, 0})});
}

TEST_CASE("plain: running sums and maxima, with and without the element itself, in the middle of other axes") {
  for (std::string where : {"s <= t", "s < t"})
    for (std::string reduction : {"sum", "max", "logsumexp"}) {
      CAPTURE(where);
      CAPTURE(reduction);
      EntryText text{"\"B\", \"T\"",
                     {"x: f32[B, T, 3]"},
                     "f32[B, T, 3]",
                     "%y = heed.index " + reduction + " [b < B, t < T, d < 3 | s < T] where (" + where +
                         R"() (%x[b, s, d]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (f32[B, T, 3]) -> f32[B, T, 3]
      heed.return %y : f32[B, T, 3])"};
      checkPlain(text, {someFloats({2, 6, 3})});
    }
}
