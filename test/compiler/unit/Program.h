// Builds checked programs by hand, as the checker would. Everything is owned by `program`.
#pragma once

#include "lang/check/Checked.h"

#include <initializer_list>

namespace heed::test {

using checked::Element;
using checked::Expr;
using checked::IndexVar;
using checked::Reduction;
using checked::ScalarOp;
using checked::Tensor;
using Exprs = std::vector<const Expr *>;

struct ProgramBuilder {
  checked::Program program;

  ProgramBuilder() { program.model = "M"; }

  // ---- tensors and indices ----
  Tensor *tensor(const std::string &name, Element element, std::vector<SizeExpr> axes) {
    program.tensors.push_back({name, {}, element, std::move(axes)});
    return &program.tensors.back();
  }
  Tensor *parameter(const std::string &path, std::vector<SizeExpr> axes, bool stacked = false) {
    Tensor *t = tensor(path, Element::Working, axes);
    auto p = std::make_unique<checked::Parameter>();
    p->path = path, p->stacked = stacked, p->tensor = t;
    t->parameter = p.get();
    for (size_t n = stacked; n != axes.size(); ++n)
      p->indices.push_back(index("i" + std::to_string(n), axes[n]));
    p->initial = number(0);
    program.parameters.push_back(std::move(p));
    return t;
  }
  IndexVar *index(const std::string &name, SizeExpr bound) {
    program.indexVars.push_back({name, std::move(bound), {}});
    return &program.indexVars.back();
  }

  // ---- scalars ----
  Expr *make(Expr::Kind kind, Element type) {
    program.exprs.emplace_back();
    Expr *e = &program.exprs.back();
    e->kind = kind, e->type = type;
    return e;
  }
  const Expr *number(double value, Element type = Element::Working) {
    Expr *e = make(Expr::Kind::Number, type);
    e->number = value;
    return e;
  }
  const Expr *whole(int64_t value) { return number(double(value), Element::I64); }
  const Expr *at(const IndexVar *v) {
    Expr *e = make(Expr::Kind::Index, Element::I64);
    e->index = v;
    return e;
  }
  const Expr *size(SizeExpr s) {
    Expr *e = make(Expr::Kind::Size, Element::I64);
    e->size = std::move(s);
    return e;
  }
  Expr *read(const Tensor *t, Exprs positions, Exprs guards = {}, std::vector<bool> checked = {}) {
    Element type = checked::isFloat(t->element)  ? t->element
                   : t->element == Element::Bool ? Element::Bool
                                                 : Element::I64;
    Expr *e = make(Expr::Kind::Read, type);
    e->tensor = t, e->operands = std::move(positions), e->guards = std::move(guards);
    e->checked = checked.empty() ? std::vector<bool>(e->operands.size(), false) : std::move(checked);
    return e;
  }
  Expr *read(const Tensor *t, std::initializer_list<const IndexVar *> indices) {
    Exprs positions;
    for (const IndexVar *v : indices)
      positions.push_back(at(v));
    return read(t, positions);
  }
  const Expr *apply(ScalarOp op, Exprs operands) {
    bool comparison = op >= ScalarOp::Equal;
    Expr *e = make(Expr::Kind::Apply, comparison ? Element::Bool : operands[0]->type);
    e->op = op, e->operands = std::move(operands);
    return e;
  }
  const Expr *select(const Expr *c, const Expr *a, const Expr *b) {
    Expr *e = make(Expr::Kind::Select, a->type);
    e->operands = {c, a, b};
    return e;
  }
  const Expr *cast(Element type, const Expr *a) {
    Expr *e = make(Expr::Kind::Cast, type);
    e->operands = {a};
    return e;
  }
  const Expr *reduce(Reduction reduction, std::vector<const IndexVar *> indices, const Expr *body,
                     const Expr *where = nullptr) {
    Element type = reduction == Reduction::Argmax ? Element::I64 : body->type;
    Expr *e = make(Expr::Kind::Reduce, type);
    e->reduction = reduction, e->indices = std::move(indices), e->body = body, e->where = where;
    return e;
  }
  const Expr *mul(const Expr *a, const Expr *b) { return apply(ScalarOp::Multiply, {a, b}); }
  const Expr *add(const Expr *a, const Expr *b) { return apply(ScalarOp::Add, {a, b}); }
  const Expr *sub(const Expr *a, const Expr *b) { return apply(ScalarOp::Subtract, {a, b}); }
  const Expr *both(const Expr *a, const Expr *b) { return apply(ScalarOp::And, {a, b}); }
  const Expr *atMost(const Expr *a, const Expr *b) { return apply(ScalarOp::LessEqual, {a, b}); }

  const Expr *draw(checked::DrawKind kind, uint32_t site, const std::vector<const IndexVar *> &inForce) {
    Expr *e = make(Expr::Kind::Draw, Element::Working);
    e->draw = kind, e->site = site, e->indices = inForce;
    for (const IndexVar *v : inForce)
      e->operands.push_back(at(v));
    return e;
  }
  /// Softmax weights by default.
  const Expr *attend(std::vector<const IndexVar *> keys, const Expr *score, const Expr *value, const Expr *where) {
    Expr *e = make(Expr::Kind::Attend, Element::Working);
    e->indices = keys, e->body = score, e->value = value, e->where = where;
    SizeExpr count = 1;
    for (const IndexVar *key : keys)
      count = count * key->bound;
    program.rowPrograms.emplace_back();
    checked::RowProgram &row = program.rowPrograms.back();
    row.row = tensor("s", Element::Working, {count});
    row.body = std::make_unique<checked::Body>();
    IndexVar *j = index("j", count), *k = index("k", count);
    const Expr *lse = reduce(Reduction::Logsumexp, {k}, read(row.row, {k}));
    row.weights = define(*row.body, "w", Element::Working, {j}, apply(ScalarOp::Exp, {sub(read(row.row, {j}), lse)}));
    e->weights = &row;
    return e;
  }

  // ---- ops ----
  checked::Op *op(checked::Body &body, checked::Op::Kind kind) {
    body.ops.push_back(std::make_unique<checked::Op>());
    body.ops.back()->kind = kind;
    return body.ops.back().get();
  }
  Tensor *define(checked::Body &body, const std::string &name, Element element, std::vector<const IndexVar *> indices,
                 const Expr *value) {
    std::vector<SizeExpr> axes;
    for (const IndexVar *v : indices)
      axes.push_back(v->bound);
    Tensor *t = tensor(name, element, axes);
    checked::Op *o = op(body, checked::Op::Kind::Define);
    o->results = {t}, o->indices = std::move(indices), o->element = value;
    t->definition = o;
    return t;
  }

  /// An entry `f`; results are added with `result`.
  checked::Entry &entry(std::vector<std::string> sizes, std::vector<Tensor *> inputs) {
    program.entries.push_back(std::make_unique<checked::Entry>());
    checked::Entry &e = *program.entries.back();
    e.name = "f", e.sizes = std::move(sizes);
    for (Tensor *input : inputs)
      e.inputs.push_back(input);
    return e;
  }
  static void result(checked::Entry &e, const Tensor *t) {
    e.results.push_back({t->name, t});
    e.body.results.push_back(t);
  }
};

} // namespace heed::test
