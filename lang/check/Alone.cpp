// What no model and no recipe of a file leads to, each declaration alone: a file of functions and blocks is checked
// too, and the functions of a block that nobody calls. Tensors have their shapes as symbols; what is wrong then is
// tried with numbers for the sizes, and told if it stays wrong for each of them, since a body may ask how its sizes
// compare (`if 2 * F == E`). Hyper-parameters are numbers in every try, so of what these find only mistakes count that
// no other number would mend. What only a caller can say (a parameter without a type, a function) leaves a declaration
// unchecked.
#include "lang/check/Elaborator.h"
#include "lang/check/Mentions.h"

namespace heed {

namespace {

using ast::Declaration;

/// Declarations of the file that some root leads to, by the names that stand in them.
class Reached {
public:
  explicit Reached(const Package::File &file) : file(file) {}

  void from(const Declaration &declaration) {
    if (!all.insert(&declaration).second)
      return;
    for (const ast::Attribute &attribute : declaration.attributes)
      for (const ast::Argument &argument : attribute.arguments)
        expression(argument.value);
    expression(declaration.value);
    for (const ast::Setting &setting : declaration.settings)
      expression(setting.value);
    if (declaration.function)
      function(*declaration.function);
    if (declaration.block) {
      parameters(declaration.block->lists);
      for (const ast::Member &member : declaration.block->members)
        this->member(member);
    }
  }

  bool contains(const Declaration &declaration) const { return all.contains(&declaration); }

  /// Functions of a block that is reached, whose names stand nowhere.
  std::vector<const ast::Function *> uncalled(const ast::Block &block) const {
    std::vector<const ast::Function *> functions;
    for (const ast::Member &member : block.members)
      if (member.function && member.function->name && !mentioned.contains(member.function->name->text))
        functions.push_back(member.function.get());
    return functions;
  }

private:
  void expression(const ast::ExprPtr &e) {
    if (!e)
      return;
    mentioned.merge(membersIn(*e));
    for (const std::string &name : namesIn(*e)) {
      mentioned.insert(name);
      if (auto found = file.names.find(name); found != file.names.end())
        from(*found->second);
    }
  }
  void type(const ast::TypePtr &type) {
    for (size_t i = 0; type && i < type->axes.size(); ++i)
      expression(type->axes[i].size);
  }
  void parameters(const std::vector<std::vector<ast::Parameter>> &lists) {
    for (const auto &list : lists)
      for (const ast::Parameter &parameter : list)
        expression(parameter.value), type(parameter.type);
  }
  void function(const ast::Function &function) {
    parameters(function.lists), type(function.result), expression(function.body);
  }
  void member(const ast::Member &member) {
    expression(member.value), expression(member.condition);
    for (const ast::Target &target : member.targets)
      type(target.type);
    if (member.function)
      function(*member.function);
  }

