// The turns of a loop, each elaborated into a body of its own: what they carry, and what the loop gives.
#include "lang/check/Rolling.h"

namespace heed {

std::optional<Value> Elaborator::Rolling::run(bool always) {
  Outcome outcome;
  const std::vector<NextValue> nexts = in.nexts;
  do {
    in.nexts = nexts;
    outcome = attempt();
  } while (outcome == Outcome::Again);
  if (outcome == Outcome::Failed)
    return Value();
  if (outcome == Outcome::Done)
    sortIntoKinds();
  if (outcome == Outcome::WriteOut || (!always && 2 * kinds.size() > over.size())) {
    for (Turn &turn : turns)
      in.discarded.push_back(std::move(turn.body));
    in.nexts = nexts;
    return std::nullopt;
  }
  for (size_t i = nexts.size(); i < in.nexts.size(); ++i)
    in.nexts[i].row.reset(); // turns that are like earlier ones give theirs too
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
  turns.clear(), steps.clear(), turnOfBlock.clear();
  Outcome outcome = beginCarries();
  auto facts = in.required;
  auto draws = in.draws;
  for (size_t number = 0; number < over.size() && outcome == Outcome::Done; ++number) {
    if (isLikeEarlier(number))
      continue;
    in.required = facts, in.draws = draws; // each turn asks what it needs, and draws at the same places
    outcome = turn(number);
  }
  return outcome;
}

/// Layers that were made from the same values do the same; which rows are theirs, their parameters say.
bool Elaborator::Rolling::isLikeEarlier(size_t number) {
  auto block = over[number].as<BlockRef>();
  bool known = std::all_of(carries.begin(), carries.end(), [](const Carry &carry) { return carry.before; });
  if (!block || loop.second || !known) { // numbers may differ
    steps.push_back({turns.size(), {}});
    return false;
  }
  std::shared_ptr<const Instance> first = block->instance;
  while (first->alike)
    first = first->alike;
  auto [earlier, fresh] = turnOfBlock.try_emplace(first.get(), steps.size());
  if (!fresh) {
    const Step &before = steps[earlier->second];
    Rows paired, rows;
    bool fine = pairRows(over[earlier->second], over[number], paired);
    for (const Turn::Slice &slice : turns[before.turn].slices) {
      bool several = slice.tensor->axes.size() == slice.source->axes.size();
      int64_t count = several ? *slice.tensor->axes.front().constant() : 1;
      auto rowOf = [&](int64_t row) {
        auto other = paired.find({slice.source, row});
        return other == paired.end() ? row : other->second; // else of a block that both share
      };
      int64_t row = rows[{slice.source, slice.row}] = rowOf(slice.row);
      for (int64_t i = 1; i < count; ++i)
        fine = fine && rowOf(slice.row + i) == row + i;
    }
    if (fine) {
      steps.push_back({before.turn, std::move(rows)});
      return true;
    }
  }
  steps.push_back({turns.size(), {}});
  return false;
}

/// The rows of one block's parameters, and of those within, with the other's.
bool Elaborator::Rolling::pairRows(const Value &a, const Value &b, Rows &rows) {
  auto x = a.as<std::shared_ptr<const List>>(), y = b.as<std::shared_ptr<const List>>();
  if (x && y) {
    bool fine = (*x)->items.size() == (*y)->items.size();
    for (size_t i = 0; fine && i < (*x)->items.size(); ++i)
      fine = pairRows((*x)->items[i], (*y)->items[i], rows);
    return fine;
  }
  auto left = a.as<BlockRef>(), right = b.as<BlockRef>();
  if (!left || !right || left->instance == right->instance)
    return true;
  const Instance &one = *left->instance, &other = *right->instance;
  if (!one.states.empty()) // each has its own, which turns that are elaborated tell apart
    return false;
  for (const auto &[name, slot] : one.parameters) {
    auto same = other.parameters.find(name);
    if (same == other.parameters.end() || same->second.parameter != slot.parameter)
      return false;
    rows[{slot.parameter->tensor, slot.row}] = same->second.row;
  }
  for (const auto &[name, value] : one.fields)
    if (auto same = other.fields.find(name); same == other.fields.end() || !pairRows(value, same->second, rows))
      return false;
  return true;
}

Elaborator::Rolling::Outcome Elaborator::Rolling::beginCarries() {
  carries.clear();
  for (const std::string &name : names) {
    Value value = *in.lookup(name, loop.range, scope);
    if (value.poisoned())
      return Outcome::Failed;
    auto known = becomeData.find(name);
    if (!value.data() && known == becomeData.end()) {
      carries.push_back({name, nullptr, value, true});
      continue;
    }
    DataPtr data = in.toData(value, loop.range, fmt::format("`{}`", name));
    if (!data)
      return Outcome::Failed;
    bool literal = data->literal;
    if (known != becomeData.end()) {
      auto copy = std::make_shared<Data>(*data);
      copy->literal = false;
      data = in.materialised(copy, name, loop.range, known->second);
    } else {
      data = in.stored(data, name, loop.range);
    }
    if (!data->tensor) // depends on an index of the statement around
      return Outcome::WriteOut;
    carries.push_back({name, data, Value(), literal});
  }
  return Outcome::Done;
}

Elaborator::Rolling::Outcome Elaborator::Rolling::turn(size_t number) {
  Turn &turn = turns.emplace_back();
  turn.body = std::make_unique<checked::Body>();
  checked::Body *outerBody = std::exchange(in.body, turn.body.get());
  Turn *outerTurn = std::exchange(in.turn, &turn);
  bool kept = std::exchange(in.make.keepsIdentities, over.size() > 1);
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
  in.body = outerBody, in.turn = outerTurn, in.make.keepsIdentities = kept;
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
  bool isNumber = carry.literal && !(carry.before && carry.before->tensor->element == data->tensor->element);
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
