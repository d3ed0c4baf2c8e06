// irgen: checked programs built by hand give IR that verifies, has the expected ops, and means what the program says
// (by the interpreter).
#include "Program.h"
#include "Run.h"

#include "compiler/irgen/IrGen.h"

#include "mlir/IR/Verifier.h"

#include <cmath>

using namespace heed;
using namespace heed::test;

namespace {
const SizeExpr B = SizeExpr::symbol("B"), T = SizeExpr::symbol("T");

/// The IR of a program, its text, and how to run it.
struct Generated {
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string text;

  Generated(const checked::Program &program, const std::string &precision = "f32") {
    Sources sources;
    module = generate(program, sources, context, {precision});
    llvm::raw_string_ostream(text) << *module;
    REQUIRE_MESSAGE(mlir::succeeded(mlir::verify(*module)), text);
  }
  template <typename Op> unsigned count() {
    unsigned n = 0;
    module->walk([&](Op) { ++n; });
    return n;
  }
  bool has(const std::string &part) const { return text.find(part) != std::string::npos; }
  Outcome run(llvm::ArrayRef<Array> inputs, const std::map<std::string, Array> &parameters = {}) {
    return test::run(*module, "f", inputs, parameters);
  }
};

Array ramp(std::vector<int64_t> shape, double scale = 1) {
  Array a(true, std::move(shape));
  for (size_t i = 0; i != a.cells.size(); ++i)
    a.cells[i] = Cell(scale * double(i + 1));
  return a;
}
} // namespace

TEST_CASE("a definition that is one sum of products is one op; what is done with a sum comes after it") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {B, 3}), *w = p.parameter("w", {3, 2});
  checked::Entry &f = p.entry({"B"}, {x});
  IndexVar *b = p.index("b", B), *o = p.index("o", 2), *i = p.index("i", 3);
  const Expr *sum = p.reduce(checked::Reduction::Sum, {i}, p.mul(p.read(x, {b, i}), p.read(w, {i, o})));
  Tensor *y = p.define(f.body, "y", Element::Working, {b, o}, sum);
  IndexVar *c = p.index("b", B), *q = p.index("o", 2), *k = p.index("i", 3);
  const Expr *again = p.reduce(checked::Reduction::Sum, {k}, p.mul(p.read(x, {c, k}), p.read(w, {k, q})));
  Tensor *z = p.define(f.body, "z", Element::Working, {c, q}, p.add(again, p.number(1)));
  p.result(f, y), p.result(f, z);

  Generated ir(p.program);
  CHECK(ir.count<IndexOp>() == 3 + 1); // and the parameter's initial value
  CHECK(ir.has("heed.index sum [b < B, o < 2 | i < 3] (%x[b, i], %w[i, o])"));
  Outcome outcome = ir.run({ramp({1, 3})}, {{"w", ramp({3, 2})}});
  checkClose(outcome.reals(0), {22, 28});
  checkClose(outcome.reals(1), {23, 29});
}

TEST_CASE("a nested reduction has just the axes that it depends on") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {B, T});
  checked::Entry &f = p.entry({"B", "T"}, {x});
  IndexVar *b = p.index("b", B), *t = p.index("t", T), *u = p.index("u", T);
  const Expr *mean = p.reduce(checked::Reduction::Sum, {u}, p.read(x, {b, u}));
  p.result(f, p.define(f.body, "y", Element::Working, {b, t}, p.apply(ScalarOp::Divide, {p.read(x, {b, t}), mean})));

  Generated ir(p.program);
  CHECK(ir.has("heed.index sum [b < B | u < T] (%x[b, u])"));
  checkClose(ir.run({ramp({2, 2})}).reals(), {1 / 3., 2 / 3., 3 / 7., 4 / 7.});
}

TEST_CASE("data as an index, behind a condition on data") {
  ProgramBuilder p;
  Tensor *x = p.tensor("logits", Element::Working, {T, 4}), *labels = p.tensor("labels", Element::I32, {T});
  checked::Entry &f = p.entry({"T"}, {x, labels});
  IndexVar *t = p.index("t", T);
  const Expr *label = p.read(labels, {t});
  const Expr *counts = p.apply(ScalarOp::NotEqual, {label, p.whole(-100)});
  p.result(f, p.define(f.body, "y", Element::Working, {},
                       p.reduce(checked::Reduction::Sum, {t}, p.read(x, {p.at(t), label}, {}, {false, true}), counts)));

  Generated ir(p.program);
  CHECK(ir.count<IndexOp>() == 1);
  auto logits = ramp({3, 4});
  checkClose(ir.run({logits, Array::integers({3}, {3, -100, 0})}).reals(), {4 + 9});
  CHECK(ir.run({logits, Array::integers({3}, {3, -1, 0})})
            .error.find("index -1 is outside axis 1 of `logits`, whose size is 4") != std::string::npos);
}