  const Package::File &file;
  std::set<const Declaration *> all;
  std::set<std::string> mentioned;
};

/// Mistakes that no number mends: of names, of calls, of how many axes there are.
bool holdsForAnyNumber(Kind kind) {
  switch (kind) {
  case Kind::RankMismatch:
  case Kind::UnboundSize:
  case Kind::UnrangedBinder:
  case Kind::IndexCount:
  case Kind::NotAnIndex:
  case Kind::TypeMismatch:
  case Kind::NotCallable:
  case Kind::ArgumentCount:
  case Kind::MissingArgument:
  case Kind::UnknownArgument:
  case Kind::ElementType:
  case Kind::NotData:
  case Kind::NoMember:
  case Kind::NoResult:
  case Kind::ConditionNotBoolean:
  case Kind::ResultCount:
  case Kind::NoEffect:
  case Kind::FunctionFit:
  case Kind::NotGiven:
  case Kind::LoopOver:
  case Kind::CarryChanges:
  case Kind::CollectedRead:
  case Kind::LoopInside:
  case Kind::NextTwice:
    return true;
  default:
    return false;
  }
}

constexpr unsigned kTries = 4; // the first has symbols for the sizes of tensors

/// The n-th number of a try: no two are equal, and what should divide, be twice as much, or odd, is so in one of them.
int64_t triedNumber(unsigned attempt, unsigned n) {
  switch (attempt) {
  case 0:
  case 1: // falling
    return int64_t(1) << std::max(8 - int(n), 1);
  case 2: // rising
    return int64_t(2) << std::min(n, 8u);
  default:
    return 2 * n + 3;
  }
}

} // namespace

/// What a size is called, or the number that is tried for it.
SizeExpr Elaborator::inputSize(const std::string &name) {
  if (!alone || attempt == 0)
    return SizeExpr::symbol(name);
  const auto &sizes = entry->sizes;
  return triedNumber(attempt, std::find(sizes.begin(), sizes.end(), name) - sizes.begin());
}

/// A tensor, or a scalar that is no boolean: those decide what is compiled.
bool Elaborator::isSymbolic(const ast::Parameter &parameter, Scope &scope) {
  if (!isInput(parameter, scope))
    return false;
  const ast::Type &type = *resolveAlias(*parameter.type, scope);
  return type.kind == ast::Type::Kind::Tensor || type.name != "bool";
}

/// Values for the parameters that are known when compiling and have no default; none if only a caller knows.
std::optional<Elaborator::Arguments> Elaborator::triedValues(const std::vector<ast::Parameter> &parameters,
                                                             const ScopePtr &scope, bool ofBlock) {
  Arguments values;
  unsigned number = 0;
  for (const ast::Parameter &parameter : parameters) {
    if (parameter.value || parameter.optional || (!ofBlock && isSymbolic(parameter, *scope)))
      continue;
    const ast::Type *type = parameter.type ? resolveAlias(*parameter.type, *scope) : nullptr;
    if (!type || isSymbolic(parameter, *scope))
      return std::nullopt;
    Value value;
    if (type->name == "int")
      value = Number(triedNumber(attempt, number + 2));
    else if (type->name == "float")
      value = Number(int64_t(1)) / Number(int64_t(2));
    else if (type->name == "bool")
      value = attempt != 1;
    else
      return std::nullopt;
    values.push_back({parameter.name.text, value, parameter.range});
    triedNumbers = true;
    ++number;
  }
  return values;
}

/// A function with its inputs as symbols, as if it were a model's entry; `..` is one axis.
void Elaborator::tryFunction(const Callable &callable) {
  const ast::Function &function = *callable.declaration;
  auto scope = std::make_shared<Scope>();
  scope->parent = callable.scope;
  scope->leading = {SizeExpr::symbol("..")};
  std::vector<Arguments> lists;
  auto isKnownDefault = [&](const ast::Parameter &p) { // which the types of others may mention
    return p.value && p.type && p.type->name == "int" && ast::as<ast::Number>(p.value);
  };
  for (const auto &list : function.lists) {
    std::optional<Arguments> values = triedValues(list, scope, false);
    if (!values)
      return;
    for (const Argument &value : *values)
      scope->names[value.name] = value.value;
    for (const ast::Parameter &parameter : list)
      if (isKnownDefault(parameter))
        scope->names[parameter.name.text] = eval(*parameter.value, scope);
    lists.push_back(std::move(*values));
  }
  auto entry = std::make_unique<checked::Entry>();
  entry->name = callable.name, entry->range = function.head;
  body = &entry->body, this->entry = entry.get();
  stateSizes.clear(), nexts.clear();
  auto requiredBefore = required;
  drawPlace.clear(), draws.clear();
  bool fine = true;
  for (size_t i = 0; i < lists.size(); ++i)
    for (const ast::Parameter &parameter : function.lists[i])
      if (isSymbolic(parameter, *scope))
        fine = fine && addInput(*entry, parameter, *resolveAlias(*parameter.type, *scope), scope, lists[i]);
  if (fine) {
    Value result = callDeclared(callable, std::move(lists[0]), function.head);
    for (size_t i = 1; i < lists.size() && result.callable(); ++i)
      result = callFunction(Callable(*result.callable()), std::move(lists[i]), function.head);
  }
  body = nullptr, this->entry = nullptr;
  required = std::move(requiredBefore);
  program->entries.push_back(std::move(entry)); // its tensors are mentioned
}

/// Runs one declaration by itself; what is wrong is reported. True: numbers stood for its hyper-parameters.
bool Elaborator::runAlone(const ast::Declaration &declaration, unsigned attempt) {
  this->attempt = attempt;
  const Package::File *file = package.main;
  Range at = nameOf(declaration)->range;
  alone = true, modelCall = at;
  Value value = declared(*file, declaration, at);
  if (auto function = value.callable())
    tryFunction(*function);
  auto maker = value.as<BlockMaker>();
  for (size_t i = 0; maker && i < declaration.block->lists.size(); ++i) {
    std::optional<Arguments> values = triedValues(declaration.block->lists[i], fileScope(file), true);
    if (!values)
      return triedNumbers;
    value = makeBlock(BlockMaker(*maker), std::move(*values), at);
    maker = value.as<BlockMaker>();
  }
  if (auto block = value.as<BlockRef>(); block && declaration.block) {
    bindBlock(block->instance, Place(), StoredAs{{""}, false, {}}, nullptr);
    for (const ast::Member &member : declaration.block->members)
      if (member.function)
        tryFunction(*methodOf(*block, *member.function));
  }
  return triedNumbers;
}

static std::vector<Diagnostic> wrongInEveryTry(Sources &sources, const Package &package,
                                               const ast::Declaration &declaration) {
  CheckOptions options;
  std::vector<Diagnostic> found;
  for (unsigned attempt = 0; attempt != kTries && (attempt == 0 || !found.empty()); ++attempt) {
    Diagnostics tried(sources);
    bool numbers = Elaborator(sources, package, options, tried).runAlone(declaration, attempt);
    if (attempt == 0)
      found = tried.all();
    std::erase_if(found, [&](const Diagnostic &one) {
      return (numbers && !holdsForAnyNumber(one.kind)) ||
             std::none_of(tried.all().begin(), tried.all().end(),
                          [&](const Diagnostic &other) { return other.kind == one.kind && other.range == one.range; });
    });
  }
  return found;
}

/// What a model that uses the block does not go through: its uncalled functions, and what they lead to.
static bool isNews(const Diagnostic &found, const Declaration &block,
                   const std::vector<const ast::Function *> &uncalled) {
  auto holds = [&](const ast::Function *function) { return function->range.contains(found.range); };
  return !block.range.contains(found.range) || std::any_of(uncalled.begin(), uncalled.end(), holds);
}

void checkAlone(Sources &sources, const Package &package, Diagnostics &diagnostics) {
  Reached reached(*package.main);
  auto isRoot = [](const Declaration &d) {
    return d.kind == Declaration::Kind::Model || d.kind == Declaration::Kind::Recipe || (d.block && d.block->isModel);
  };
  for (const Declaration &declaration : package.main->tree.declarations)
    if (isRoot(declaration))
      reached.from(declaration);
  for (const Declaration &declaration : package.main->tree.declarations) {
    bool checks = declaration.function || declaration.block || declaration.kind == Declaration::Kind::Value;
    std::vector<const ast::Function *> uncalled;
    if (reached.contains(declaration)) {
      if (declaration.block && !isRoot(declaration))
        uncalled = reached.uncalled(*declaration.block);
      checks = !uncalled.empty();
    }
    if (!checks)
      continue;
    for (Diagnostic &each : wrongInEveryTry(sources, package, declaration))
      if (uncalled.empty() || isNews(each, declaration, uncalled))
        diagnostics.repeat(std::move(each));
  }
}

} // namespace heed
