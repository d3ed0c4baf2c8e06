// `attend[j where …](score, value, by)`: what is scored, what is summed, and the program that turns a row of scores
// into weights.
#include "lang/check/Elaborator.h"

namespace heed {

/// Runs the normaliser on a row of scores. Its reductions run over the visible keys, whoever they are.
/// `around`: the indices that say which row it is.
const checked::RowProgram *Elaborator::rowProgram(const Value &by, const SizeExpr &keys,
                                                  const std::vector<const IndexVar *> &around, Range range) {
  checked::RowProgram &program_ = program->rowPrograms.emplace_back();
  program_.body = std::make_unique<checked::Body>();
  program_.row = newTensor("scores", Element::Working, {keys}, range);
  program_.body->arguments = {program_.row};
  checked::Body *outer = std::exchange(body, program_.body.get());
  unsigned depth = std::exchange(indexDepth, 0);
  bool kept = std::exchange(make.keepsIdentities, false);
  auto outerSpreads = std::exchange(spreads, {});
  auto outerConditions = std::exchange(conditions, {});
  auto outerForce = inForce;
  auto outerAround = std::exchange(aroundRow, &outerForce);
  auto outerKeys = std::exchange(rowKeys, keys);
  inForce = around;
  auto row = std::make_shared<Data>(*wholeTensor(program_.row));
  row->axisNames = {"j"};
  Value weights = call(by, range, {{"", Value(DataPtr(row)), range}}, range);
  DataPtr data = toData(weights, range, "what the normaliser gives");
  if (data && (data->axes.size() != 1 || !sizesAgree(data->axes[0], keys))) {
    fault(Kind::AxisMismatch, range, "a normaliser gives a weight for each score, and this one gives {}",
          describe(weights));
    data = nullptr;
  }
  if (data)
    data = materialised(data, "weights", range);
  inForce = outerForce, aroundRow = outerAround, rowKeys = outerKeys;
  conditions = std::move(outerConditions);
  spreads = std::move(outerSpreads);
  indexDepth = depth, make.keepsIdentities = kept;
  body = outer;
  if (!data)
    return nullptr;
  program_.weights = const_cast<checked::Tensor *>(data->tensor);
  if (!program_.weights) {
    notYet(range, "a normaliser whose weights depend on indices in a way that cannot be stored");
    return nullptr;
  }
  return &program_;
}

Value Elaborator::evalAttend(const ast::Attend &e, const ScopePtr &scope) {
  std::map<std::string, const ast::Expr *> parts;
  static const char *const names[] = {"score", "value", "by"};
  for (size_t i = 0; i < e.arguments.size(); ++i) {
    const ast::Argument &argument = e.arguments[i];
    std::string name = argument.name ? argument.name->text : i < 3 ? names[i] : "";
    if (name.empty() || (name != "score" && name != "value" && name != "by")) {
      fault(Kind::UnknownArgument, argument.range,
            "`attend` takes a score, a value, and how scores become weights (`by`)");
      return {};
    }
    parts[name] = argument.value.get();
  }
  if (!parts.count("score") || !parts.count("value")) {
    fault(Kind::MissingArgument, e.range, "`attend` takes a score and a value");
    return {};
  }
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  std::vector<Bound> bounds;
  if (!bindBinders(e.binders, {e.where.get(), parts["score"], parts["value"]}, inner, scope, bounds))
    return {};
  std::vector<const IndexVar *> keys;
  collect(bounds, keys);
  ++indexDepth;
  auto around = inForce;
  InForce in(*this, keys);
  const Expr *where = nullptr;
  bool fine = !e.where || evalWhere(*e.where, inner, where);
  if (where && !mayHold(where)) {
    fault(Kind::NoKey, e.where->range, "no row sees a key: this holds for no {}",
          keys.size() == 1 ? fmt::format("`{}`", keys[0]->name) : "key")
        .helped("where only some rows see none, their value is 0; here it always would be");
    fine = false;
  }
  Value scoreValue, valueValue;
  if (fine) {
    Assumed assumed(*this, where, true);
    scoreValue = eval(*parts["score"], inner);
    valueValue = eval(*parts["value"], inner);
  }
  --indexDepth;
  DataPtr score = fine ? toData(scoreValue, parts["score"]->range, "the score") : nullptr;
  DataPtr value = fine ? toData(valueValue, parts["value"]->range, "the value") : nullptr;
  if (!score || !value)
    return {};
  for (auto [data, which] : {std::pair(score, "score"), std::pair(value, "value")})
    if (!data->axes.empty() || data->element == Element::Bool) {
      fault(Kind::RankMismatch, parts[which]->range, "the {} of `attend` is a number for each pair, and this is {}",
            which, describe(Value(data)));
      return {};
    }
  Value by;
  if (parts.count("by")) {
    by = eval(*parts["by"], scope);
  } else if (const Package::Symbol *softmax = package.findStd("softmax")) {
    by = declared(*softmax->file, *softmax->declaration, e.range);
  } else {
    fault(Kind::MissingArgument, e.range,
          "without `by` the weights are `std.softmax`, and the standard library has none");
  }
  if (by.poisoned())
    return {};
  SizeExpr count = 1;
  for (const IndexVar *key : keys)
    count = count * key->bound;
  Expr *attend = make.make(Expr::Kind::Attend, Element::F32, e.range);
  attend->indices = keys, attend->where = where;
  const Expr *s = scalarOf(*score), *v = scalarOf(*value);
  attend->body = checked::isFloat(s->type) ? s : make.cast(s, Element::F32, s->range);
  attend->value = checked::isFloat(v->type) ? v : make.cast(v, Element::F32, v->range);
  attend->type = attend->value->type;
  // A weight is drawn for each score, so the indices that no score depends on have no part in its draw.
  std::erase_if(around, [&](const IndexVar *v) {
    return !make.free(attend->body).count(v) && !(where && make.free(where).count(v));
  });
  attend->weights = rowProgram(by, count, around, parts.count("by") ? parts["by"]->range : e.range);
  return attend->weights ? Value(scalar(attend)) : Value();
}

} // namespace heed
