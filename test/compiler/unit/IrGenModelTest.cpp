// irgen: attention, layers, tables and draws give IR that verifies, has the expected ops, and means what the program
// says.
#include "Generated.h"
#include "runtime/abi/Philox.h"

#include <cmath>

using namespace heed;
using namespace heed::test;

TEST_CASE("attention: affine masks are `where`, data is `visible`, reductions over neither keys stay outside") {
  ProgramBuilder p;
  Tensor *q = p.tensor("q", Element::Working, {T, 2}), *k = p.tensor("k", Element::Working, {T, 2}),
         *v = p.tensor("v", Element::Working, {T, 3});
  Tensor *w = p.tensor("w", Element::Working, {2, 2}), *seen = p.tensor("seen", Element::Bool, {T});
  checked::Entry &f = p.entry({"T"}, {q, k, v, w, seen});
  IndexVar *i = p.index("i", T), *d = p.index("d", 3), *j = p.index("j", T), *e = p.index("e", 2), *g = p.index("g", 2);
  const Expr *projected = p.reduce(checked::Reduction::Sum, {g}, p.mul(p.read(q, {i, g}), p.read(w, {g, e})));
  const Expr *score = p.reduce(checked::Reduction::Sum, {e}, p.mul(projected, p.read(k, {j, e})));
  const Expr *where = p.both(p.atMost(p.at(j), p.at(i)), p.read(seen, {j}));
  p.result(f, p.define(f.body, "y", Element::Working, {i, d}, p.attend({j}, score, p.read(v, {j, d}), where)));

  Generated ir(p.program);
  CHECK(ir.has("heed.attend [i < T, d < 3 | j < T] where (i >= j) visible"));
  CHECK(ir.has("heed.index sum [i < T, e < 2 | g < 2]")); // the projected query
  Array qs = ramp({3, 2}, 0.1), ks = ramp({3, 2}, -0.2), vs = ramp({3, 3}), ws = Array::floats({2, 2}, {1, 2, -1, 0.5});
  std::vector<double> expected;
  std::vector<int64_t> mask = {0, 1, 1};
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column) {
      double total = 0, sum = 0;
      for (int key = 0; key <= row; ++key) {
        double s = 0;
        for (int a = 0; a < 2; ++a)
          for (int b = 0; b < 2; ++b)
            s += qs.real(row * 2 + b) * ws.real(b * 2 + a) * ks.real(key * 2 + a);
        total += mask[key] * std::exp(s);
        sum += mask[key] * std::exp(s) * vs.real(key * 3 + column);
      }
      expected.push_back(total == 0 ? 0 : sum / total);
    }
  checkClose(ir.run({qs, ks, vs, ws, Array::integers({3}, mask)}).reals(), expected);
}

TEST_CASE("an attend within a larger element, and indices of one name") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {T, 2});
  checked::Entry &f = p.entry({"T"}, {x});
  IndexVar *t = p.index("t", T), *d = p.index("d", 2), *j = p.index("t", T);
  const Expr *uniform = p.attend({j}, p.number(0), p.read(x, {j, d}), p.atMost(p.at(j), p.at(t)));
  p.result(f, p.define(f.body, "y", Element::Working, {t, d}, p.add(uniform, p.read(x, {t, d}))));
  Generated ir(p.program);
  checkClose(ir.run({ramp({2, 2})}).reals(), {2, 4, 2 + 3, 3 + 4});
}

