#include "lang/check/Alignment.h"

namespace heed {

using checked::Body;
using checked::Op;
using checked::Tensor;

bool Alignment::sameParameters(const checked::Parameter &a, const checked::Parameter &b) {
  Alignment alignment;
  alignment.strict = true, alignment.sitesMatter = false;
  auto shape = [](const checked::Parameter &p) {
    return std::vector(p.tensor->axes.begin() + 1, p.tensor->axes.end());
  };
  return a.tensor->element == b.tensor->element && shape(a) == shape(b) && alignment.pair(a.indices, b.indices) &&
         alignment.same(a.initial, b.initial);
}

std::optional<Differences> Alignment::ofTurns(const Turn &a, const Turn &b) {
  Alignment alignment;
  for (const Turn::Slice &slice : a.slices)
    alignment.slices[0][slice.tensor] = &slice;
  for (const Turn::Slice &slice : b.slices)
    alignment.slices[1][slice.tensor] = &slice;
  return alignment.same(*a.body, *b.body) ? std::optional(std::move(alignment.found)) : std::nullopt;
}

// ---- ops ------------------------------------------------------------------------------------------------------------

bool Alignment::same(const Body &a, const Body &b) {
  if (a.arguments.size() != b.arguments.size() || a.ops.size() != b.ops.size())
    return false;
  for (size_t i = 0; i < a.arguments.size(); ++i)
    if (!pair(a.arguments[i], b.arguments[i]))
      return false;
  for (size_t i = 0; i < a.ops.size(); ++i)
    if (!same(*a.ops[i], *b.ops[i]))
      return false;
  return all(a.results, b.results);
}

bool Alignment::same(const Op &a, const Op &b) {
  auto same = [&](const auto &x, const auto &y) { return this->same(x, y); };
  if (a.kind != b.kind || a.results.size() != b.results.size() || !pair(a.indices, b.indices))
    return false;
  if (!same(a.element, b.element) || !same(a.source, b.source) || !same(a.condition, b.condition))
    return false;
  if (a.atLeastZero != b.atLeastZero || a.message != b.message || a.schedule != b.schedule)
    return false;
  if (a.numbers.size() != b.numbers.size() || (strict && a.numbers != b.numbers) || !all(a.carries, b.carries))
    return false;
  if (a.kind == Op::Kind::Table)
    found.tables[&a] = &b.numbers;
  if (!a.turn != !b.turn || a.reverse != b.reverse || (a.turn && !pair(std::vector{a.turn}, std::vector{b.turn})))
    return false;
  if (!same(a.picks, b.picks) || !same(a.old, b.old) || a.row != b.row || a.routed.size() != b.routed.size())
    return false;
  for (size_t i = 0; i < a.routed.size(); ++i)
    if (!same(a.routed[i].source, b.routed[i].source) || !all(a.routed[i].at, b.routed[i].at))
      return false;
  if (a.layers.size() != b.layers.size() || !std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), same))
    return false;
  for (size_t i = 0; i < a.results.size(); ++i)
    if (!pair(a.results[i], b.results[i]))
      return false;
  return true;
}

bool Alignment::same(const Op::Layer &a, const Op::Layer &b) {
  if (a.stacks.size() != b.stacks.size())
    return false;
  for (size_t i = 0; i < a.stacks.size(); ++i) {
    const Op::Stack &x = a.stacks[i], &y = b.stacks[i];
    if (!same(x.source, y.source) || x.rows != y.rows || !pair(x.layer, y.layer))
      return false;
  }
  return same(*a.body, *b.body);
}

// ---- tensors and indices --------------------------------------------------------------------------------------------

bool Alignment::pair(const Tensor *a, const Tensor *b) {
  return a->element == b->element && a->wide == b->wide && a->axes == b->axes &&
         tensors.emplace(a, b).first->second == b;
}

bool Alignment::pair(const std::vector<const IndexVar *> &a, const std::vector<const IndexVar *> &b) {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!(a[i]->bound == b[i]->bound))
      return false;
    indices[a[i]] = b[i];
  }
  return true;
}

