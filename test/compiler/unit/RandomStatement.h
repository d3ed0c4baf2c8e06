// Random index statements. Positions, guards and conditions are often not affine, reductions nest, and some reads are
// inside only under a `where` around them. In: a seed. Out: an element over indices, and the inputs that it reads.
#pragma once

#include "Program.h"

#include <random>

namespace heed::test {

class RandomStatement {
public:
  explicit RandomStatement(unsigned seed) : random(seed) {
    const SizeExpr B = SizeExpr::symbol("B"), T = SizeExpr::symbol("T");
    x = p.tensor("x", Element::Working, {B, T});
    y = p.tensor("y", Element::Working, {T + 1});
    w = p.tensor("w", Element::Working, {4});
    n = p.tensor("n", Element::I32, {T});
    m = p.tensor("m", Element::Bool, {B, T});
    inputs = {x, y, w, n, m};
    scope = {p.index("b", B), p.index("t", T)};
    if (pick(3) == 0)
      scope.push_back(p.index("k", 3));
    results = scope;
    element = real(4);
  }

  ProgramBuilder p;
  Tensor *x, *y, *w, *n, *m;
  std::vector<Tensor *> inputs;
  std::vector<const IndexVar *> results;
  const Expr *element;

private:
  unsigned pick(unsigned choices) { return random() % choices; }
  const IndexVar *anyIndex() { return scope[pick(scope.size())]; }
  const IndexVar *newIndex() {
    const SizeExpr bounds[] = {x->axes[1], 3, 2, x->axes[0]};
    return p.index("v" + std::to_string(random() % 3), bounds[pick(4)]);
  }
  static bool fits(const Expr *position, const SizeExpr &axis) {
    return position->kind == Expr::Kind::Index && position->index->bound == axis;
  }
  const Expr *inside(const Expr *position, const SizeExpr &axis) {
    return p.both(p.atMost(p.whole(0), position), p.apply(ScalarOp::Less, {position, p.size(axis)}));
  }

  /// A read at random positions, guarded where they might be outside.
  const Expr *read(const Tensor *t, unsigned depth) {
    Exprs positions, guards;
    for (const SizeExpr &axis : t->axes) {
      const Expr *position = pick(2) ? p.at(anyIndex()) : whole(depth);
      if (!proved.empty() && pick(3) == 0 && proved.back().second == axis)
        position = proved.back().first;
      else if (!fits(position, axis))
        guards.push_back(inside(position, axis));
      positions.push_back(position);
    }
    return p.read(t, positions, guards);
  }

  const Expr *whole(unsigned depth) {
    if (depth == 0)
      return pick(2) ? p.at(anyIndex()) : p.whole(int64_t(pick(4)) - 1);
    switch (pick(9)) {
    case 0:
      return p.add(whole(depth - 1), whole(depth - 1));
    case 1:
      return p.sub(whole(depth - 1), whole(depth - 1));
    case 2:
      return p.mul(whole(depth - 1), pick(2) ? p.whole(2) : whole(0));
    case 3:
      return p.apply(pick(2) ? ScalarOp::Min : ScalarOp::Max, {whole(depth - 1), whole(depth - 1)});
    case 4:
      return p.apply(ScalarOp::Abs, {whole(depth - 1)});
    case 5:
      return p.apply(pick(2) ? ScalarOp::FloorDivide : ScalarOp::Remainder, {whole(depth - 1), p.whole(2 + pick(2))});
    case 6:
      return read(n, 0);
    case 7:
      return p.size(x->axes[1] - pick(2));
    default:
      return p.at(anyIndex());
    }
  }

  const Expr *condition(unsigned depth) {
    static constexpr ScalarOp comparisons[] = {ScalarOp::Equal, ScalarOp::NotEqual, ScalarOp::Less,
                                               ScalarOp::LessEqual};
    switch (depth == 0 ? pick(2) : pick(7)) {
    case 0:
    case 1:
      return p.apply(comparisons[pick(4)], {whole(depth ? depth - 1 : 0), whole(depth ? depth - 1 : 0)});
    case 2:
      return p.apply(ScalarOp::Less, {real(0), real(0)});
    case 3:
      return p.apply(ScalarOp::Not, {condition(depth - 1)});
    case 4:
      return p.apply(ScalarOp::Or, {condition(depth - 1), condition(depth - 1)});
    case 5:
      return read(m, 0);
    default:
      return p.both(condition(depth - 1), condition(depth - 1));
    }
  }

  /// Within it, and in what it nests, `proved` is inside an axis by the reduction's `where`.
  const Expr *reduction(unsigned depth) {
    const IndexVar *v = newIndex();
    scope.push_back(v);
    const Expr *where = pick(2) ? condition(1) : nullptr;
    bool prove = pick(2);
    if (prove) {
      const Expr *position = whole(1);
      const SizeExpr &axis = pick(2) ? x->axes[1] : y->axes[0];
      where = where && pick(2) ? p.both(where, inside(position, axis)) : inside(position, axis);
      if (pick(2))
        where = p.both(where, p.apply(ScalarOp::Less, {p.number(-0.5), read(w, 0)}));
      proved.push_back({position, axis});
    }
    static constexpr checked::Reduction kinds[] = {checked::Reduction::Sum, checked::Reduction::Sum,
                                                   checked::Reduction::Sum, checked::Reduction::Prod};
    const Expr *body = real(depth - 1);
    if (prove)
      proved.pop_back();
    scope.pop_back();
    return p.reduce(kinds[pick(4)], {v}, body, where);
  }

  const Expr *attend(unsigned depth) {
    const IndexVar *key = p.index("j", x->axes[1]);
    scope.push_back(key);
    const Expr *where = pick(4) ? condition(2) : nullptr;
    const Expr *score = real(depth - 1), *value = real(depth - 1);
    scope.pop_back();
    return p.attend({key}, p.apply(ScalarOp::Tanh, {score}), value, where);
  }

  const Expr *real(unsigned depth) {
    const Tensor *floats[] = {x, y, w};
    if (depth == 0)
      return pick(4) ? read(floats[pick(3)], 0) : p.number(double(pick(5)) / 4 - 0.5);
    switch (pick(9)) {
    case 0:
    case 1:
      return p.mul(real(depth - 1), real(depth - 1));
    case 2:
      return p.add(real(depth - 1), real(depth - 1));
    case 3:
      return p.apply(pick(2) ? ScalarOp::Tanh : ScalarOp::Sigmoid, {real(depth - 1)});
    case 4:
      return p.select(condition(1), real(depth - 1), real(depth - 1));
    case 5:
    case 6:
      return reduction(depth);
    case 7:
      return attend(depth);
    default:
      return read(floats[pick(3)], 1);
    }
  }

  std::mt19937 random;
  std::vector<const IndexVar *> scope;
  std::vector<std::pair<const Expr *, SizeExpr>> proved;
};

} // namespace heed::test
