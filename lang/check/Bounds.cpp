// What is known about indices: their ranges, the conditions in force, and the proof that a position lies inside its
// axis.
#include "lang/check/Elaborator.h"

namespace heed {

Elaborator::Question Elaborator::question() const {
  Question q;
  for (const Linear &fact : required)
    q.facts.assume(fact);
  return q;
}

unsigned Elaborator::variableOf(const IndexVar *v, Question &in) {
  auto [at, fresh] = in.variables.try_emplace(v, in.next);
  if (fresh) {
    ++in.next;
    in.facts.assume(Linear::variable(at->second));
    in.facts.assume(Linear(v->bound - SizeExpr(1)) - Linear::variable(at->second));
  }
  return at->second;
}

/// The node as an affine form of indices and sizes; quotients by constants become variables of their own. None where
/// data decides.
std::optional<Linear> Elaborator::linear(const Expr *e, Question &in) {
  switch (e->kind) {
  case Expr::Kind::Number:
    return e->type == Element::I64 ? std::optional(Linear(SizeExpr(static_cast<int64_t>(e->number)))) : std::nullopt;
  case Expr::Kind::Size:
    return Linear(e->size);
  case Expr::Kind::Index:
    return Linear::variable(variableOf(e->index, in));
  case Expr::Kind::Cast:
    return e->type == Element::I64 && e->operands[0]->type == Element::I64 ? linear(e->operands[0], in) : std::nullopt;
  case Expr::Kind::Apply:
    break;
  default:
    return std::nullopt;
  }
  if (e->type != Element::I64)
    return std::nullopt;
  auto a = linear(e->operands[0], in);
  if (e->op == ScalarOp::Negate)
    return a ? std::optional(a->scaled(-1)) : a;
  auto b = e->operands.size() == 2 ? linear(e->operands[1], in) : std::nullopt;
  if (!a || !b)
    return std::nullopt;
  auto constantOf = [](const Linear &l) { return l.variables.empty() ? l.constant.constant() : std::nullopt; };
  switch (e->op) {
  case ScalarOp::Add:
    return *a + *b;
  case ScalarOp::Subtract:
    return *a - *b;
  case ScalarOp::Multiply:
    if (auto c = constantOf(*b))
      return a->scaled(*c);
    if (auto c = constantOf(*a))
      return b->scaled(*c);
    return std::nullopt;
  case ScalarOp::FloorDivide:
  case ScalarOp::Remainder: {
    auto c = constantOf(*b);
    if (!c || *c <= 0)
      return std::nullopt;
    unsigned q = in.next++;
    in.facts.assumeFloor(q, *a, *c);
    Linear quotient = Linear::variable(q);
    return e->op == ScalarOp::FloorDivide ? quotient : *a - quotient.scaled(*c);
  }
  default:
    return std::nullopt;
  }
}

void Elaborator::assume(const Expr *condition, Question &in) {
  if (condition->kind != Expr::Kind::Apply)
    return;
  if (condition->op == ScalarOp::And) {
    assume(condition->operands[0], in), assume(condition->operands[1], in);
    return;
  }
  if (condition->op == ScalarOp::Not) { // of a comparison, or of `or`
    const Expr *inner = condition->operands[0];
    if (inner->kind != Expr::Kind::Apply || inner->operands.size() != 2)
      return;
    if (inner->op == ScalarOp::Or) {
      for (const Expr *side : inner->operands)
        assume(make.apply(ScalarOp::Not, side, side->range), in);
      return;
    }
    auto a = linear(inner->operands[0], in), b = linear(inner->operands[1], in);
    if (!a || !b)
      return;
    if (inner->op == ScalarOp::Less)
      in.facts.assume(*a - *b);
    else if (inner->op == ScalarOp::LessEqual)
      in.facts.assume(*a - *b - Linear(1));
    else if (inner->op == ScalarOp::NotEqual)
      in.facts.assumeEqual(*a, *b);
    else if (inner->op == ScalarOp::Equal) { // useful at the end of a range: x != 0 and x >= 0
      if (in.facts.proves(*a - *b))
        in.facts.assume(*a - *b - Linear(1));
      else if (in.facts.proves(*b - *a))
        in.facts.assume(*b - *a - Linear(1));
    }
    return;
  }
  if (condition->operands.size() != 2)
    return;
  // abs(x) < w says -w < x < w
  const Expr *left = condition->operands[0];
  if (left->kind == Expr::Kind::Apply && left->op == ScalarOp::Abs &&
      (condition->op == ScalarOp::Less || condition->op == ScalarOp::LessEqual)) {
    auto x = linear(left->operands[0], in), w = linear(condition->operands[1], in);
    if (x && w) {
      Linear slack(condition->op == ScalarOp::Less ? 1 : 0);
      in.facts.assume(*w - *x - slack), in.facts.assume(*w + *x - slack);
    }
    return;
  }
  auto a = linear(left, in), b = linear(condition->operands[1], in);
  if (!a || !b)
    return;
  if (condition->op == ScalarOp::Less)
    in.facts.assume(*b - *a - Linear(1));
  else if (condition->op == ScalarOp::LessEqual)
    in.facts.assume(*b - *a);
  else if (condition->op == ScalarOp::Equal)
    in.facts.assumeEqual(*a, *b);
  else if (condition->op == ScalarOp::NotEqual)
    assume(make.apply(ScalarOp::Not, make.apply(ScalarOp::Equal, left, condition->operands[1], condition->range),
                      condition->range),
           in);
}

Elaborator::Assumed::Assumed(Elaborator &in, const Expr *condition, bool innermostWhere)
    : in(in), before(in.conditions) {
  if (!condition || Scalars::isTrue(condition))
    return;
  if (innermostWhere) // conditions of outer reductions do not guard what is reduced inside of them
    for (Condition &outer : in.conditions)
      outer.innermostWhere = false;
  in.conditions.push_back({condition, innermostWhere});
}
Elaborator::Assumed::~Assumed() { in.conditions = std::move(before); }

/// Whether some values of the indices, and some sizes, may satisfy the condition, as far as can be shown.
bool Elaborator::mayHold(const Expr *condition) {
  Question in = question();
  for (const Condition &around : conditions)
    assume(around.expr, in);
  if (in.facts.contradictory()) // nothing here is ever run
    return true;
  assume(condition, in);
  return !in.facts.contradictory();
}

std::vector<const Expr *> Elaborator::guards() const {
  std::vector<const Expr *> result;
  for (const Condition &condition : conditions)
    if (!condition.innermostWhere)
      result.push_back(condition.expr);
  return result;
}

/// What the reduction directly around tests, so that reads under it do not.
std::vector<const Expr *> Elaborator::wheres() const {
  std::vector<const Expr *> result;
  for (const Condition &condition : conditions)
    if (condition.innermostWhere)
      result.push_back(condition.expr);
  return result;
}

/// sign * position >= least, by cases where the position is a minimum, a maximum or a choice.
bool Elaborator::atLeast(const Expr *e, const Linear &least, Question &in, int sign) {
  if (e->kind == Expr::Kind::Apply && (e->op == ScalarOp::Min || e->op == ScalarOp::Max)) {
    bool all = (e->op == ScalarOp::Min) == (sign > 0);
    bool a = atLeast(e->operands[0], least, in, sign);
    return all ? a && atLeast(e->operands[1], least, in, sign) : a || atLeast(e->operands[1], least, in, sign);
  }
  if (e->kind == Expr::Kind::Select) {
    for (int branch : {0, 1}) {
      const Expr *condition = e->operands[0];
      size_t mark = in.facts.mark();
      assume(branch == 0 ? condition : make.apply(ScalarOp::Not, condition, condition->range), in);
      bool holds = atLeast(e->operands[1 + branch], least, in, sign);
      in.facts.release(mark);
      if (!holds)
        return false;
    }
    return true;
  }
  auto form = linear(e, in);
  return form && in.facts.proves(form->scaled(sign) - least);
}

Elaborator::Proof Elaborator::inside(const Expr *position, const SizeExpr &axis) {
  auto holds = [&](Question &in) {
    return atLeast(position, Linear(0), in, 1) && atLeast(position, Linear(SizeExpr(1) - axis), in, -1);
  };
  Question plain = question();
  if (holds(plain))
    return Proof::Always;
  if (conditions.empty())
    return Proof::No;
  Question guarded = question();
  for (const Condition &condition : conditions)
    assume(condition.expr, guarded);
  return holds(guarded) || guarded.facts.contradictory() ? Proof::UnderConditions : Proof::No;
}

/// What would have to hold of a position that is written as `text` for the proof to succeed.
std::string Elaborator::missingGuard(const Expr *position, const SizeExpr &axis, std::string_view text) {
  Question in = question();
  for (const Condition &condition : conditions)
    assume(condition.expr, in);
  std::string low = fmt::format("{} >= 0", text), high = fmt::format("{} < {}", text, axis.str());
  if (atLeast(position, Linear(0), in, 1))
    return high;
  return atLeast(position, Linear(SizeExpr(1) - axis), in, -1) ? low : low + " and " + high;
}

bool Elaborator::sizesAgree(const SizeExpr &a, const SizeExpr &b) {
  if (a == b)
    return true;
  if ((a.isConstant() && b.isConstant()) || required.empty())
    return false;
  Question q = question();
  return q.facts.proves(Linear(a - b)) && q.facts.proves(Linear(b - a));
}

} // namespace heed
