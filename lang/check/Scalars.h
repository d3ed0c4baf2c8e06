// Makes nodes of scalar expressions: folds constants, joins types, substitutes indices, asks what a node depends on.
// Every node of a checked program is made here, so what comes out is already in its simplest honest form.
#pragma once

#include "lang/check/Checked.h"
#include "lang/check/Number.h"

#include <functional>
#include <set>
#include <unordered_map>

namespace heed {

using checked::Element;
using checked::Expr;
using checked::IndexVar;
using checked::ScalarOp;

/// The type that both operands of an operator take; integers join floats.
Element joined(Element a, Element b);

class Scalars {
public:
  explicit Scalars(checked::Program &program) : program(program) {}

  const IndexVar *index(std::string name, SizeExpr bound, Range);

  const Expr *number(const Number &, Range);
  const Expr *real(double, Element, Range);
  const Expr *boolean(bool, Range);
  const Expr *size(const SizeExpr &, Range);
  const Expr *at(const IndexVar *, Range = {});
  const Expr *read(const checked::Tensor *, std::vector<const Expr *> positions, Range,
                   std::vector<bool> checkedAxes = {}, std::vector<const Expr *> guards = {});
  /// Operands are brought to one type; constants fold.
  const Expr *apply(ScalarOp, const Expr *a, const Expr *b, Range);
  const Expr *apply(ScalarOp, const Expr *a, Range);
  const Expr *select(const Expr *condition, const Expr *then, const Expr *otherwise, Range);
  const Expr *cast(const Expr *, Element, Range);
  /// Any other node, filled in by the caller.
  Expr *make(Expr::Kind, Element, Range);

  /// More nodes than a program may have. What goes on making them gets this one instead.
  bool exhausted() const { return program.exprs.size() > kMostNodes; }
  const Expr *nothing() { return empty ? empty : empty = real(0, Element::Working, {}); }

  /// The node with indices replaced.
  using Positions = std::unordered_map<const IndexVar *, const Expr *>;
  const Expr *substitute(const Expr *, const Positions &);
  /// Indices that the node depends on and does not bind itself.
  const std::set<const IndexVar *> &free(const Expr *);
  /// Reads no tensor and draws nothing: known at compile time once the indices are.
  bool dataFree(const Expr *);
  /// The value of a data-free node at given indices; none where a size is not constant.
  std::optional<double> evaluate(const Expr *, const std::unordered_map<const IndexVar *, int64_t> &at);
  /// A constant's value, if the node is one.
  static std::optional<Number> constant(const Expr *);
  static bool isTrue(const Expr *e) {
    return e->kind == Expr::Kind::Number && e->type == Element::Bool && e->number != 0;
  }
  static bool isFalse(const Expr *e) {
    return e->kind == Expr::Kind::Number && e->type == Element::Bool && e->number == 0;
  }

  /// Factors of one and summands of zero are kept: where another turn of a loop has another number.
  bool keepsIdentities = false;

private:
  const Expr *foldNumbers(ScalarOp, const Expr *, const Expr *, Range);
  const Expr *foldWhole(ScalarOp, const Expr *, const Expr *, Range);
  const Expr *wholeOf(const Expr *);
  /// 0 <= e < limit, seen from the node alone.
  bool within(const Expr *e, int64_t limit);
  const Expr *rebuild(const Expr *, const Positions &, std::unordered_map<const Expr *, const Expr *> &done);
  const checked::RowProgram *rebuild(const checked::RowProgram &,
                                     const std::function<const Expr *(const Expr *)> &again);

  static constexpr size_t kMostNodes = 1'000'000;

  checked::Program &program;
  const Expr *empty = nullptr;
  std::unordered_map<const Expr *, std::set<const IndexVar *>> freeOf;
  std::unordered_map<const Expr *, bool> dataFreeOf;
};

} // namespace heed
