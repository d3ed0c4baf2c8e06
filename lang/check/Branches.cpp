// `if`: known when compiling it selects what is compiled; a scalar that run time knows branches, where a branch
// computes something; else it selects elementwise.
#include "lang/check/Elaborator.h"

namespace heed {

Value Elaborator::evalIf(const ast::If &e, const ScopePtr &scope) {
  Value condition = eval(*e.condition, scope);
  if (condition.poisoned())
    return {};
  if (auto truth = condition.as<bool>()) // what is not chosen is not compiled
    return eval(truth[0] ? *e.then : *e.otherwise, scope);
  DataPtr c = toData(condition, e.condition->range, "the condition");
  if (!c)
    return {};
  if (c->element != Element::Bool) {
    fault(Kind::ConditionNotBoolean, e.condition->range, "the condition is {}, not a boolean", describe(condition));
    return {};
  }
  const Expr *scalar = scalarOf(*c);
  bool mayBranch = scalar && body && indexDepth == 0 && !aroundRow && make.free(scalar).empty();
  Branch branches[2];
  for (int i : {0, 1}) {
    const ast::Expr &chosen = i == 0 ? *e.then : *e.otherwise;
    branches[i].range = chosen.range;
    const Expr *known = scalar && i == 1 ? make.apply(ScalarOp::Not, scalar, scalar->range) : scalar;
    Assumed assumed(*this, known);
    auto facts = required; // what a branch requires holds within it
    if (mayBranch)
      branches[i].body = std::make_unique<checked::Body>();
    checked::Body *outer = mayBranch ? std::exchange(body, branches[i].body.get()) : body;
    branches[i].value = eval(chosen, scope);
    body = outer;
    if (mayBranch)
      required = std::move(facts);
  }
  if (branches[0].value.poisoned() || branches[1].value.poisoned())
    return {};
  bool computes = mayBranch && !(branches[0].body->ops.empty() && branches[1].body->ops.empty());
  Value result = computes ? branch(scalar, branches, e.range) : select(c, branches, e.range);
  for (Branch &each : branches)
    if (each.body)
      discarded.push_back(std::move(each.body));
  return result;
}

/// What the two branches give, in pairs. None after an error.
std::optional<Elaborator::Results> Elaborator::pairedResults(const Branch (&branches)[2], Range range) {
  using TuplePtr = std::shared_ptr<const TupleValue>;
  auto a = branches[0].value.as<TuplePtr>(), b = branches[1].value.as<TuplePtr>();
  size_t counts[2] = {a ? (*a)->items.size() : 1, b ? (*b)->items.size() : 1};
  if (counts[0] != counts[1]) {
    fault(Kind::ResultCount, range, "one branch gives {} value{}, the other {}", counts[0], counts[0] == 1 ? "" : "s",
          counts[1]);
    return std::nullopt;
  }
  Results results;
  results.tuple = a || b;
  for (size_t k = 0; k < counts[0]; ++k) {
    results.names.push_back(a ? (*a)->names[k] : "");
    for (int i : {0, 1}) {
      auto tuple = i == 0 ? a : b;
      DataPtr data = toData(tuple ? (*tuple)->items[k] : branches[i].value, branches[i].range, "this branch");
      if (!data)
        return std::nullopt;
      results.data[i].push_back(data);
    }
  }
  return results;
}

Value Elaborator::together(const Results &results, std::vector<Value> values) {
  if (!results.tuple)
    return values.front();
  auto tuple = std::make_shared<TupleValue>();
  tuple->names = results.names, tuple->items = std::move(values);
  return std::shared_ptr<const TupleValue>(tuple);
}

/// Element by element; of both branches everything is there already.
Value Elaborator::select(const DataPtr &condition, const Branch (&branches)[2], Range range) {
  auto results = pairedResults(branches, range);
  if (!results)
    return {};
  std::vector<Value> values;
  for (size_t k = 0; k < results->data[0].size(); ++k) {
    values.push_back(selectValue(condition, results->data[0][k], results->data[1][k], range));
    if (values.back().poisoned())
      return {};
  }
  return together(*results, std::move(values));
}

/// Stored in the branch, as the type that both branches share.
const checked::Tensor *Elaborator::givenBy(Branch &branch, const DataPtr &data, const std::vector<SizeExpr> &axes,
                                           Element element) {
  size_t skip = axes.size() - data->axes.size();
  if (data->tensor && data->element == element && !skip)
    return data->tensor;
  auto whole = std::make_shared<Data>(*data);
  whole->literal = false, whole->view = false, whole->tensor = nullptr, whole->axes = axes;
  if (skip) {
    whole->axisNames.clear();
    whole->at = [data, skip](std::span<const Expr *const> positions) { return data->at(positions.subspan(skip)); };
  }
  checked::Body *outer = std::exchange(body, branch.body.get());
  DataPtr result = materialised(whole, "value", branch.range, element);
  body = outer;
  return result->tensor;
}

/// One of two bodies is run.
Value Elaborator::branch(const Expr *condition, Branch (&branches)[2], Range range) {
  auto results = pairedResults(branches, range);
  if (!results)
    return {};
  std::vector<const checked::Tensor *> given[2];
  for (size_t k = 0; k < results->data[0].size(); ++k) {
    DataPtr a = results->data[0][k], b = results->data[1][k];
    Value both = selectValue(scalar(condition), a, b, range); // of which type they are together
    if (both.poisoned())
      return {};
    const Data &type = **both.as<DataPtr>();
    bool stored64 = (a->tensor && a->element == Element::I64) || (b->tensor && b->element == Element::I64);
    Element element = a->element == b->element ? a->element : type.element;
    if (element == Element::I64 && !stored64) // computed integers are stored as i32
      element = Element::I32;
    for (int i : {0, 1})
      given[i].push_back(givenBy(branches[i], results->data[i][k], type.axes, element));
  }
  std::optional<SizeExpr> size = atLeastZero(condition);
  const checked::Tensor *truth = nullptr;
  if (!size)
    truth = stored(scalar(condition), "condition", condition->range)->tensor;
  checked::Op &op = append(checked::Op::Kind::Branch, range);
  op.atLeastZero = size, op.condition = truth;
  std::vector<Value> values;
  for (size_t k = 0; k < given[0].size(); ++k) {
    checked::Tensor *result = newTensor(given[0][k]->name, given[0][k]->element, given[0][k]->axes, range);
    result->definition = &op;
    op.results.push_back(result);
    values.push_back(Value(wholeTensor(result)));
  }
  for (int i : {0, 1}) {
    branches[i].body->results = given[i];
    op.layers.push_back({{}, std::move(branches[i].body)});
  }
  return together(*results, std::move(values));
}

/// A comparison of sizes as one size that is at least 0 where it holds.
std::optional<SizeExpr> Elaborator::atLeastZero(const Expr *condition) {
  if (condition->kind != Expr::Kind::Apply || condition->operands.size() != 2)
    return std::nullopt;
  auto a = sizeOf(condition->operands[0]), b = sizeOf(condition->operands[1]);
  if (!a || !b)
    return std::nullopt;
  if (condition->op == ScalarOp::Less)
    return *b - *a - SizeExpr(1);
  if (condition->op == ScalarOp::LessEqual)
    return *b - *a;
  return std::nullopt;
}

} // namespace heed
