// Parameters that no entry reads: they would be stored, loaded and trained for nothing.
#include "lang/check/Elaborator.h"

#include <unordered_set>

namespace heed {

namespace {
class Read {
public:
  void body(const checked::Body &all) {
    for (const auto &op : all.ops) {
      expr(op->element);
      for (const checked::Tensor *each : {op->source, op->condition, op->picks})
        tensor(each);
      for (const checked::Tensor *each : op->carries)
        tensor(each);
      for (const checked::Op::Routed &row : op->routed)
        tensor(row.source);
      for (const checked::Op::Layer &layer : op->layers) {
        for (const checked::Op::Stack &stack : layer.stacks)
          tensor(stack.source);
        body(*layer.body);
      }
    }
    for (const checked::Tensor *each : all.results)
      tensor(each);
  }
  std::unordered_set<const checked::Parameter *> parameters;

private:
  void tensor(const checked::Tensor *t) {
    if (t && t->parameter)
      parameters.insert(t->parameter);
  }
  void expr(const Expr *e) {
    if (!e || !seen.insert(e).second)
      return;
    tensor(e->tensor);
    for (const Expr *operand : e->operands)
      expr(operand);
    for (const Expr *guard : e->guards)
      expr(guard);
    for (const Expr *part : {e->where, e->body, e->value})
      expr(part);
    if (e->weights)
      body(*e->weights->body);
  }
  std::unordered_set<const Expr *> seen;
};
} // namespace

/// A checkpoint may hold what its definition must, but never reads.
void Elaborator::reportUnusedParameters() {
  if (!options.architecture.empty())
    return;
  Read read;
  for (const auto &entry : program->entries)
    read.body(entry->body);
  for (const auto &[parameter, range] : removable)
    if (!read.parameters.count(parameter))
      diagnostics.error(Kind::UnusedParameter, range, "no entry reads the parameter `{}`", parameter->path)
          .helped("take it away, or say when it is there: `… if condition`");
}

} // namespace heed