TEST_CASE("layers are one loop over stacked parameters; initial values draw by layer") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {B});
  p.parameter("layers.*.w", {3, 2}, true);
  auto &parameter = *p.program.parameters[0];
  parameter.initial = p.draw(checked::DrawKind::Uniform, 99, parameter.indices);
  checked::Entry &f = p.entry({"B"}, {x});
  checked::Op *repeat = p.op(f.body, checked::Op::Kind::Repeat);
  Tensor *y = p.tensor("y", Element::Working, {B}), *h = p.tensor("h", Element::Working, {B}),
         *layer = p.tensor("w", Element::Working, {2});
  repeat->schedule = {0, 0, 0}, repeat->carries = {x}, repeat->results = {y};
  checked::Op::Layer &kind = repeat->layers.emplace_back();
  kind.stacks = {{parameter.tensor, layer, {}}};
  y->definition = repeat;
  kind.body = std::make_unique<checked::Body>();
  kind.body->arguments = {h};
  IndexVar *b = p.index("b", B);
  const Expr *element =
      p.add(p.mul(p.read(h, {b}), p.read(layer, Exprs{p.whole(0)})), p.read(layer, Exprs{p.whole(1)}));
  kind.body->results = {p.define(*kind.body, "next", Element::Working, {b}, element)};
  p.result(f, y);

  Generated ir(p.program);
  CHECK(ir.count<RepeatOp>() == 1);
  auto weights = Array::floats({3, 2}, {2, 1, 3, 0, 1, 5});
  checkClose(ir.run({Array::floats({2}, {1, 2})}, {{"layers.*.w", weights}}).reals(),
             {(1 * 2 + 1) * 3 + 5, (2 * 2 + 1) * 3 + 5});
  std::vector<double> drawn = test::run(*ir.module, "initialise", {}).reals();
  for (size_t i = 0; i != drawn.size(); ++i)
    for (size_t n = 0; n != i; ++n)
      CHECK(drawn[i] != drawn[n]);
}

TEST_CASE("tables are exact until they meet the element type; precisions choose types") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {2}), *angles = p.tensor("angles", Element::Working, {2});
  checked::Entry &f = p.entry({}, {x});
  checked::Op *table = p.op(f.body, checked::Op::Kind::Table);
  table->results = {angles}, table->numbers = {0.1, 1e-3};
  angles->definition = table;
  IndexVar *i = p.index("i", 2);
  p.result(f, p.define(f.body, "y", Element::Working, {i}, p.mul(p.read(x, {i}), p.read(angles, {i}))));
  for (const char *precision : {"f32", "bf16", "f64"}) {
    Generated ir(p.program, precision);
    CHECK(ir.has("tensor<2x" + std::string(precision)));
    checkClose(ir.run({ramp({2})}).reals(), {0.1, 2e-3}, precision == std::string("bf16") ? 1e-2 : 1e-6);
  }
}

/// The first word of bits as a draw that is uniform.
static double uniform(uint64_t seed, uint32_t site, uint32_t position, uint32_t row, uint32_t element) {
  const uint32_t counter[4] = {site, position, row, element};
  uint32_t bits[4];
  philox4x32(seed, counter, bits);
  return ((bits[0] >> 9) + 0.5) / (1 << 23);
}

TEST_CASE("a draw depends on stream position, batch row and the rest, with run-time axes outermost") {
  for (bool stream : {true, false}) {
    ProgramBuilder p;
    Tensor *x = p.tensor("x", Element::Working, {B, T});
    checked::Entry &f = p.entry({"B", "T"}, {x});
    if (stream)
      f.stream = "T";
    IndexVar *b = p.index("b", B), *h = p.index("h", 2), *t = p.index("t", T), *u = p.index("u", T);
    // Hoisted or not, each point of the sum draws anew.
    const Expr *sum = p.reduce(checked::Reduction::Sum, {u}, p.draw(checked::DrawKind::Uniform, 7, {b, h, t, u}));
    p.result(f, p.define(f.body, "y", Element::Working, {b, h, t}, p.add(sum, p.number(0))));
    Generated ir(p.program);
    std::vector<double> expected;
    for (uint32_t row = 0; row != 2; ++row)
      for (uint32_t head = 0; head != 2; ++head)
        for (uint32_t at = 0; at != 3; ++at) {
          expected.push_back(0);
          for (uint32_t key = 0; key != 3; ++key)
            expected.back() += uniform(0, 7, at, row, key * 2 + head);
        }
    checkClose(ir.run({ramp({2, 3})}).reals(), expected);
  }
}