TEST_CASE("windows by abs, min and max are affine conditions") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {T});
  checked::Entry &f = p.entry({"T"}, {x});
  IndexVar *t = p.index("t", T), *u = p.index("u", T);
  const Expr *near = p.apply(ScalarOp::Less, {p.apply(ScalarOp::Abs, {p.sub(p.at(t), p.at(u))}), p.whole(2)});
  const Expr *late = p.atMost(p.whole(1), p.apply(ScalarOp::Min, {p.at(u), p.at(t)}));
  p.result(f, p.define(f.body, "y", Element::Working, {t},
                       p.reduce(checked::Reduction::Sum, {u}, p.read(x, {u}), p.both(near, late))));

  Generated ir(p.program);
  CHECK(!ir.has("i1")); // nothing is left to be decided by values
  checkClose(ir.run({ramp({4})}).reals(), {0, 2 + 3, 2 + 3 + 4, 3 + 4});
}

TEST_CASE("conditions on values are yielded; reads that were proved under them guard themselves") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {T}), *w = p.tensor("w", Element::Working, {3});
  checked::Entry &f = p.entry({"T"}, {x, w});
  IndexVar *t = p.index("t", T), *k = p.index("k", 3), *c = p.index("c", 1);
  // sum[k where t - k >= 0 and w[k] > 0] (sum[c] x[t - k + c]) * w[k]: the inner sum moves out of the condition.
  const Expr *before = p.sub(p.at(t), p.at(k));
  const Expr *inner = p.reduce(checked::Reduction::Sum, {c}, p.read(x, {p.add(before, p.at(c))}));
  const Expr *where = p.both(p.atMost(p.whole(0), before), p.apply(ScalarOp::Less, {p.number(0), p.read(w, {k})}));
  p.result(f, p.define(f.body, "y", Element::Working, {t},
                       p.reduce(checked::Reduction::Sum, {k}, p.mul(inner, p.read(w, {k})), where)));

  Generated ir(p.program);
  CHECK(ir.count<IndexOp>() == 2);
  checkClose(ir.run({ramp({4}), Array::floats({3}, {1, -10, 100})}).reals(), {1, 2, 3 + 100, 4 + 200});
}

TEST_CASE("a position or guard that is not affine is computed before") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {T}), *m = p.tensor("m", Element::Working, {T});
  checked::Entry &f = p.entry({"T"}, {x, m});
  IndexVar *t = p.index("t", T);
  const Expr *previous = p.apply(ScalarOp::Max, {p.sub(p.at(t), p.whole(1)), p.whole(0)});
  const Expr *positive = p.apply(ScalarOp::Less, {p.number(0), p.read(m, {t})});
  const Expr *element = p.read(x, {previous}, {positive});
  p.result(f, p.define(f.body, "y", Element::Working, {t}, p.select(positive, element, p.number(-1))));

  Generated ir(p.program);
  CHECK(ir.has("%position"));
  CHECK(ir.has("%condition"));
  checkClose(ir.run({ramp({4}), Array::floats({4}, {1, 1, -1, 1})}).reals(), {1, 1, -1, 3});
}

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
  parameter.initial = p.draw(checked::DrawKind::Uniform, 99);
  checked::Entry &f = p.entry({"B"}, {x});
  checked::Op *repeat = p.op(f.body, checked::Op::Kind::Repeat);
  Tensor *y = p.tensor("y", Element::Working, {B}), *h = p.tensor("h", Element::Working, {B}),
         *layer = p.tensor("w", Element::Working, {2});
  repeat->turns = 3, repeat->carries = {x}, repeat->results = {y}, repeat->stacks = {{&parameter, layer}};
  y->definition = repeat;
  repeat->body = std::make_unique<checked::Body>();
  repeat->body->arguments = {h};
  IndexVar *b = p.index("b", B);
  const Expr *element =
      p.add(p.mul(p.read(h, {b}), p.read(layer, Exprs{p.whole(0)})), p.read(layer, Exprs{p.whole(1)}));
  repeat->body->results = {p.define(*repeat->body, "next", Element::Working, {b}, element)};
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

TEST_CASE("argmax over two indices gives one op for both results") {
  ProgramBuilder p;
  Tensor *x = p.tensor("x", Element::Working, {2, 3});
  checked::Entry &f = p.entry({}, {x});
  IndexVar *i = p.index("i", 2), *j = p.index("j", 3);
  const Expr *element = p.read(x, {i, j});
  const Expr *row = p.reduce(checked::Reduction::Argmax, {i, j}, element),
             *column = p.reduce(checked::Reduction::Argmax, {i, j}, element);
  const_cast<Expr *>(column)->component = 1;
  p.result(f, p.define(f.body, "at", Element::I32, {}, p.add(p.mul(row, p.whole(10)), column)));
  Generated ir(p.program);
  checkClose(ir.run({Array::floats({2, 3}, {0, 1, 2, 9, 3, 9})}).reals(), {10});
}
