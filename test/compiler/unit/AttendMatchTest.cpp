// Which attention has fast loops: what its indices are for, and why others have none.
#include "compiler/kernels/AttendMatch.h"
#include "Run.h"

using namespace heed;
using namespace heed::test;
using namespace mlir;

namespace {

const std::string product = R"(
  %s = heed.index sum [| e < 8] within [b, i, d, j] (%q[b, i, e], %k[b, j, e]) {
  ^bb0(%1: f32, %2: f32):
    %3 = arith.mulf %1, %2 : f32
    heed.yield %3 : f32
  } : (f32[B, T, 8], f32[B, T, 8]) -> f32
  heed.yield %s : f32)";

std::string valueAt(const std::string &indices) {
  return "%v = heed.index none [] within [b, i, d, j] (%k[" + indices + R"(]) {
  ^bb0(%1: f32):
    heed.yield %1 : f32
  } : (f32[B, T, 8]) -> f32
  heed.yield %v : f32)";
}

/// w = exp(s - lse) or s - lse
std::string weights(const std::string &last) {
  return R"(
  %l = heed.index logsumexp [| k < T] within [b, i, d] (%row[k]) {
  ^bb0(%1: f32):
    heed.yield %1 : f32
  } : (f32[T]) -> f32[]
  %w = heed.index none [j < T] within [b, i, d] (%row[j], %l[]) {
  ^bb0(%1: f32, %2: f32):
    %3 = arith.subf %1, %2 : f32
    %4 = )" +
         last + R"( %3 : f32
    heed.yield %4 : f32
  } : (f32[T], f32[]) -> f32[T]
  heed.yield %w : f32[T])";
}

struct Found {
  std::optional<AttendMatch> match;
  std::string reason;
};

struct Attention {
  MLIRContext context;
  OwningOpRef<ModuleOp> module;

  Found match(const std::string &where, const std::string &value, const std::string &weights) {
    module = parse(context, {"\"B\", \"T\"",
                             {"q: f32[B, T, 8]", "k: f32[B, T, 8]"},
                             "f32[B, T, 8]",
                             "%0 = heed.attend [b < B, i < T, d < 8 | j < T] " + where + " score {" + product +
                                 "} value {" + value + "} weights { ^bb0(%row: f32[T]): " + weights +
                                 "} : f32[B, T, 8]\n heed.return %0 : f32[B, T, 8]"});
    Found found;
    module->walk([&](AttendOp op) { found.match = matchAttend(op, found.reason); });
    return found;
  }
};

} // namespace

TEST_CASE("batch, queries, feature, keys; the product's sides; softmax") {
  Attention attention;
  Found found = attention.match("where (j <= i)", valueAt("b, j, d"), weights("math.exp"));
  CAPTURE(found.reason);
  REQUIRE(found.match);
  CHECK(found.match->query == 1);
  CHECK(found.match->outer == SmallVector<unsigned>{0});
  CHECK(found.match->feature == 2);
  CHECK(found.match->key == 3);
  CHECK((found.match->left.size() == 1 && found.match->right.size() == 1));
  CHECK(found.match->weights.family == RowWeights::Family::exponential);
  CHECK(found.match->weights.shiftIsStatistic);
}

TEST_CASE("weights that one pass cannot make are declined, with the reason") {
  Attention attention;
  CHECK(attention.match("", valueAt("b, j, d"), weights("math.absf")).reason ==
        "weights use the logsumexp of scores otherwise than in exp(score - …)");
}

TEST_CASE("a logsumexp of some scores only is not that of the row") {
  Attention attention;
  std::string some = weights("math.exp");
  some.replace(some.find("k < T"), 5, "k < min(2, T)");
  CHECK(attention.match("", valueAt("b, j, d"), some).reason ==
        "weights need a sum or logsumexp of a part of the scores");
}

TEST_CASE("a value that exists only where its key is seen cannot be packed") {
  Attention attention;
  CHECK(attention.match("where (j >= 1)", valueAt("b, j - 1, d"), weights("math.exp")).reason ==
        "values may lie outside of their tensor where a key is not seen");
}

TEST_CASE("values that differ from query to query are declined") {
  Attention attention;
  CHECK(attention.match("", valueAt("b, i, d"), weights("math.exp")).reason == "values differ from query to query");
}
