// The turns of a loop, each elaborated into a body of its own: what they carry, and what the loop gives.
#include "lang/check/Rolling.h"

namespace heed {

std::optional<Value> Elaborator::Rolling::run(bool always) {
  Outcome outcome;
  do
    outcome = attempt();
  while (outcome == Outcome::Again);
  if (outcome == Outcome::Failed)
    return Value();
  if (outcome == Outcome::Done)
    sortIntoKinds();
  if (outcome == Outcome::WriteOut || (!always && 2 * kinds.size() > turns.size())) {
    for (Turn &turn : turns)
      in.discarded.push_back(std::move(turn.body));
    return std::nullopt;
  }
  std::vector<checked::Op::Layer> layers;
  for (Kind &kind : kinds)
    layers.push_back(layerOf(kind));
  checked::Op &repeat = in.append(checked::Op::Kind::Repeat, loop.range);
  repeat.schedule = std::move(schedule), repeat.layers = std::move(layers);
  for (Turn &turn : turns)
    if (turn.body)
      in.discarded.push_back(std::move(turn.body));
  return bindResults(repeat);
}

Elaborator::Rolling::Outcome Elaborator::Rolling::attempt() {
  for (Turn &turn : turns)
    in.discarded.push_back(std::move(turn.body));
  turns.clear();
  Outcome outcome = beginCarries();
  auto facts = in.required;
  unsigned draws = in.draws;
  for (size_t number = 0; number < over.size() && outcome == Outcome::Done; ++number) {
    in.required = facts, in.draws = draws; // each turn asks what it needs, and draws at the same places
    outcome = turn(number);
  }
  return outcome;
}

Elaborator::Rolling::Outcome Elaborator::Rolling::beginCarries() {
  carries.clear();
  for (const std::string &name : names) {
    Value value = *in.lookup(name, loop.range, scope);
    if (value.poisoned())
      return Outcome::Failed;
    auto known = becomeData.find(name);
    if (!value.data() && known == becomeData.end()) {
      carries.push_back({name, nullptr, value});
      continue;
    }
    DataPtr data = in.toData(value, loop.range, fmt::format("`{}`", name));
    if (!data)
      return Outcome::Failed;
    if (known != becomeData.end()) {
      auto copy = std::make_shared<Data>(*data);
      copy->literal = false;
      data = in.materialised(copy, name, loop.range, known->second);
    } else {
      data = in.stored(data, name, loop.range);
    }
    if (!data->tensor) // depends on an index of the statement around
      return Outcome::WriteOut;
    carries.push_back({name, data, Value()});
  }
  return Outcome::Done;
}

Elaborator::Rolling::Outcome Elaborator::Rolling::turn(size_t number) {
  Turn &turn = turns.emplace_back();
  turn.body = std::make_unique<checked::Body>();
  checked::Body *outerBody = std::exchange(in.body, turn.body.get());
  Turn *outerTurn = std::exchange(in.turn, &turn);
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  inner->names[loop.first.text] = loop.second ? Value(Number(static_cast<int64_t>(number))) : over[number];
  if (loop.second)
    inner->names[loop.second->text] = over[number];
  for (Carry &carry : carries) {
    inner->names[carry.name] = carry.now;
    if (!carry.before)
      continue;
    checked::Tensor *argument =
        in.newTensor(carry.name, carry.before->tensor->element, carry.before->tensor->axes, loop.range);
    turn.body->arguments.push_back(argument);
    inner->names[carry.name] = Value(in.wholeTensor(argument));
  }
  Outcome outcome = in.evalBody(*loop.body, inner).poisoned() ? Outcome::Failed : Outcome::Done;
  for (Carry &carry : carries)
    if (outcome == Outcome::Done)
      outcome = endTurn(carry, inner);
  in.body = outerBody, in.turn = outerTurn;
  return outcome;
}

/// What the next turn gets under a carried name.
Elaborator::Rolling::Outcome Elaborator::Rolling::endTurn(Carry &carry, const ScopePtr &inner) {
  const Value &value = inner->names[carry.name];
  if (value.poisoned())
    return Outcome::Failed;
  if (!carry.before && !value.data()) {
    bool known = value.as<Number>() || value.as<bool>() || value.as<std::string>() || value.as<SizeExpr>() ||
                 value.as<BlockRef>();
    carry.now = value;
    return known ? Outcome::Done : Outcome::WriteOut; // a list or function may hold what a turn has made
  }
  DataPtr data = in.toData(value, loop.range, fmt::format("`{}`", carry.name));
  data = data ? in.stored(data, carry.name, loop.range) : nullptr;
  if (!data)
    return Outcome::Failed;
  if (!data->tensor)
    return Outcome::WriteOut;
  bool isNumber = !carry.before || (carry.before->literal && data->tensor->element != carry.before->tensor->element);
  if (isNumber && becomeData.emplace(carry.name, data->tensor->element).second)
    return Outcome::Again;
  if (!sameAfterwards(carry, data))
    return Outcome::Failed;
  in.body->results.push_back(data->tensor);
  return Outcome::Done;
}

bool Elaborator::Rolling::sameAfterwards(const Carry &carry, const DataPtr &after) {
  if (in.sameType(*after, *carry.before))
    return true;
  Range bound = loop.range; // where the turn binds it last
  for (const ast::StatementPtr &statement : loop.body->statements)
    for (const ast::Target &target : statement->targets)
      if (target.name.text == carry.name)
        bound = statement->range;
  in.fault(heed::Kind::CarryChanges, bound, "`{}` is {} before the loop and {} after a turn of it", carry.name,
           describe(Value(carry.before)), describe(Value(after)));
  return false;
}

Value Elaborator::Rolling::bindResults(checked::Op &repeat) {
  for (const Carry &carry : carries) {
    if (!carry.before) {
      in.rebind(carry.name, carry.now, scope);
      continue;
    }
    repeat.carries.push_back(carry.before->tensor);
    checked::Tensor *after =
        in.newTensor(carry.name, carry.before->tensor->element, carry.before->tensor->axes, loop.range);
    after->definition = &repeat;
    repeat.results.push_back(after);
    in.rebind(carry.name, Value(in.wholeTensor(after)), scope);
  }
  return in.loopValue(loop, names, scope);
}

const checked::Tensor *Elaborator::sliceOf(Turn &turn, const checked::Tensor *source, int64_t row,
                                           std::optional<int64_t> count) {
  std::vector<SizeExpr> axes = source->axes;
  if (count)
    axes.front() = SizeExpr(*count);
  else
    axes.erase(axes.begin());
  for (const Turn::Slice &slice : turn.slices)
    if (slice.source == source && slice.row == row && slice.tensor->axes == axes)
      return slice.tensor;
  checked::Tensor *tensor = newTensor(source->name, source->element, axes, source->range);
  turn.slices.push_back({source, row, tensor});
  return tensor;
}

} // namespace heed