bool Alignment::same(const Tensor *a, const Tensor *b) {
  if (!a || !b)
    return a == b;
  if (auto paired = tensors.find(a); paired != tensors.end())
    return paired->second == b;
  auto x = slices[0].find(a), y = slices[1].find(b);
  if (x == slices[0].end() || y == slices[1].end()) // from outside the loop
    return x == slices[0].end() && y == slices[1].end() && a == b;
  if (x->second->source != y->second->source || !pair(a, b))
    return false;
  found.rows[a] = y->second->row;
  return true;
}

bool Alignment::same(const IndexVar *a, const IndexVar *b) {
  auto paired = indices.find(a);
  return paired == indices.end() ? a == b : paired->second == b;
}

// ---- scalars --------------------------------------------------------------------------------------------------------

bool Alignment::strictly(const Expr *a, const Expr *b) {
  bool outer = std::exchange(strict, true);
  bool result = same(a, b);
  strict = outer;
  return result;
}

bool Alignment::same(const Expr *a, const Expr *b) {
  if (!a || !b)
    return a == b;
  if (known.count({a, b, strict}))
    return true;
  if (a->kind != b->kind || a->type != b->type || !sameNode(*a, *b))
    return false;
  known.insert({a, b, strict});
  return true;
}

bool Alignment::sameNode(const Expr &a, const Expr &b) {
  switch (a.kind) {
  case Expr::Kind::Number:
    return sameNumber(a, b);
  case Expr::Kind::Index:
    return same(a.index, b.index);
  case Expr::Kind::Size:
    return a.size == b.size;
  case Expr::Kind::Read:
    return sameRead(a, b);
  case Expr::Kind::Draw:
    return a.draw == b.draw && (a.site == b.site || !sitesMatter);
  case Expr::Kind::Apply:
    return a.op == b.op && all(a.operands, b.operands);
  case Expr::Kind::Select:
  case Expr::Kind::Cast:
  case Expr::Kind::Stop:
    return all(a.operands, b.operands);
  case Expr::Kind::Reduce:
    return a.reduction == b.reduction && a.component == b.component && pair(a.indices, b.indices) &&
           strictly(a.where, b.where) && same(a.body, b.body);
  case Expr::Kind::Attend:
    return pair(a.indices, b.indices) && strictly(a.where, b.where) && same(a.body, b.body) && same(a.value, b.value) &&
           same(a.weights, b.weights);
  }
  return false;
}

/// A node that stands in several places has one number in all of them.
bool Alignment::sameNumber(const Expr &a, const Expr &b) {
  if ((strict || a.type == Element::Bool) && a.number != b.number)
    return false;
  auto [known, fresh] = found.numbers.emplace(&a, b.number);
  if (fresh)
    found.order.push_back(&a);
  return known->second == b.number;
}

/// A whole number as a position may differ: data gives it then, or along the first axis the layer of a stack. Within
/// sums positions are affine forms, which are part of the code.
bool Alignment::sameRead(const Expr &a, const Expr &b) {
  bool outside = a.tensor == b.tensor && !tensors.count(a.tensor);
  if (!same(a.tensor, b.tensor) || a.checked != b.checked || a.operands.size() != b.operands.size() ||
      a.guards.size() != b.guards.size())
    return false;
  for (size_t i = 0; i < a.guards.size(); ++i)
    if (!strictly(a.guards[i], b.guards[i]))
      return false;
  for (size_t i = 0; i < a.operands.size(); ++i) {
    const Expr *x = a.operands[i], *y = b.operands[i];
    bool whole = x->kind == Expr::Kind::Number && y->kind == Expr::Kind::Number && !strict && a.guards.empty();
    if (whole && i == 0 && outside && a.tensor->axes.front().constant()) {
      auto [known, fresh] = found.picks.emplace(&a, y->number);
      if (fresh)
        found.order.push_back(&a);
      if (known->second != y->number)
        return false;
    } else if (!(whole ? same(x, y) : strictly(x, y))) {
      return false;
    }
  }
  return true;
}

/// What a row program does to a row is found out when compiling.
bool Alignment::same(const checked::RowProgram *a, const checked::RowProgram *b) {
  if (!a || !b)
    return a == b;
  bool outer = std::exchange(strict, true);
  bool result = pair(a->row, b->row) && same(*a->body, *b->body) && same(a->weights, b->weights);
  strict = outer;
  return result;
}

} // namespace heed
