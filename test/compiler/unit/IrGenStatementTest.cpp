// irgen: index statements give IR that verifies, has the expected ops, and means what the statement says.
#include "Generated.h"

using namespace heed;
using namespace heed::test;

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
