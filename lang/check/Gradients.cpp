// An objective that draws without effect: what a draw picks depends on a parameter, and no gradient reaches it, for a
// choice has none. The parameter would stay what it is at first, without a word.
#include "lang/check/Elaborator.h"

#include <unordered_set>

namespace heed {

namespace {
using checked::Op;
using checked::Tensor;

/// Follows a result back through definitions: along gradients, and otherwise. What loops, branches and routes read
/// counts as reached by both, so that nothing is reported that may be right.
class Backwards {
public:
  explicit Backwards(const Tensor *result) {
    reach(result, Path{true, nullptr});
    while (!left.empty()) {
      auto [tensor, path] = left.back();
      left.pop_back();
      if (tensor->definition)
        operation(*tensor->definition, path);
    }
  }

  std::unordered_set<const checked::Parameter *> learned;
  std::map<const checked::Parameter *, const Expr *> picking; // and the choice that they decide

private:
  struct Path {
    bool gradient;
    const Expr *choice; // the draw's, through which it leads
  };

  void reach(const Tensor *tensor, Path path) {
    if (!tensor)
      return;
    path.gradient = path.gradient && checked::isFloat(tensor->element);
    if (!seen[path.gradient ? 0 : path.choice ? 1 : 2].insert(tensor).second)
      return;
    if (tensor->parameter && path.gradient)
      learned.insert(tensor->parameter);
    else if (tensor->parameter && path.choice)
      picking.emplace(tensor->parameter, path.choice);
    left.push_back({tensor, path});
  }

  void operation(const Op &op, Path path) {
    if (op.kind == Op::Kind::Define)
      return expr(op.element, path);
    for (const Tensor *each : {op.source, op.condition, op.picks})
      reach(each, path);
    for (const Tensor *each : op.carries)
      reach(each, path);
    for (const Op::Routed &row : op.routed)
      reach(row.source, path);
    for (const Op::Layer &layer : op.layers) {
      for (const Op::Stack &stack : layer.stacks)
        reach(stack.source, path);
      body(*layer.body, path);
    }
  }

  void body(const checked::Body &all, Path path) {
    for (const auto &op : all.ops)
      op->element ? expr(op->element, path) : operation(*op, path);
  }

  void expr(const Expr *e, Path path) {
    if (!e)
      return;
    Path without{false, path.choice};
    bool real = checked::isFloat(e->type);
    for (size_t i = 0; i < e->operands.size(); ++i) {
      bool position = e->kind == Expr::Kind::Read || (e->kind == Expr::Kind::Select && i == 0);
      expr(e->operands[i], position || !real ? without : path);
    }
    if (e->kind == Expr::Kind::Read)
      reach(e->tensor, path);
    for (const Expr *guard : e->guards)
      expr(guard, without);
    expr(e->where, without);
    bool picks = e->kind == Expr::Kind::Reduce && e->reduction == checked::Reduction::Argmax;
    if (picks && draws(e->body))
      without.choice = e;
    expr(e->body, picks || !real ? without : path);
    expr(e->value, path);
    if (e->weights)
      body(*e->weights->body, path);
  }

  static bool draws(const Expr *e) {
    if (!e)
      return false;
    return e->kind == Expr::Kind::Draw || draws(e->body) || draws(e->value) ||
           std::any_of(e->operands.begin(), e->operands.end(), draws);
  }

  std::unordered_set<const Tensor *> seen[3]; // along gradients, behind a choice, otherwise
  std::vector<std::pair<const Tensor *, Path>> left;
};
} // namespace

void Elaborator::checkDraws(const checked::Entry &objective) {
  Backwards from(objective.results[0].tensor);
  for (const auto &parameter : program->parameters) {
    auto choice = from.picking.find(parameter.get());
    if (choice == from.picking.end() || from.learned.count(parameter.get()))
      continue;
    fault(Kind::DrawWithoutEffect, choice->second->range,
          "this draw picks by `{}`, and no gradient of `{}` goes through what is picked", parameter->path,
          objective.name)
        .note(parameter->range, "the parameter, which would never change")
        .helped("add the logarithm of the probability of what was drawn, times what it gained, to the objective "
                "(REINFORCE), or weight by `softmax` instead of picking");
    return; // one draw, one mistake
  }
}

} // namespace heed
