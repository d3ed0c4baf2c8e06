// heed.attend in the interpreter against sums written out in C++.
#include "Run.h"

#include <cmath>
#include <functional>

using namespace heed;
using namespace heed::test;

namespace {
constexpr const char *softmax = R"(
      ^bb0(%row: f32[T]):
        %lse = heed.index logsumexp [| k < T] within [i, h, d] (%row[k]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T]) -> f32[]
        %w = heed.index none [k < T] within [i, h, d] (%row[k], %lse[]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.subf %0, %1 : f32
          %3 = math.exp %2 : f32
          heed.yield %3 : f32
        } : (f32[T], f32[]) -> f32[T]
        heed.yield %w : f32[T]
)";

/// Four heads over two groups of keys: scores are products of scalars, values have two elements.
EntryText attention(const std::string &where, const std::string &weights) {
  return {"\"T\"", {"q: f32[T, 4]", "k: f32[T, 2]", "v: f32[T, 2, 2]", "seen: i1[T]"}, "f32[T, 4, 2]", R"(
    %y = heed.attend [i < T, h < 4, d < 2 | j < T] )" + where + R"(
      score {
        %s = heed.index none [] within [i, h, d, j] (%q[i, h], %k[j, h floordiv 2]) {
        ^bb0(%0: f32, %1: f32):
          %2 = arith.mulf %0, %1 : f32
          heed.yield %2 : f32
        } : (f32[T, 4], f32[T, 2]) -> f32
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

constexpr int T = 5;

struct Data {
  Array q = Array(true, {T, 4}), k = Array(true, {T, 2}), v = Array(true, {T, 2, 2});
  Array seen = Array::integers({T}, {1, 0, 1, 1, 0});
  Data() {
    int n = 0;
    for (Array *a : {&q, &k, &v})
      for (Cell &cell : a->cells)
        cell = Cell(std::sin(1 + 0.7 * n++));
  }
  std::vector<Array> inputs() const { return {q, k, v, seen}; }
};

/// Softmax attention as in the paper, over the keys that the mask lets through.
std::vector<double> reference(const Data &data, const std::function<bool(int i, int j)> &mask) {
  std::vector<double> all;
  for (int i = 0; i < T; ++i)
    for (int h = 0; h < 4; ++h)
      for (int d = 0; d < 2; ++d) {
        double sum = 0, total = 0;
        for (int j = 0; j < T; ++j)
          if (mask(i, j)) {
            double w = std::exp(data.q.real(i * 4 + h) * data.k.real(j * 2 + h / 2));
            total += w;
            sum += w * data.v.real((j * 2 + h / 2) * 2 + d);
          }
        all.push_back(total == 0 ? 0 : sum / total);
      }
  return all;
}
} // namespace

TEST_CASE("grouped attention under masks that are conditions of indices") {
  Data data;
  checkClose(run(attention("", softmax), data.inputs()).reals(), reference(data, [](int, int) { return true; }));
  checkClose(run(attention("where (j <= i)", softmax), data.inputs()).reals(),
             reference(data, [](int i, int j) { return j <= i; }));
  checkClose(run(attention("where (j <= i, i - j < 2) or (j < 1)", softmax), data.inputs()).reals(),
             reference(data, [](int i, int j) { return (j <= i && i - j < 2) || j < 1; }));
}

TEST_CASE("a row that sees no key gives 0") {
  Data data;
  checkClose(run(attention("where (j < i)", softmax), data.inputs()).reals(),
             reference(data, [](int i, int j) { return j < i; }));
}

TEST_CASE("data decides what is visible, and what is not visible is not read") {
  Data data;
  std::string visible = R"(where (j <= i) visible {
        %c = heed.index none [] within [i, h, d, j] (%seen[j]) {
        ^bb0(%0: i1):
          heed.yield %0 : i1
        } : (i1[T]) -> i1
        heed.yield %c : i1
      })";
  data.k.cells[2] = data.k.cells[3] = Cell(NAN); // of key 1, which is never seen
  auto found = run(attention(visible, softmax), data.inputs()).reals();
  checkClose(found, reference(data, [&](int i, int j) { return j <= i && data.seen.cells[j].integer; }));
}

TEST_CASE("weights may be any program over the row: shares of visible scores") {
  Data data;
  std::string shares = R"(
      ^bb0(%row: f32[T]):
        %total = heed.index sum [| k < T] within [i, h, d] (%row[k]) {
        ^bb0(%0: f32):
          heed.yield %0 : f32
        } : (f32[T]) -> f32
        %w = heed.index none [k < T] within [i, h, d] (%row[k]) {
        ^bb0(%0: f32):
          %1 = arith.divf %0, %total : f32
          heed.yield %1 : f32
        } : (f32[T]) -> f32[T]
        heed.yield %w : f32[T]
)";
  std::vector<double> expected;
  for (int i = 0; i < T; ++i)
    for (int h = 0; h < 4; ++h)
      for (int d = 0; d < 2; ++d) {
        double sum = 0, total = 0;
        for (int j = 0; j <= i; ++j) {
          double s = data.q.real(i * 4 + h) * data.k.real(j * 2 + h / 2);
          total += s;
          sum += s * data.v.real((j * 2 + h / 2) * 2 + d);
        }
        expected.push_back(sum / total);
      }
  checkClose(run(attention("where (j <= i)", shares), data.inputs()).reals(), expected, 1e-10);
}
