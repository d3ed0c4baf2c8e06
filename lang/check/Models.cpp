// The model that is checked: its hyper-parameters, its checkpoint, its entries.
#include "lang/check/Elaborator.h"
#include "lang/check/Mentions.h"
#include "lang/parse/Parser.h"

namespace heed {

namespace {
bool isWithout(const checked::Entry &entry, const ast::Parameter &parameter) {
  return std::find(entry.without.begin(), entry.without.end(), parameter.name.text) != entry.without.end();
}

std::string_view stringOf(const ast::ExprPtr &e) {
  auto text = ast::as<ast::String>(e);
  return text ? std::string_view(text->value) : std::string_view();
}
} // namespace

std::vector<std::string> modelsOf(const Package &package) {
  std::vector<std::string> names;
  for (const ast::Declaration &declaration : package.main->tree.declarations)
    if (declaration.kind == ast::Declaration::Kind::Block && declaration.block->isModel)
      names.push_back(declaration.block->name.text);
    else if (declaration.kind == ast::Declaration::Kind::Model)
      names.push_back(declaration.name.text);
  return names;
}

/// The one model of the file that says that it reads the architecture; empty if none does, or several.
std::string Elaborator::readerOf(const std::string &architecture) const {
  std::vector<std::string> readers;
  for (const ast::Declaration &declaration : package.main->tree.declarations)
    for (const ast::Attribute &attribute : declaration.attributes)
      if (attribute.name.text == "checkpoint" && !attribute.arguments.empty() && !architecture.empty() &&
          stringOf(attribute.arguments[0].value) == architecture)
        readers.push_back(nameOf(declaration)->text);
  return readers.size() == 1 ? readers[0] : "";
}

/// The declaration that `--model` names, or that reads the checkpoint, or the only one; the arguments that stand there.
const ast::Declaration *Elaborator::chooseModel(Arguments &hyper, Range &range) {
  std::vector<std::string> names = modelsOf(package);
  std::string wanted = names.size() == 1 ? names[0] : readerOf(options.architecture);
  range = {package.main->id, 0, 0};
  if (!options.model.empty()) {
    FileId id = sources.add("--model", options.model);
    size_t before = diagnostics.count();
    modelExpression = parseExpression(sources, id, diagnostics);
    if (diagnostics.count() > before)
      return nullptr;
    range = {id, 0, static_cast<uint32_t>(options.model.size())};
    const ast::Expr *e = modelExpression.get();
    if (auto call = ast::as<ast::Call>(e)) {
      hyper = evalArguments(call->arguments, fileScope(package.main));
      e = call->callee.get();
    }
    auto name = ast::as<ast::NameExpr>(e);
    if (!name) {
      fault(Kind::UnknownModel, range, "`--model` is a model's name, with hyper-parameters in parentheses if any");
      return nullptr;
    }
    wanted = name->name;
  }
  if (wanted.empty()) {
    if (names.empty())
      fault(Kind::NoModel, range, "the file declares no model");
    else
      fault(Kind::UnknownModel, range, "the file declares {} models", names.size())
          .helped(fmt::format("say which: `--model {}`; there are {}", names[0], fmt::join(names, ", ")));
    return nullptr;
  }
  for (const ast::Declaration &declaration : package.main->tree.declarations)
    if (declaration.kind == ast::Declaration::Kind::Block && declaration.block->isModel &&
        declaration.block->name.text == wanted)
      return &declaration;
    else if (declaration.kind == ast::Declaration::Kind::Model && declaration.name.text == wanted) {
      if (hyper.empty())
        return &declaration;
      fault(Kind::UnknownModel, range, "`{}` has no hyper-parameters of its own: it is `{}`", wanted,
            sources.text(declaration.value->range));
      return nullptr;
    }
  auto &report = fault(Kind::UnknownModel, range, "the file declares no model `{}`", wanted);
  if (!names.empty())
    report.helped(fmt::format("there are {}", fmt::join(names, ", ")));
  return nullptr;
}

/// The `@checkpoint` of the architecture that is read. A model that reads one format only has its names without weights
/// too.
/// The declaration of the model that an expression such as `GPT2(depth = 6) with {…}` makes; null if it makes none.
const ast::Declaration *Elaborator::modelIn(const ast::Expr &e, const Package::File &file) const {
  if (auto call = ast::as<ast::Call>(&e))
    return modelIn(*call->callee, file);
  if (auto with = ast::as<ast::With>(&e))
    return modelIn(*with->base, file);
  if (auto paren = ast::as<ast::Paren>(&e))
    return modelIn(*paren->inner, file);
  auto name = ast::as<ast::NameExpr>(&e);
  const Package::Symbol *symbol = name ? package.find(file, name->name) : nullptr;
  if (!symbol || !symbol->declaration)
    return nullptr;
  if (symbol->declaration->kind == ast::Declaration::Kind::Model)
    return modelIn(*symbol->declaration->value, *symbol->file);
  bool model = symbol->declaration->kind == ast::Declaration::Kind::Block && symbol->declaration->block->isModel;
  return model ? symbol->declaration : nullptr;
}

void Elaborator::readCheckpointAttribute(const ast::Declaration &declaration, Arguments &hyper) {
  std::vector<std::string> known;
  const ast::Attribute *only = nullptr;
  for (const ast::Attribute &attribute : declaration.attributes) {
    if (attribute.name.text != "checkpoint" || attribute.arguments.empty())
      continue;
    known.push_back(std::string(stringOf(attribute.arguments[0].value)));
    if (!options.architecture.empty() && known.back() == options.architecture)
      return readAs(attribute, hyper);
    only = &attribute;
  }
  if (options.architecture.empty()) { // compiled without weights, it will still read them under their names
    if (known.size() == 1)
      readNames(*only);
    return;
  }
  fault(Kind::UnknownArchitecture, declaration.block->name.range, "`{}` does not say how it reads a checkpoint of `{}`",
        declaration.block->name.text, options.architecture)
      .helped(known.empty() ? "add `@checkpoint(\"" + options.architecture + "\")` before it"
                            : fmt::format("it reads {}", fmt::join(known, ", ")));
}

/// The names of a format: what stands before each, and which may be left over. Files of a model without its head leave
/// out what stands before each, or the first words of it, and so do some with it.
void Elaborator::readNames(const ast::Attribute &attribute) {
  for (const ast::Argument &argument : attribute.arguments)
    if (argument.name && argument.name->text == "prefix") {
      storedPrefix = stringOf(argument.value);
      auto unseen = [&] {
        return std::none_of(options.stored.begin(), options.stored.end(),
                            [&](const std::string &name) { return name.starts_with(storedPrefix); });
      };
      while (!options.stored.empty() && unseen()) // "" begins every name
        storedPrefix.erase(0, std::min(storedPrefix.find('.'), storedPrefix.size() - 1) + 1);
      if (!storedPrefix.empty() && storedPrefix.back() == '.')
        storedPrefix.pop_back();
    }
  for (const ast::Argument &argument : attribute.arguments)
    if (auto list = ast::as<ast::List>(argument.value); list && argument.name && argument.name->text == "ignore")
      for (const ast::ExprPtr &element : list->elements)
        program->ignored.push_back(joinedWithPrefix(std::string(stringOf(element))));
}

/// The format that is read: its names, and the hyper-parameters that it sets.
void Elaborator::readAs(const ast::Attribute &attribute, Arguments &hyper) {
  readNames(attribute);
  for (size_t i = 1; i < attribute.arguments.size(); ++i) {
    const ast::Argument &argument = attribute.arguments[i];
    std::string name = argument.name ? argument.name->text : "";
    bool given = std::any_of(hyper.begin(), hyper.end(), [&](const Argument &a) { return a.name == name; });
    if (!name.empty() && name != "prefix" && name != "ignore" && !given)
      hyper.push_back({name, eval(*argument.value, fileScope(package.main)), argument.range});
  }
}

std::string Elaborator::joinedWithPrefix(const std::string &name) const {
  if (!name.empty() && name[0] == '/')
    return name.substr(1);
  return storedPrefix.empty() ? name : storedPrefix + "." + name;
}

std::unique_ptr<checked::Program> Elaborator::run() {
  size_t before = diagnostics.attempts();
  Arguments hyper;
  Range range;
  const ast::Declaration *declaration = options.recipe ? options.recipe : chooseModel(hyper, range);
  if (!declaration)
    return nullptr;
  Value value;
  program->model = nameOf(*declaration)->text;
  if (declaration->block) {
    readCheckpointAttribute(*declaration, hyper);
    modelCall = options.model.empty() ? declaration->block->name.range : range;
    value = makeBlock(BlockMaker{declaration->block.get(), package.main, {}}, std::move(hyper), modelCall);
  } else {
    value = derivedModel(*declaration);
  }
  auto block = value.as<BlockRef>();
  if (!block)
    return nullptr;
  if (options.recipe)
    program->model = block->instance->declaration->name.text;
  bindBlock(block->instance, Place(), StoredAs{{storedPrefix}, false, {}}, nullptr);
  keepCopiesApart();
  reportUnused();
  for (const ast::Member &member : block->instance->declaration->members)
    if (member.kind == ast::Member::Kind::Function && member.function->name && member.function->name->text[0] != '_')
      elaborateEntry(*member.function, *block);
  if (make.exhausted())
    tooMuchWork(declaration->range);
  if (diagnostics.attempts() == before)
    reportUnusedParameters();
  if (options.recipe && diagnostics.attempts() == before)
    checkRecipe(*options.recipe);
  return diagnostics.attempts() == before ? std::move(program) : nullptr;
}

/// `model Tuned = GPT2() with {…}`: what the model that it is made from reads, it reads too.
Value Elaborator::derivedModel(const ast::Declaration &declaration) {
  modelCall = declaration.value->range;
  if (const ast::Declaration *from = modelIn(*declaration.value, *package.main)) {
    readCheckpointAttribute(*from, readHyper);
    readBlock = from->block.get();
  }
  Value value = eval(*declaration.value, fileScope(package.main));
  auto block = value.as<BlockRef>();
  if (!value.poisoned() && (!block || !block->instance->declaration->isModel)) {
    fault(Kind::TypeMismatch, declaration.value->range, "`{}` is a model, and this is {}", declaration.name.text,
          describe(value));
    return {};
  }
  return value;
}

// ---- entries ----

/// One entry for each choice of inputs that may be left out, the whole one first; or the one that a caller asks for.
/// Several whose default is one number are left out together or not at all: the number stands for those that a caller
/// leaves out of the entry that has them.
void Elaborator::elaborateEntry(const ast::Function &function, const BlockRef &model) {
  ScopePtr scope = blockScope(model);
  std::vector<std::vector<std::string>> optional; // what is left out together
  checked::Entry::Fills fills;
  for (const auto &list : function.lists)
    for (const ast::Parameter &parameter : list) {
      if (!(parameter.optional || parameter.value) || !isInput(parameter, *scope))
        continue;
      optional.push_back({parameter.name.text});
      if (std::optional<double> fill = options.given ? std::nullopt : fillOf(parameter, function, scope))
        fills[parameter.name.text] = *fill;
    }
  if (fills.size() > 1) {
    std::erase_if(optional, [&](const auto &names) { return fills.contains(names.front()); });
    optional.emplace_back();
    for (const auto &[name, fill] : fills)
      optional.back().push_back(name);
  } else {
    fills.clear(); // both ways are compiled
  }
  auto without = [&](auto leavesOut) {
    std::vector<std::string> names;
    for (size_t i = 0; i < optional.size(); ++i)
      if (leavesOut(i))
        names.insert(names.end(), optional[i].begin(), optional[i].end());
    return names;
  };
  if (options.given)
    return elaborateVariant(function, model,
                            without([&](size_t i) { return !options.given->count(optional[i].front()); }), {});
  if (optional.size() >= 32 || size_t(1) << optional.size() > mostVariants) {
    fault(Kind::EntryInput, function.head, "{} inputs of `{}` may be left out, in more than {} ways", optional.size(),
          function.name->text, mostVariants)
        .helped("each way is compiled on its own; let another entry take some of them");
    return;
  }
  size_t before = diagnostics.count();
  for (size_t choice = 0; choice < size_t(1) << optional.size() && diagnostics.count() == before; ++choice)
    elaborateVariant(function, model, without([&](size_t i) { return choice >> i & 1; }), fills);
}

/// The number that stands for each element of an input that is left out, if the other inputs say how large it is.
std::optional<double> Elaborator::fillOf(const ast::Parameter &parameter, const ast::Function &function,
                                         const ScopePtr &scope) {
  auto sizesOf = [&](const ast::Parameter &one) {
    std::set<std::string> names;
    for (const ast::Axis &axis : resolveAlias(*one.type, *scope)->axes)
      for (const std::string &name : axis.spread ? std::vector<std::string>() : namesIn(*axis.size))
        names.insert(name);
    return names;
  };
  std::set<std::string> known, asked = sizesOf(parameter);
  for (const auto &list : function.lists)
    for (const ast::Parameter &other : list)
      if (!other.optional && !other.value && isInput(other, *scope))
        known.merge(sizesOf(other));
  bool literal = parameter.value && (ast::as<ast::Number>(parameter.value) || ast::as<ast::NameExpr>(parameter.value));
  if (!literal || !std::includes(known.begin(), known.end(), asked.begin(), asked.end()))
    return std::nullopt;
  if (auto name = ast::as<ast::NameExpr>(parameter.value);
      name && name->name != "true" && name->name != "false" && !lookup(name->name, name->range, scope))
    return std::nullopt; // an input
  Value value = eval(*parameter.value, scope);
  if (auto truth = value.as<bool>())
    return *truth;
  auto number = value.as<Number>();
  return number ? std::optional(number->value()) : std::nullopt;
}

void Elaborator::elaborateVariant(const ast::Function &function, const BlockRef &model,
                                  std::vector<std::string> without, checked::Entry::Fills fills) {
  auto entry = std::make_unique<checked::Entry>();
  entry->name = function.name->text, entry->range = function.head;
  entry->without = std::move(without), entry->fills = std::move(fills);
  body = &entry->body, this->entry = entry.get();
  stateSizes.clear(), nexts.clear();
  auto requiredBefore = required;
  drawPlace.clear(), draws.clear();
  // Inputs that are given say what the sizes are, so they come first.
  std::vector<Arguments> lists(function.lists.size());
  bool fine = true;
  for (auto step : {&Elaborator::entryInput, &Elaborator::leftOut})
    for (size_t i = 0; i < lists.size(); ++i)
      for (const ast::Parameter &parameter : function.lists[i])
        fine = fine && (this->*step)(*entry, parameter, model, lists[i]);
  for (const auto &list : function.lists)
    for (const ast::Parameter &parameter : list)
      fine = fine && streamFrom(*entry, parameter, model);
  if (fine) {
    Value result = callDeclared(*methodOf(model, function), std::move(lists[0]), function.head);
    for (size_t i = 1; i < lists.size() && result.callable(); ++i)
      result = callFunction(Callable(*result.callable()), std::move(lists[i]), function.head);
    if (!result.poisoned())
      entryResults(*entry, function, result);
  }
  body = nullptr, this->entry = nullptr;
  required = std::move(requiredBefore);
  program->entries.push_back(std::move(entry));
}

/// Whether a caller's tensor may stand for the parameter; what is known when compiling keeps its default.
bool Elaborator::isInput(const ast::Parameter &parameter, Scope &scope) {
  if (!parameter.type)
    return false;
  const ast::Type &type = *resolveAlias(*parameter.type, scope);
  return type.kind == ast::Type::Kind::Tensor || type.kind == ast::Type::Kind::Element;
}

/// An input of the entry: its upper-case axes are the sizes that a caller's tensors give.
bool Elaborator::entryInput(checked::Entry &entry, const ast::Parameter &parameter, const BlockRef &model,
                            Arguments &arguments) {
  ScopePtr scope = blockScope(model);
  if (isInput(parameter, *scope))
    return isWithout(entry, parameter) ||
           addInput(entry, parameter, *resolveAlias(*parameter.type, *scope), scope, arguments);
  if (parameter.value || parameter.optional)
    return true; // keeps its default
  if (!parameter.type)
    fault(Kind::EntryInput, parameter.range, "`{}` comes from outside, so its type has to be said", parameter.name.text)
        .helped(parameter.name.text == "self" ? "members are known by their names alone: take `self` away" : "");
  else
    fault(Kind::EntryInput, parameter.range,
          "`{}` comes from outside, so it is a tensor or a scalar with an element type", parameter.name.text);
  return false;
}

/// An input that is left out has its default; without one, and where no given input says how large it would be, it is
/// not there.
bool Elaborator::leftOut(checked::Entry &entry, const ast::Parameter &parameter, const BlockRef &model,
                         Arguments &arguments) {
  if (!isWithout(entry, parameter))
    return true;
  ScopePtr scope = blockScope(model);
  bool known = true;
  for (const ast::Axis &axis : resolveAlias(*parameter.type, *scope)->axes)
    for (const std::string &name : axis.spread ? std::vector<std::string>() : namesIn(*axis.size))
      if (std::isupper(static_cast<unsigned char>(name[0])) && !lookup(name, axis.range, scope))
        known = known && std::find(entry.sizes.begin(), entry.sizes.end(), name) != entry.sizes.end();
  if (!known || !parameter.value)
    arguments.push_back({parameter.name.text, Value(Absent{}), parameter.range});
  return true;
}

/// `stream T if c`: whether c holds.
bool Elaborator::streams(const ast::Axis &axis, const ScopePtr &scope) {
  if (!axis.onlyIf)
    return true;
  Value condition = eval(*axis.onlyIf, scope);
  auto holds = condition.as<bool>();
  if (!holds && !condition.poisoned())
    fault(Kind::ConditionNotBoolean, axis.onlyIf->range,
          "whether an axis is a stream is known when compiling, and this is {}", describe(condition));
  return holds && *holds;
}

bool Elaborator::addInput(checked::Entry &entry, const ast::Parameter &parameter, const ast::Type &type,
                          const ScopePtr &blockScope, Arguments &arguments) {
  auto scope = std::make_shared<Scope>();
  scope->parent = blockScope;
  for (const std::string &size : entry.sizes)
    scope->names[size] = Value(inputSize(size));
  for (const ast::Axis &axis : type.axes) {
    if (axis.spread) {
      if (alone)
        continue; // one axis stands for them
      fault(Kind::EntryInput, axis.range, "an entry has a fixed number of axes, so `..` cannot stand here");
      return false;
    }
    for (const std::string &name : namesIn(*axis.size))
      if (std::isupper(static_cast<unsigned char>(name[0])) && !lookup(name, axis.range, scope)) {
        entry.sizes.push_back(name);
        scope->names[name] = Value(inputSize(name));
      }
    auto from = ast::as<ast::NameExpr>(axis.from);
    if (axis.from && !(from && !lookup(from->name, from->range, scope))) { // else an input, see `streamFrom`
      Value first = eval(*axis.from, scope);
      if (std::optional<SizeExpr> length = first.size())
        entry.prefix = *length;
      else if (!first.poisoned())
        notWhole(Kind::TypeMismatch, axis.from->range, "the length of a prefix", first);
    }
  }
  auto axes = axesOf(type, scope);
  if (!axes)
    return false;
  for (size_t i = 0; i < axes->size(); ++i)
    if (type.axes[i].stream && streams(type.axes[i], blockScope))
      entry.stream = (*axes)[i].symbolName();
  checked::Tensor *tensor = newTensor(parameter.name.text, elementOf(type), *axes, parameter.range);
  entry.inputs.push_back(tensor);
  arguments.push_back({parameter.name.text, Value(wholeTensor(tensor)), parameter.range});
  return true;
}

/// `stream T from n`: `n` is an input that says how many positions arrive together, for all rows or for each.
bool Elaborator::streamFrom(checked::Entry &entry, const ast::Parameter &parameter, const BlockRef &model) {
  const ast::Type *type = parameter.type ? resolveAlias(*parameter.type, *blockScope(model)) : nullptr;
  for (size_t i = 0; type && i < type->axes.size(); ++i) {
    const ast::Axis &axis = type->axes[i];
    if (!axis.from || entry.prefix) // a size says how many
      continue;
    auto name = ast::as<ast::NameExpr>(axis.from);
    const checked::Tensor *from = nullptr;
    for (const checked::Tensor *input : entry.inputs)
      if (name && input->name == name->name)
        from = input;
    auto rows = [&](const checked::Tensor &t) { // one for each row of what streams
      for (const checked::Tensor *input : entry.inputs)
        if (input->name == parameter.name.text && !t.axes.empty())
          return t.axes.size() == 1 && sizesAgree(t.axes[0], input->axes[0]) && type->axes[0].stream == false;
      return t.axes.empty();
    };
    if (!from || !checked::isInteger(from->element) || !rows(*from)) {
      fault(Kind::EntryInput, axis.from->range, "a stream begins with as many positions as an input says{}",
            from ? fmt::format(", and `{}` is {}", name->name, describe(Value(wholeTensor(from)))) : "")
          .helped("declare it as a number for all rows, `n: i32`, or as one for each, `n: i32[B]`");
      return false;
    }
    entry.streamFrom = from;
  }
  return true;
}

void Elaborator::entryResults(checked::Entry &entry, const ast::Function &function, const Value &value) {
  std::vector<std::pair<std::string, Value>> results;
  if (auto tuple = value.as<std::shared_ptr<const TupleValue>>()) {
    for (size_t i = 0; i < (*tuple)->items.size(); ++i)
      results.push_back(
          {(*tuple)->names[i].empty() ? fmt::format("result{}", i) : (*tuple)->names[i], (*tuple)->items[i]});
  } else {
    results.push_back({value.result.empty() ? entry.name : value.result, value});
  }
  for (auto &[name, item] : results) {
    DataPtr data = toData(item, function.head, fmt::format("the result `{}`", name));
    if (!data)
      return;
    data = stored(data, name, function.head);
    assert(data->tensor && "an entry's result depends on no index");
    entry.results.push_back({name, data->tensor});
    entry.body.results.push_back(data->tensor);
  }
  // Every size has to be known from some input's shape alone.
  for (const std::string &size : entry.sizes) {
    bool known = false;
    for (const checked::Tensor *input : entry.inputs)
      for (const SizeExpr &axis : input->axes)
        known = known || axis.linearIn(size);
    if (!known)
      fault(Kind::UnboundSize, function.head, "no input of `{}` says alone what `{}` is", entry.name, size);
  }
}

} // namespace heed
