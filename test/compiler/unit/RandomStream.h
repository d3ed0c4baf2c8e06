// Random programs over a stream: a few statements [b, t], each reading inputs and earlier values at shifted, reduced or
// data positions, under conditions that may or may not keep them at or before t.
#pragma once

#include "Program.h"

#include "compiler/interpret/Array.h"

#include <random>

namespace heed::test {

class RandomStream {
public:
  explicit RandomStream(unsigned seed) : random(seed) {
    const SizeExpr B = SizeExpr::symbol("B"), T = SizeExpr::symbol("T");
    x = p.tensor("x", Element::Working, {B, T});
    n = p.tensor("n", Element::I32, {B, T});
    c = p.tensor("c", Element::Working, {B, 4});
    entry = &p.entry({"B", "T"}, {x, n, c});
    entry->stream = "T";
    known = {x};
    for (unsigned statement = 0, count = 1 + pick(3); statement != count; ++statement)
      known.push_back(define("v" + std::to_string(statement)));
    ProgramBuilder::result(*entry, known.back());
  }

  bool alongStream(size_t input) const { return input < 2; }
  std::vector<Array> arrays(unsigned seed, int64_t length) const {
    std::mt19937 numbers(seed);
    std::vector<Array> all = {Array(true, {2, length}), Array(false, {2, length}), Array(true, {2, 4})};
    // A position's numbers do not depend on the length.
    for (int64_t b = 0; b != 2; ++b)
      for (int64_t t = 0; t != 16; ++t) {
        double real = double(numbers() % 1000) / 500 - 1;
        int64_t whole = int64_t(numbers() % 5);
        if (t < length) {
          all[0].cells[size_t(b * length + t)] = Cell(real);
          all[1].cells[size_t(b * length + t)] = Cell(whole);
        }
        if (t < 4)
          all[2].cells[size_t(b * 4 + t)] = Cell(real);
      }
    return all;
  }

  ProgramBuilder p;

private:
  unsigned pick(unsigned choices) { return random() % choices; }
  const SizeExpr &T() const { return x->axes[1]; }
  const Expr *notBefore(const Expr *position) { return p.atMost(p.whole(0), position); }
  const Expr *inside(const Expr *position) {
    return p.both(notBefore(position), p.apply(ScalarOp::Less, {position, p.size(T())}));
  }
  /// Mostly conditions that keep u at or before t.
  const Expr *condition(const IndexVar *t, const IndexVar *u) {
    switch (pick(9)) {
    case 0:
    case 1:
      return p.atMost(p.at(u), p.at(t));
    case 2:
      return p.apply(ScalarOp::Less, {p.at(u), p.at(t)});
    case 3:
      return p.both(p.atMost(p.at(u), p.at(t)), p.atMost(p.sub(p.at(t), p.at(u)), p.whole(2)));
    case 4:
      return p.apply(ScalarOp::Or, {p.both(p.atMost(p.at(u), p.at(t)), p.atMost(p.at(t), p.add(p.at(u), p.whole(1)))),
                                    p.atMost(p.at(u), p.whole(pick(2)))});
    case 5:
      return p.atMost(p.at(u), p.add(p.at(t), p.whole(pick(3) == 0)));
    case 6:
      return p.apply(ScalarOp::Equal, {p.at(u), p.apply(ScalarOp::FloorDivide, {p.at(t), p.whole(2)})});
    case 7:
      return p.both(p.atMost(p.at(u), p.at(t)), p.atMost(p.read(n, {b, u}), p.whole(2)));
    default:
      return p.both(p.apply(ScalarOp::Equal, {p.read(n, {b, u}), p.at(t)}), p.atMost(p.at(u), p.at(t)));
    }
  }
  const Tensor *any() { return known[pick(unsigned(known.size()))]; }

  const Expr *element(const IndexVar *t) {
    const Tensor *v = any();
    switch (pick(9)) {
    case 0: { // shifted
      int64_t by = int64_t(pick(4)) - 2;
      const Expr *at = p.add(p.at(t), p.whole(by)), *guard = by > 0 ? inside(at) : notBefore(at);
      return p.select(guard, p.read(v, {p.at(b), at}, {guard}), p.number(0));
    }
    case 1: { // gathered, guarded
      const Expr *at = p.read(n, {b, t});
      const Expr *guard = pick(3) ? p.both(notBefore(at), p.atMost(at, p.at(t))) : inside(at);
      return p.select(guard, p.read(v, {p.at(b), at}, {guard}, {false, true}), p.number(0));
    }
    case 2: { // a table of numbers that do not change
      const IndexVar *k = p.index("k", 4);
      return p.reduce(Reduction::Sum, {k}, p.mul(p.read(c, {b, k}), p.read(v, {b, t})));
    }
    case 3: { // attention
      const IndexVar *j = p.index("j", T());
      return p.attend({j}, p.mul(p.read(v, {b, t}), p.read(any(), {b, j})), p.read(any(), {b, j}), condition(t, j));
    }
    case 4: { // convolution
      const IndexVar *k = p.index("k", 3);
      const Expr *at = pick(4) ? p.sub(p.at(t), p.at(k)) : p.add(p.at(t), p.at(k));
      return p.reduce(Reduction::Sum, {k}, p.mul(p.read(c, {b, k}), p.read(v, {p.at(b), at})), inside(at));
    }
    case 5: // the position
      return p.mul(p.read(v, {b, t}), p.cast(Element::Working, p.at(t)));
    default: {
      const IndexVar *u = p.index("u", T());
      const Reduction kinds[] = {Reduction::Sum, Reduction::Max, Reduction::Logsumexp};
      const Expr *where = pick(12) ? condition(t, u) : nullptr;
      return p.reduce(kinds[pick(3)], {u}, p.mul(p.read(v, {b, u}), p.read(any(), {b, pick(2) ? u : t})), where);
    }
    }
  }

  const Tensor *define(const std::string &name) {
    b = p.index("b", x->axes[0]);
    IndexVar *t = p.index("t", T());
    const Expr *sum = p.add(element(t), p.read(any(), {b, t}));
    return p.define(entry->body, name, Element::Working, {b, t}, sum);
  }

  std::mt19937 random;
  Tensor *x, *n, *c;
  const IndexVar *b = nullptr;
  checked::Entry *entry;
  std::vector<const Tensor *> known;
};

} // namespace heed::test
