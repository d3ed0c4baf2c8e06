// Blocks: hyper-parameters make one, the first binding names it, its members are then run in order. Parameters of
// blocks in lists are rows of stacks.
#include "lang/check/Alignment.h"
#include "lang/check/Elaborator.h"

namespace heed {

/// A block with its hyper-parameters; its members wait for the name under which it is bound.
Value Elaborator::makeBlock(const BlockMaker &maker, Arguments arguments, Range call) {
  const ast::Block &declaration = *maker.declaration;
  const auto &list = declaration.lists[maker.given.size()];
  auto scope = std::make_shared<Scope>();
  scope->parent = fileScope(maker.file);
  for (const auto &earlier : maker.given)
    for (const auto &[name, value] : earlier)
      scope->names[name] = *value;
  if (&declaration == readBlock && maker.given.empty()) // what the checkpoint's format sets, unless it is said here
    for (const Argument &read : readHyper)
      if (std::none_of(arguments.begin(), arguments.end(), [&](const Argument &a) { return a.name == read.name; }))
        arguments.push_back(read);
  calls.push_back({call, maker.file->library});
  bool fine = bindParameters(list, std::move(arguments), *scope, scope, call, declaration.name.text);
  calls.pop_back();
  if (!fine)
    return {};
  BlockMaker next = maker;
  next.given.emplace_back();
  for (const ast::Parameter &parameter : list)
    next.given.back().push_back({parameter.name.text, std::make_shared<Value>(scope->names[parameter.name.text])});
  if (next.given.size() < declaration.lists.size())
    return next;
  auto instance = std::make_shared<Instance>();
  instance->declaration = &declaration, instance->file = maker.file;
  for (const auto &given : next.given)
    for (const auto &[name, value] : given) {
      instance->given.push_back({name, *value});
      instance->fields[name] = *value;
    }
  return BlockRef{instance};
}

/// Names the block and runs its members. A block that is bound already keeps its first name.
void Elaborator::bindBlock(const std::shared_ptr<Instance> &instance, Place place, StoredAs stored,
                           std::shared_ptr<const Instance> alike) {
  if (instance->bound)
    return;
  instance->bound = true;
  instance->place = std::move(place), instance->stored = std::move(stored), instance->alike = std::move(alike);
  ScopePtr scope = blockScope({instance});
  // Blocks that came as hyper-parameters and have no name yet take this one's.
  for (size_t i = 0; i < instance->given.size(); ++i) {
    auto &[name, value] = instance->given[i];
    if (takenOver(*instance, name))
      continue;
    if (!instance->replacements.empty())
      instance->fields[name] = value = replacedWithin(value, below(instance->replacements, name));
    ++handedIn;
    bindWithin(value, join(instance->place, name), storedUnder(instance->stored, name),
               instance->alike ? &instance->alike->given[i].second : nullptr);
    --handedIn;
  }
  bool part = instance->declaration->isModel && !instance->place.path.empty();
  handedIn += part;
  for (const ast::Member &member : instance->declaration->members)
    elaborateMember(*instance, member, scope);
  handedIn -= part;
}

void Elaborator::elaborateMember(Instance &instance, const ast::Member &member, const ScopePtr &scope) {
  bases.clear(); // another block of the same kind has the same nodes, and other values
  members.push_back(member.range);
  struct Leave {
    std::vector<Range> &members;
    ~Leave() { members.pop_back(); }
  } leave{members};
  if (member.condition) {
    Value condition = eval(*member.condition, scope);
    auto truth = condition.as<bool>();
    if (!truth && !condition.poisoned())
      fault(Kind::ConditionNotBoolean, member.condition->range,
            "whether a member exists is decided when compiling, and this is {}", describe(condition));
    if (!truth || !*truth) {
      for (const ast::Target &target : member.targets) {
        instance.absent[target.name.text] = true;
        if (condition.poisoned() || !truth)
          instance.fields[target.name.text] = Value();
      }
      return;
    }
  }
  switch (member.kind) {
  case ast::Member::Kind::Function:
    return;
  case ast::Member::Kind::Require:
    return evalRequire(*member.value, member.message, member.range, scope);
  case ast::Member::Kind::State:
    return elaborateState(instance, member, scope);
  case ast::Member::Kind::Parameter:
  case ast::Member::Kind::Table:
    return elaborateParameter(instance, member, scope);
  case ast::Member::Kind::Bind:
    break;
  }
  const ast::Target &target = member.targets.front();
  if (auto comprehension = ast::as<ast::Comprehension>(member.value); comprehension && member.targets.size() == 1) {
    auto list = std::make_shared<List>();
    std::vector<ScopePtr> each;
    if (!comprehend(*comprehension, scope, list->items, each) ||
        std::any_of(list->items.begin(), list->items.end(), [](const Value &item) { return item.poisoned(); })) {
      instance.fields[target.name.text] = Value();
      return;
    }
    Value value = replacedWithin(std::shared_ptr<const List>(list), below(instance.replacements, target.name.text));
    bindMember(instance, member, value, scope, each);
    instance.fields[target.name.text] = std::move(value);
    return;
  }
  if (instance.alike) // a table of a layer that was made from the same numbers
    if (auto known = instance.alike->fields.find(target.name.text);
        known != instance.alike->fields.end() && known->second.data() && known->second.data()->table) {
      instance.fields[target.name.text] = known->second;
      return;
    }
  Value value = target.binders ? evalDefinition({&target}, *member.value, scope) : eval(*member.value, scope);
  if (member.targets.size() > 1) {
    auto tuple = value.as<std::shared_ptr<const TupleValue>>();
    for (size_t i = 0; i < member.targets.size(); ++i)
      instance.fields[member.targets[i].name.text] = tuple && i < (*tuple)->items.size() ? (*tuple)->items[i] : Value();
    return;
  }
  value = replacedWithin(std::move(value), below(instance.replacements, target.name.text));
  if (auto data = value.as<DataPtr>())
    if (DataPtr table = tableOf(**data, target.name.text, member.range))
      value = table;
  bindMember(instance, member, value, scope, {});
  instance.fields[target.name.text] = std::move(value);
}

/// A parameter: its shape is constant, its initial value an expression for every element.
void Elaborator::elaborateParameter(Instance &instance, const ast::Member &member, const ScopePtr &scope) {
  const ast::Target &target = member.targets.front();
  const std::string &name = target.name.text;
  auto inner = std::make_shared<Scope>();
  inner->parent = scope;
  std::vector<SizeExpr> axes;
  std::vector<const IndexVar *> indices;
  Element element = Element::Working;
  if (instance.alike)
    if (auto known = instance.alike->parameters.find(name); known != instance.alike->parameters.end())
      return addRow(instance, *known->second.parameter, member, name, scope);
  instance.fields[name] = Value(); // until it is known to be well formed
  if (member.kind == ast::Member::Kind::Table) {
    std::vector<Bound> bounds;
    if (!bindBinders(*target.binders, {}, inner, scope, bounds))
      return;
    collect(bounds, indices);
    for (const IndexVar *v : indices)
      axes.push_back(v->bound);
  } else {
    const ast::Type &type = *resolveAlias(*target.type, *scope);
    auto known = axesOf(type, scope);
    if (!known)
      return;
    axes = *known, element = elementOf(type);
    for (size_t i = 0; i < axes.size(); ++i)
      indices.push_back(make.index(std::string(1, static_cast<char>('i' + i)), axes[i], target.range));
  }
  if (!shapeFits(axes, name, target.range))
    return;
  auto parameter = std::make_unique<checked::Parameter>();
  parameter->path = join(instance.place.path, name), parameter->range = member.range, parameter->indices = indices;
  parameter->stacked = instance.place.listed;
  if (stacksAt.count(parameter->path)) // of another shape, or of other initial values
    parameter->path = join(instance.place.exact, name);
  parameter->initial = initialElement(*member.value, parameter->path, inner, indices, element);
  if (!parameter->initial)
    return;
  if (parameter->stacked) // no row yet
    axes.insert(axes.begin(), SizeExpr(0));
  parameter->tensor = newTensor(name, element, axes, member.range);
  parameter->tensor->parameter = parameter.get();
  auto &stacks = stacksAt[join(instance.place.path, name)];
  for (checked::Parameter *stack : stacks)
    if (parameter->stacked && Alignment::sameParameters(*stack, *parameter))
      return addRow(instance, *stack, member, name, scope);
  stacks.push_back(parameter.get());
  addRow(instance, *parameter, member, name, scope);
  if (handedIn == 0) {
    auto own = std::find_if(members.rbegin(), members.rend(), [&](Range range) { return !inLibrary(range); });
    removable.push_back({parameter.get(), own == members.rend() ? member.range : *own});
  }
  program->parameters.push_back(std::move(parameter));
}

bool Elaborator::shapeFits(const std::vector<SizeExpr> &axes, const std::string &name, Range range) {
  double count = 1;
  for (const SizeExpr &axis : axes) {
    auto n = axis.constant();
    if (!n)
      fault(Kind::NotConstant, range, "the shape of a parameter is known when compiling, and `{}` has an axis {}", name,
            axis.str());
    else if (*n < 0)
      fault(Kind::NegativeSize, range, "`{}` has an axis of size {}", name, *n);
    if (!n || *n < 0)
      return false;
    count *= static_cast<double>(*n);
  }
  if (count < 0x1p60) // in bytes too
    return true;
  fault(Kind::TooLarge, range, "`{}` is {}, which is more elements than can be counted", name, shapeText(axes));
  return false;
}

/// The parameter of this block: one row more of a stack, or the whole.
void Elaborator::addRow(Instance &instance, checked::Parameter &parameter, const ast::Member &member,
                        const std::string &name, const ScopePtr &scope) {
  int64_t row = 0;
  if (parameter.stacked) {
    row = *parameter.tensor->axes.front().constant();
    parameter.tensor->axes.front() = SizeExpr(row + 1);
  }
  fillParts(parameter, row, instance, member, name, scope);
  instance.fields.erase(name);
  instance.parameters[name] = {&parameter, row};
}

std::string Elaborator::join(const std::string &path, const std::string &name) {
  return path.empty() ? name : path + "." + name;
}
Place Elaborator::join(const Place &place, const std::string &name) {
  return {join(place.path, name), join(place.exact, name), place.listed};
}

// ---- using blocks ----

/// What `block.name` is: a field, a parameter, a function of the block; none if it has no such member.
std::optional<Value> Elaborator::field(const BlockRef &block, std::string_view name, Range range) {
  Instance &instance = *block.instance;
  if (auto found = instance.fields.find(name); found != instance.fields.end())
    return found->second;
  if (auto found = instance.parameters.find(name); found != instance.parameters.end())
    return rowData(found->second.parameter->tensor, found->second.parameter->stacked, found->second.row, range);
  if (auto found = instance.states.find(name); found != instance.states.end())
    return stateData(instance, found->second, range);
  if (instance.sizes.count(name))
    return stateSize(instance, name);
  if (auto found = instance.absent.find(name); found != instance.absent.end()) {
    fault(Kind::AbsentMember, range, "`{}` is absent here: the condition of its declaration is false", name);
    return Value();
  }
  for (const ast::Member &member : instance.declaration->members)
    if (member.kind == ast::Member::Kind::Function && member.function->name && member.function->name->text == name)
      return Value(methodOf(block, *member.function));
  return std::nullopt;
}

std::vector<std::string> Elaborator::membersOf(const Instance &instance) {
  std::vector<std::string> names;
  for (const auto &[name, value] : instance.given)
    names.push_back(name);
  for (const ast::Member &member : instance.declaration->members) {
    for (const ast::Target &target : member.targets)
      names.push_back(target.name.text);
    if (member.function && member.function->name)
      names.push_back(member.function->name->text);
  }
  return names;
}

/// Before it is a member of something, a block has no parameters: they would have no name.
bool Elaborator::isBound(const BlockRef &block, Range range) {
  const auto &members = block.instance->declaration->members;
  bool needed = std::any_of(members.begin(), members.end(),
                            [](const ast::Member &m) { return m.kind != ast::Member::Kind::Function; });
  if (block.instance->bound || !needed)
    return true;
  fault(Kind::NotConstant, range, "this block `{}` is no member of another one, so its parameters have no name",
        block.instance->declaration->name.text)
      .helped("bind it among the members of the block or model");
  return false;
}

std::shared_ptr<const Callable> Elaborator::methodOf(const BlockRef &block, const ast::Function &function) {
  auto method = std::make_shared<Callable>();
  method->kind = Callable::Kind::Declared, method->declaration = &function;
  method->library = block.instance->file->library;
  method->name = function.name ? function.name->text : block.instance->declaration->name.text;
  method->scope = blockScope(block);
  return method;
}

Elaborator::ScopePtr Elaborator::blockScope(const BlockRef &block) {
  auto scope = std::make_shared<Scope>();
  scope->parent = fileScope(block.instance->file);
  scope->self = block;
  return scope;
}

/// All of a parameter or state, or the block's row of a stack: within a turn that is written down on its own, which row
/// it is is left open.
Value Elaborator::rowData(const checked::Tensor *tensor, bool stacked, int64_t row, Range range) {
  if (!stacked)
    return Value(wholeTensor(tensor));
  if (turn)
    return Value(wholeTensor(sliceOf(*turn, tensor, row)));
  auto data = std::make_shared<Data>();
  data->element = tensor->element, data->axes = {tensor->axes.begin() + 1, tensor->axes.end()}, data->view = true;
  data->at = [this, tensor, row, range](std::span<const Expr *const> positions) {
    std::vector<const Expr *> full = {make.number(row, range)};
    full.insert(full.end(), positions.begin(), positions.end());
    return make.read(tensor, full, range);
  };
  return DataPtr(data);
}

Value Elaborator::callBlock(const BlockRef &block, Arguments arguments, Range call) {
  if (!isBound(block, call))
    return {};
  if (block.pick)
    return callPicked(block, std::move(arguments), call);
  for (const ast::Member &member : block.instance->declaration->members)
    if (member.kind == ast::Member::Kind::Function && !member.function->name)
      return callDeclared(*methodOf(block, *member.function), std::move(arguments), call);
  fault(Kind::NotCallable, call, "the block `{}` has no function without a name, so it cannot be called",
        block.instance->declaration->name.text);
  return {};
}

} // namespace heed
