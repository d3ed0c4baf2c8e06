// heed.sort against the interpreter: few by picking, many by merging; equals, NaN, rows of no and of one element.
#include "RunPlain.h"

#include <cmath>

using namespace heed;
using namespace heed::test;

namespace {

/// y[b, n] = 1000 value + position of the n best of x[b, :], so that both are compared.
EntryText best(const std::string &count, const std::string &order) {
  std::string result = "[B, " + count + "]";
  return {"\"B\", \"N\"",
          {"x: f32[B, N]"},
          "f32" + result,
          "%v, %p = heed.sort %x best <" + count + "> " + order + " : f32[B, N] -> f32" + result + ", i32" + result +
              R"(
      %y = heed.index none [b < B, n < )" +
              count + R"(] (%v[b, n], %p[b, n]) {
      ^bb0(%0: f32, %1: i64):
        %c = arith.constant 1.000000e+03 : f32
        %2 = arith.mulf %0, %c : f32
        %3 = arith.sitofp %1 : i64 to f32
        %4 = arith.addf %2, %3 : f32
        heed.yield %4 : f32
      } : (f32)" +
              result + ", i32" + result + ") -> f32" + result + R"(
      heed.return %y : f32)" +
              result};
}

} // namespace

TEST_CASE("plain: the n best, picked or sorted") {
  for (const char *order : {"", "descending"})
    for (const char *count : {"1", "3", "8", "N", "9"})
      for (int64_t length : {1, 2, 9, 17, 64}) {
        bool asks = std::string(count) == "N" || std::stoi(count) <= length; // of more than there are nothing is said
        if (!asks)
          continue;
        CAPTURE(order);
        CAPTURE(count);
        CAPTURE(length);
        checkPlain(best(count, order), {someFloats({5, length})}, 0);
      }
  checkPlain(best("N", ""), {Array(true, {3, 0})}, 0);
}

TEST_CASE("plain: equal elements keep their order, whatever is picked") {
  Array x = Array::floats({1, 10}, {2, 1, 2, 0, 1, 2, 0, 0, 1, -0.0});
  for (const char *order : {"", "descending"})
    for (const char *count : {"7", "N"})
      checkPlain(best(count, order), {x}, 0);
}

TEST_CASE("plain: NaN counts as less than everything") {
  // Positions alone: 1000 NaN would hide them.
  for (const char *order : {"", "descending"})
    for (const char *count : {"3", "N"}) {
      std::string result = std::string("[B, ") + count + "]";
      EntryText text{"\"B\", \"N\"",
                     {"x: f32[B, N]"},
                     "i32" + result,
                     "%v, %p = heed.sort %x best <" + std::string(count) + "> " + order + " : f32[B, N] -> f32" +
                         result + ", i32" + result + R"(
      heed.return %p : i32)" +
                         result};
      double nan = std::nan("");
      checkPlain(text, {Array::floats({2, 4}, {1, nan, 0, nan, nan, nan, nan, 3})}, 0);
    }
}
