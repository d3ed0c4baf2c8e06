// `state`: what lasts from call to call. Its declaration, its old value, which functions read, and `next`, which gives
// the new one.
#include "lang/check/Alignment.h"
#include "lang/check/Elaborator.h"

#include <cctype>

namespace heed {

/// `memory: state [B, M, width] = 0`. Upper-case names that nothing else explains are sizes that run time knows.
void Elaborator::elaborateState(Instance &instance, const ast::Member &member, const ScopePtr &scope) {
  const ast::Target &target = member.targets.front();
  const std::string &name = target.name.text;
  instance.fields[name] = Value(); // until it is known to be well formed
  const ast::Type &type = *resolveAlias(*target.type, *scope);
  if (type.kind != ast::Type::Kind::Tensor && type.kind != ast::Type::Kind::Element) {
    fault(Kind::TypeMismatch, target.type->range, "a state is a tensor or a scalar");
    return;
  }
  auto state = std::make_unique<checked::State>();
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  for (const ast::Axis &axis : type.axes) {
    auto alone = ast::as<ast::NameExpr>(axis.size);
    if (!alone || !std::isupper(static_cast<unsigned char>(alone->name[0])) || inner->names.count(alone->name))
      continue;
    if (!instance.sizes.count(alone->name) && lookup(alone->name, axis.range, inner))
      continue;
    inner->names[alone->name] = Value(SizeExpr::symbol(alone->name));
    state->sizes.push_back(alone->name), instance.sizes.insert(alone->name);
  }
  auto axes = axesOf(type, inner);
  if (!axes)
    return;
  for (size_t i = 0; i < axes->size(); ++i)
    state->indices.push_back(make.index(std::string(1, static_cast<char>('i' + i)), (*axes)[i], target.range));
  Element element = elementOf(type);
  state->path = join(instance.place.path, name), state->range = member.range, state->stacked = instance.place.listed;
  state->initial = initialElement(*member.value, state->path, inner, {}, element);
  if (!state->initial)
    return;
  if (state->stacked) // no row yet
    axes->insert(axes->begin(), SizeExpr(0));
  state->tensor = newTensor(name, element, *axes, member.range);
  auto &stacks = statesAt[state->path];
  for (checked::State *stack : stacks)
    if (state->stacked && stack->sizes == state->sizes && Alignment::sameParameters(*stack, *state))
      return addStateRow(instance, *stack, member, name, scope);
  if (!stacks.empty())
    state->path = join(instance.place.exact, name);
  stacks.push_back(state.get());
  addStateRow(instance, *state, member, name, scope);
  program->states.push_back(std::move(state));
}

/// The state of this block: one row more of a stack, or the whole. One of constant size is saved with the weights.
void Elaborator::addStateRow(Instance &instance, checked::State &state, const ast::Member &member,
                             const std::string &name, const ScopePtr &scope) {
  int64_t row = 0;
  if (state.stacked) {
    row = *state.tensor->axes.front().constant();
    state.tensor->axes.front() = SizeExpr(row + 1);
  }
  if (state.sizes.empty())
    fillParts(state, row, instance, member, name, scope);
  instance.fields.erase(name);
  instance.states[name] = {&state, row};
}

/// The initial value of each element; null after an error. What is given for whole numbers or booleans has to be such.
const Expr *Elaborator::initialElement(const ast::Expr &e, const std::string &path, const ScopePtr &scope,
                                       const std::vector<const IndexVar *> &indices, Element element) {
  std::string outerPlace = std::exchange(drawPlace, path);
  InForce in(*this, indices);
  bool outerInitialising = std::exchange(initialising, true);
  ++indexDepth;
  Value initial = eval(e, scope);
  --indexDepth;
  initialising = outerInitialising, drawPlace = std::move(outerPlace);
  DataPtr value = toData(initial, e.range, "the initial value");
  if (!value)
    return nullptr;
  if (!value->axes.empty()) {
    fault(Kind::RankMismatch, e.range, "an initial value is given for each element, and this is {}", describe(initial));
    return nullptr;
  }
  bool truth = element == Element::Bool, whole = checked::isInteger(element);
  if (truth != (value->element == Element::Bool) || (whole && checked::isFloat(value->element))) {
    fault(Kind::ElementType, e.range, "this holds {}, and its initial value is {}",
          truth   ? "booleans"
          : whole ? "whole numbers"
                  : "floats",
          describe(initial))
        .helped(whole && value->element != Element::Bool ? "`floor`, `ceil` or `round` makes it whole" : "");
    return nullptr;
  }
  return scalarOf(*value);
}

/// What an input gave to a size that the types of a block's states name.
std::optional<Value> Elaborator::stateSize(const Instance &instance, std::string_view name) const {
  auto known = stateSizes.find(&instance);
  if (known == stateSizes.end())
    return std::nullopt;
  auto size = known->second.find(name);
  return size == known->second.end() ? std::nullopt : std::optional(Value(size->second));
}

/// A parameter's axis gives `B` its value: the states of the block have as many.
void Elaborator::bindStateSize(const std::string &name, const SizeExpr &size, const ScopePtr &scope) {
  for (Scope *s = scope.get(); s; s = s->parent.get())
    if (s->self) {
      if (s->self->instance->sizes.count(name))
        stateSizes[s->self->instance.get()].insert({name, size});
      return;
    }
}

/// The state in this entry, with the sizes that its inputs give it; null with an error where they are not known.
const checked::Tensor *Elaborator::stateTensor(const Instance &instance, const checked::State &state, Range range) {
  const std::string &name = state.tensor->name;
  for (const std::string &size : state.sizes)
    if (!stateSize(instance, size)) {
      fault(Kind::UnboundSize, range, "nothing here says what the `{}` of `{}` is", size, name)
          .note(state.range, "declared here")
          .helped(fmt::format("a parameter of the function says it: `x: [{}, …]`", size));
      return nullptr;
    }
  std::vector<SizeExpr> axes;
  for (const SizeExpr &axis : state.tensor->axes)
    axes.push_back(axis.substitute([&](std::string_view size) {
      auto given = stateSize(instance, size);
      return given ? given->size() : std::nullopt;
    }));
  for (const checked::OldState &old : entry->states) {
    if (old.state != &state)
      continue;
    for (size_t i = 0; i < axes.size(); ++i)
      if (!sizesAgree(axes[i], old.tensor->axes[i])) {
        fault(Kind::AxisMismatch, range, "`{}` is {} here, and {} where another block of the list reads it", name,
              shapeText(axes), shapeText(old.tensor->axes));
        return nullptr;
      }
    return old.tensor;
  }
  checked::Tensor *tensor = newTensor(name, state.tensor->element, axes, state.range);
  tensor->parameter = &state;
  entry->states.push_back({&state, tensor});
  return tensor;
}

/// The old value.
Value Elaborator::stateData(const Instance &instance, const Instance::StateSlot &slot, Range range) {
  if (!body) {
    fault(Kind::NotConstant, range, "`{}` is a state, which functions read, and members are made when compiling",
          slot.state->tensor->name);
    return {};
  }
  const checked::Tensor *tensor = stateTensor(instance, *slot.state, range);
  return tensor ? rowData(tensor, slot.state->stacked, slot.row, range) : Value();
}

// ---- next ----

Value Elaborator::evalNext(const ast::Statement &s, const ScopePtr &scope) {
  std::vector<const ast::Target *> targets;
  for (const ast::Target &target : s.targets)
    targets.push_back(&target);
  const ast::Target &first = *targets[0];
  Value value = first.binders ? evalDefinition(targets, *s.value, scope) : eval(*s.value, scope);
  if (value.poisoned())
    return {};
  if (targets.size() == 1) {
    auto old = s.op == ast::Statement::Op::Set ? std::nullopt : lookup(first.name.text, first.name.range, scope);
    if (old)
      value = binary(operatorOf(s.op), *old, value, s.range, first.range, s.value->range);
    return nextState(first, value, s.range, scope) ? value : Value();
  }
  auto tuple = value.as<std::shared_ptr<const TupleValue>>();
  if (!tuple || (*tuple)->items.size() != targets.size()) {
    fault(Kind::ResultCount, s.value->range, "{} names for {}", targets.size(), describe(value));
    return {};
  }
  bool fine = true;
  for (size_t i = 0; i < targets.size(); ++i)
    fine = nextState(*targets[i], (*tuple)->items[i], s.range, scope) && fine;
  return fine ? value : Value();
}

bool Elaborator::nextState(const ast::Target &target, Value value, Range statement, const ScopePtr &scope) {
  const std::string &name = target.name.text;
  const BlockRef *block = nullptr;
  for (Scope *s = scope.get(); s && !block; s = s->parent.get())
    if (s->self && s->self->instance->states.count(name))
      block = &*s->self;
  if (!block || !body || value.poisoned()) // its declaration was wrong
    return false;
  const Instance::StateSlot &slot = block->instance->states.at(name);
  if (!mayBeNext(slot, target))
    return false;
  const ast::Type *type = nullptr;
  for (const ast::Member &member : block->instance->declaration->members)
    if (member.kind == ast::Member::Kind::State && member.targets[0].name.text == name)
      type = member.targets[0].type.get();
  value = coerce(*type, std::move(value), blockScope(*block), statement, fmt::format("the next `{}`", name));
  DataPtr data = value.poisoned() ? nullptr : toData(value, statement, "the next value");
  data = data ? stored(data, name, statement) : nullptr;
  if (!data)
    return false;
  if (!data->tensor) {
    fault(Kind::NextTwice, target.range, "`{}` is given a next value at each point of an index statement", name)
        .helped(fmt::format("give it as a whole: `next {}[…] = …`", name));
    return false;
  }
  const checked::Tensor *old = stateTensor(*block->instance, *slot.state, target.range);
  if (!old)
    return false;
  if (slot.state->stacked && turn)
    old = sliceOf(*turn, old, slot.row);
  checked::Op &op = append(checked::Op::Kind::Next, statement);
  op.old = old, op.source = data->tensor;
  if (slot.state->stacked && !turn)
    op.row = slot.row;
  return true;
}

/// Once a call: not in the turns of a loop over a size, not for each row of a routed block, and not twice.
bool Elaborator::mayBeNext(const Instance::StateSlot &slot, const ast::Target &target) {
  const std::string &name = target.name.text;
  if (!scanIndices.empty() || routes > 0) {
    auto &report = fault(Kind::NextTwice, target.range, "`{}` is given its next value {}, and a call gives it one",
                         name, routes > 0 ? "for each row that goes through its block" : "in every turn of a loop");
    if (routes == 0)
      report.helped(fmt::format("carry it under another name, and write `next {} = …` after the loop", name));
    return false;
  }
  for (const NextValue &other : nexts)
    if (other.state == slot.state && (!other.row || other.row == slot.row)) {
      auto &report = fault(Kind::NextTwice, target.range, "`{}` is given its next value twice in a call of `{}`", name,
                           entry->name);
      if (!(other.range == target.range))
        report.mark(other.range, "first here");
      return false;
    }
  nexts.push_back({slot.state, slot.row, target.range});
  return true;
}

} // namespace heed
