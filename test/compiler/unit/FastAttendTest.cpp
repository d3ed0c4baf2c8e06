// heed.attend by the loops for vectors against the interpreter: values, scores and rows at the ends of what f32 holds.
#include "RunPlain.h"

#include <cmath>
#include <limits>

using namespace heed;
using namespace heed::test;

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();
/// Two chunks of keys, four blocks of queries.
constexpr int64_t T = 260;

constexpr const char *softmax = R"(
        %lse = heed.index logsumexp [| k < T] within [i, d] (%row[k]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T]) -> f32
        %w = heed.index none [k < T] within [i, d] (%row[k]) {
        ^bb0(%0: f32):
          %2 = arith.subf %0, %lse : f32
          %3 = math.exp %2 : f32
          heed.yield %3 : f32
        } : (f32[T]) -> f32[T]
        heed.yield %w : f32[T])";

constexpr const char *shares = R"(
        %total = heed.index sum [| k < T] within [i, d] (%row[k]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T]) -> f32
        %w = heed.index none [k < T] within [i, d] (%row[k]) {
        ^bb0(%0: f32):
          %2 = arith.divf %0, %total : f32
          heed.yield %2 : f32
        } : (f32[T]) -> f32[T]
        heed.yield %w : f32[T])";

constexpr const char *squares = R"(
        %w = heed.index none [k < T] within [i, d] (%row[k]) {
        ^bb0(%0: f32):
          %2 = arith.mulf %0, %0 : f32
          heed.yield %2 : f32
        } : (f32[T]) -> f32[T]
        heed.yield %w : f32[T])";

constexpr const char *seenOnly = R"( visible {
        %c = heed.index none [] within [i, d, j] (%seen[j]) {
        ^bb0(%0: i1):
          heed.yield %0 : i1
        } : (i1[T]) -> i1
        heed.yield %c : i1
      })";

constexpr const char *read = R"(
        %e = heed.index none [] within [i, d, j] (%v[j, d]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T, 2]) -> f32
        heed.yield %e : f32)";

/// Scores are products of 3 elements, plus something for each query and key.
EntryText attention(const std::string &where, const std::string &weights, const std::string &value = read) {
  return {"\"T\"",
          {"q: f32[T, 3]", "k: f32[T, 3]", "v: f32[T, 2]", "low: f32[T]", "bias: f32[T]", "seen: i1[T]"},
          "f32[T, 2]",
          R"(
    %y = heed.attend [i < T, d < 2 | j < T] )" +
              where + R"(
      score {
        %s = heed.index sum [| e < 3] within [i, d, j] (%q[i, e], %k[j, e]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.mulf %0, %1 : f32
          heed.yield %2 : f32
        } : (f32[T, 3], f32[T, 3]) -> f32
        %o = heed.index none [] within [i, d, j] (%low[i], %bias[j]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.addf %0, %1 : f32
          heed.yield %2 : f32
        } : (f32[T], f32[T]) -> f32
        %t = arith.addf %s, %o : f32
        heed.yield %t : f32
      } value {)" +
              value + R"(
      } weights {
      ^bb0(%row: f32[T]):)" +
              weights +
              R"(
      } : f32[T, 2]
    heed.return %y : f32[T, 2])"};
}

enum Input { Queries, Keys, Values, OfRow, OfKey, Seen };

std::vector<Array> data() {
  Array seen(false, {T});
  for (int64_t j = 0; j < T; ++j)
    seen.cells[j] = Cell(int64_t(j % 3 != 1));
  return {someFloats({T, 3}), someFloats({T, 3}, 1), someFloats({T, 2}, 2), Array(true, {T}), Array(true, {T}), seen};
}

/// As checkPlain, and what is not finite there is not finite here. The interpreter may have other inputs, for which the
/// result is the same.
void checkFast(const EntryText &text, const std::vector<Array> &inputs, const std::vector<Array> &reference) {
  std::vector<double> expected = run(text, reference).reals(), found = runPlain(text, inputs).reals();
  REQUIRE(found.size() == expected.size());
  double greatest = 1e-30;
  for (double x : expected)
    if (std::isfinite(x))
      greatest = std::max(greatest, std::abs(x));
  size_t wrong = 0;
  for (size_t i = 0; i != found.size(); ++i) {
    bool good =
        std::isfinite(expected[i]) ? std::abs(found[i] - expected[i]) <= 1e-5 * greatest : !std::isfinite(found[i]);
    if (!good && !wrong++)
      MESSAGE("element ", i, ": ", found[i], " and ", expected[i]);
  }
  CHECK(wrong == 0);
}
void checkFast(const EntryText &text, const std::vector<Array> &inputs) { checkFast(text, inputs, inputs); }

} // namespace

TEST_CASE("nothing comes of values that a row does not see, finite or not") {
  std::vector<Array> inputs = data();
  for (int64_t d = 0; d < 2; ++d) {
    inputs[Values].cells[1 * 2 + d] = Cell(notANumber); // hidden by `seen`
    inputs[Values].cells[250 * 2 + d] = Cell(notANumber);
  }
  inputs[Values].cells[200 * 2 + 1] = Cell(infinity); // seen, by late rows of causal attention
  inputs[Keys].cells[1 * 3] = Cell(notANumber);
  for (const char *weights : {softmax, shares, squares})
    for (std::string where : {"where (j <= i)", "where (j > i + 30)", "where (j <= i, i - j < 70)"}) {
      CAPTURE(where);
      checkFast(attention(where, weights), inputs);
      checkFast(attention(where + seenOnly, weights), inputs);
    }
}

TEST_CASE("scores that are all low still give weights") {
  // All scores are 0 plus that number. For the interpreter -1000 is low enough, and exact: its exp(score - logsumexp)
  // is 1 for every key where log(sum) is lost beside the score.
  auto inputs = [](bool ofRow, double low) {
    std::vector<Array> made = data();
    for (Cell &cell : made[Queries].cells)
      cell = Cell(0.0);
    for (int64_t i = 0; i < (ofRow ? T : 150); i += ofRow ? 3 : 1)
      made[ofRow ? OfRow : OfKey].cells[i] = Cell(double(float(low)));
    return made;
  };
  for (double low : {-1e9, -1e10, -1e29, -1e37, -3.4e38}) {
    CAPTURE(low);
    checkFast(attention("where (j <= i)", softmax), inputs(true, low), inputs(true, -1000));
    checkFast(attention("", softmax), inputs(true, low), inputs(true, -1000));
    checkFast(attention("where (j <= i)", softmax), inputs(false, low), inputs(false, -1000));
  }
}

TEST_CASE("rows with no finite score, and shares of nothing, are no numbers; rows that see no key are 0") {
  std::vector<Array> inputs = data();
  for (int64_t i = 0; i < T; i += 3)
    inputs[OfRow].cells[i] = Cell(-infinity);
  checkFast(attention("where (j < i)", softmax), inputs);
  inputs = data();
  for (int64_t i = 0; i < 3 * T; ++i)
    inputs[Queries].cells[i] = Cell(0.0);
  checkFast(attention("where (j < i)", shares), inputs);
}

TEST_CASE("a value that is the same for all keys") {
  checkFast(attention("where (j <= i)", softmax, R"(
        %e = arith.constant 2.5 : f32
        heed.yield %e : f32)"),
            data());
}
