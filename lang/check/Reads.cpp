// The walk over a body's ops and their expressions. An expression that is shared is entered once.
#include "lang/check/Reads.h"

namespace heed::checked {

namespace {
class Walk {
public:
  explicit Walk(ParameterSet &into) : parameters(into) {}
  void body(const Body &all) {
    for (const auto &op : all.ops) {
      expr(op->element);
      for (const Tensor *each : {op->source, op->condition, op->picks})
        tensor(each);
      for (const Tensor *each : op->carries)
        tensor(each);
      for (const Op::Routed &row : op->routed)
        tensor(row.source);
      for (const Op::Layer &layer : op->layers) {
        for (const Op::Stack &stack : layer.stacks)
          tensor(stack.source);
        body(*layer.body);
      }
    }
    for (const Tensor *each : all.results)
      tensor(each);
  }

private:
  void tensor(const Tensor *t) {
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
  ParameterSet &parameters;
  std::unordered_set<const Expr *> seen;
};
} // namespace

void addParametersRead(const Body &body, ParameterSet &into) { Walk(into).body(body); }

} // namespace heed::checked
