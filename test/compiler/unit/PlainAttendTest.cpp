// heed.attend on the plain backend against the interpreter: masks as intervals, unions and data; scores and weights of
// several kinds.
#include "RunPlain.h"

using namespace heed;
using namespace heed::test;

namespace {

constexpr const char *softmax = R"(
      ^bb0(%row: f32[T]):
        %lse = heed.index logsumexp [| k < T] within [i, h, d] (%row[k]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T]) -> f32
        %w = heed.index none [k < T] within [i, h, d] (%row[k]) {
        ^bb0(%0: f32):
          %2 = arith.subf %0, %lse : f32
          %3 = math.exp %2 : f32
          heed.yield %3 : f32
        } : (f32[T]) -> f32[T]
        heed.yield %w : f32[T]
)";

/// Attention over T keys with 4 heads in 2 groups, products of 3 elements; values of 2.
EntryText attention(const std::string &where, const std::string &weights = softmax) {
  return {"\"T\"", {"q: f32[T, 4, 3]", "k: f32[T, 2, 3]", "v: f32[T, 2, 2]", "seen: i1[T]"}, "f32[T, 4, 2]", R"(
    %y = heed.attend [i < T, h < 4, d < 2 | j < T] )" + where + R"(
      score {
        %s = heed.index sum [| e < 3] within [i, h, d, j] (%q[i, h, e], %k[j, h floordiv 2, e]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.mulf %0, %1 : f32
          heed.yield %2 : f32
        } : (f32[T, 4, 3], f32[T, 2, 3]) -> f32
        heed.yield %s : f32
      } value {
        %e = heed.index none [] within [i, h, d, j] (%v[j, h floordiv 2, d]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T, 2, 2]) -> f32
        heed.yield %e : f32
      } weights {)" + weights + R"(
      } : f32[T, 4, 2]
    heed.return %y : f32[T, 4, 2])"};
}

std::vector<Array> data(int64_t T) {
  Array seen(false, {T});
  for (int64_t j = 0; j < T; ++j)
    seen.cells[j] = Cell(int64_t(j % 3 != 1));
  return {someFloats({T, 4, 3}), someFloats({T, 2, 3}, 1), someFloats({T, 2, 2}, 2), seen};
}

constexpr const char *seenOnly = R"( visible {
        %c = heed.index none [] within [i, h, d, j] (%seen[j]) {
        ^bb0(%0: i1):
          heed.yield %0 : i1
        } : (i1[T]) -> i1
        heed.yield %c : i1
      })";

} // namespace

TEST_CASE("plain: attention under masks of every kind, at odd sizes") {
  for (int64_t T : {1, 2, 7})
    for (std::string where :
         {"", "where (j <= i)", "where (j < i)", "where (j <= i, i - j < 3)", "where (j <= i, i - j < 2) or (j < 1)",
          "where ((i floordiv 2) - (j floordiv 2) == 0)", "where (i == j)"}) {
      CAPTURE(T);
      CAPTURE(where);
      checkPlain(attention(where), data(T));
    }
}

TEST_CASE("plain: data decides what is visible; a row that sees nothing gives 0") {
  checkPlain(attention(std::string("where (j < i)") + seenOnly), data(7));
  checkPlain(attention(seenOnly), data(1));
}

TEST_CASE("plain: weights that are shares, in several steps, with rows of their own") {
  std::string shares = R"(
      ^bb0(%row: f32[T]):
        %square = heed.index none [k < T] within [i, h, d] (%row[k]) {
        ^bb0(%0: f32):
          %1 = arith.mulf %0, %0 : f32
          heed.yield %1 : f32
        } : (f32[T]) -> f32[T]
        %total = heed.index sum [| k < T] within [i, h, d] (%square[k]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T]) -> f32[]
        %w = heed.index none [k < T] within [i, h, d] (%square[k], %total[]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.divf %0, %1 : f32
          heed.yield %2 : f32
        } : (f32[T], f32[]) -> f32[T]
        heed.yield %w : f32[T]
)";
  checkPlain(attention("where (j <= i)", shares), data(6));
  checkPlain(attention(std::string("where (j <= i) or (j == 0)") + seenOnly, shares), data(6));
}

TEST_CASE("plain: keys on two axes, a value with all result indices") {
  EntryText text{"\"T\"", {"q: f32[T, 3]", "v: f32[2, T, 3]"}, "f32[T, 3]", R"(
    %y = heed.attend [i < T, d < 3 | a < 2, j < T] where (j <= i)
      score {
        %s = heed.index sum [| e < 3] within [i, d, a, j] (%q[i, e], %v[a, j, e]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.mulf %0, %1 : f32
          heed.yield %2 : f32
        } : (f32[T, 3], f32[2, T, 3]) -> f32
        heed.yield %s : f32
      } value {
        %e = heed.index none [] within [i, d, a, j] (%v[a, j, d], %q[i, d]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.addf %0, %1 : f32
          heed.yield %2 : f32
        } : (f32[2, T, 3], f32[T, 3]) -> f32
        heed.yield %e : f32
      } weights {
      ^bb0(%row: f32[2 * T]):
        heed.yield %row : f32[2 * T]
      } : f32[T, 3]
    heed.return %y : f32[T, 3])"};
  checkPlain(text, {someFloats({5, 3}), someFloats({2, 5, 3}, 1)});
}
