// Names of declarations: blocks with their members, functions with their signatures, recipes, attributes, types.
#include "lang/check/Resolver.h"

#include <algorithm>
#include <utility>

namespace heed {

using namespace ast;

namespace {
bool isSizeName(std::string_view name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

/// `base = base`: the member is the hyper-parameter, with an attribute.
bool takesOver(const Member &m, const std::string &name) {
  const NameExpr *value = as<NameExpr>(m.value);
  return m.kind == Member::Kind::Bind && value && value->name == name;
}
} // namespace

void Resolver::wholeFile() {
  for (const Declaration &d : file.tree.declarations)
    declaration(d);
}

void Resolver::declaration(const Declaration &d) {
  node = &d;
  told.clear();
  if (d.kind == Declaration::Kind::Block) {
    block(*d.block);
    checkpointAttributes(d);
    return;
  }
  for (const Attribute &a : d.attributes)
    diagnostics.error(Kind::UnknownAttribute, a.name.range, "`@{}` has no meaning here", a.name.text)
        .helped("`@checkpoint` stands before a model, `@stored` before a member of a block");
  Sentence sentence(*this);
  switch (d.kind) {
  case Declaration::Kind::Function:
    return function(*d.function);
  case Declaration::Kind::Type: {
    Nested sizes(*this);
    bindSizes(d.type.get());
    return type(d.type.get());
  }
  case Declaration::Kind::Model:
  case Declaration::Kind::Value:
    return expr(d.value);
  case Declaration::Kind::Recipe:
    return recipe(d);
  case Declaration::Kind::Use:
  case Declaration::Kind::Block:
    return;
  }
}

// ---- blocks -------------------------------------------------------------------------------------------------------

void Resolver::block(const Block &b) {
  inBlock = &b;
  nextStates.clear();
  Nested fields(*this);
  hyperParameters(b);
  fieldNames(b);
  for (const Member &m : b.members)
    member(m);
  const void *constructor = node;
  for (const Member &m : b.members)
    if (m.kind == Member::Kind::Function) {
      node = m.function.get();
      function(*m.function);
    }
  node = constructor;
  statesEnd(b);
  inBlock = nullptr;
  endedBinders.clear();
}

/// A state with a size that run time knows is made anew with every batch, so without a next value it is a constant.
void Resolver::statesEnd(const Block &b) const {
  for (const Member &m : b.members) {
    if (m.kind != Member::Kind::State || nextStates.count(m.targets[0].name.text))
      continue;
    const Name &name = m.targets[0].name;
    for (const Axis &axis : m.targets[0].type->axes) {
      const NameExpr *size = as<NameExpr>(axis.size);
      const Binding *binding = size ? lookup(size->name) : nullptr;
      if (!binding || binding->kind != Binding::Kind::Size)
        continue;
      diagnostics
          .error(Kind::NeverNext, name.range, "`{}` is never given its next value, so it stays what it is at first",
                 name.text)
          .mark(axis.range, "a size that run time knows")
          .helped(fmt::format("write `next {} = …` in a function of `{}`", name.text, b.name.text));
      break;
    }
  }
}

void Resolver::hyperParameters(const Block &b) {
  duplicates(b.lists);
  for (const auto &list : b.lists)
    for (const Parameter &p : list) {
      Sentence sentence(*this);
      bindSizes(p.type.get());
      type(p.type.get());
      configAllowed = true;
      expr(p.value);
      configAllowed = false;
      bindName(p.name, {Binding::Kind::HyperParameter, p.name.range});
    }
}

/// Functions are known throughout the block; and every name stands once.
void Resolver::fieldNames(const Block &b) {
  std::map<std::string, Range> first;
  bool nameless = false;
  for (const auto &list : b.lists)
    for (const Parameter &p : list)
      first.emplace(p.name.text, p.name.range);
  auto once = [&](const Member &m, const Name &name) {
    auto [known, fresh] = first.emplace(name.text, name.range);
    if (!fresh && !name.text.empty() && !takesOver(m, name.text))
      diagnostics.error(Kind::DuplicateName, name.range, "`{}` stands twice in `{}`", name.text, b.name.text)
          .mark(known->second, "first here");
  };
  for (const Member &m : b.members) {
    for (const Target &t : m.targets)
      if (t.name.text != "_")
        once(m, t.name);
    if (m.kind != Member::Kind::Function)
      continue;
    if (m.function->name) {
      once(m, *m.function->name);
      bindName(*m.function->name, {Binding::Kind::Method, m.function->name->range, m.function.get()});
    } else if (std::exchange(nameless, true)) {
      diagnostics.error(Kind::DuplicateName, m.function->head, "`{}` has two functions without a name", b.name.text)
          .helped("the one without a name makes the block callable; name the others");
    }
  }
}

void Resolver::member(const Member &m) {
  Sentence sentence(*this);
  if (m.kind == Member::Kind::Function)
    return storedAttributes(m);
  for (const Target &t : m.targets) {
    if (m.kind == Member::Kind::State)
      bindSizes(t.type.get());
    type(t.type.get());
    if (t.binders)
      binderRanges(*t.binders);
  }
  {
    Nested indices(*this);
    for (const Target &t : m.targets)
      if (t.binders)
        bindBinders(*t.binders, Binds::Target);
    expr(m.value);
  }
  for (const Target &t : m.targets)
    if (t.binders)
      endBinders(*t.binders);
  expr(m.condition);
  if (m.kind == Member::Kind::Require)
    placeholders(m.message, m.range);
  storedAttributes(m);
  for (const Target &t : m.targets)
    bindName(t.name, {m.kind == Member::Kind::State ? Binding::Kind::State : Binding::Kind::Field, t.name.range});
}

// ---- functions ----------------------------------------------------------------------------------------------------

void Resolver::function(const Function &f) {
  // A function inside another one continues its statement; any other starts afresh.
  std::vector<EndedBinder> outer;
  if (functionDepth == 0) {
    std::swap(outer, endedBinders);
    endedValues.clear();
  }
  ++functionDepth;
  {
    Sentence sentence(*this);
    Nested signature(*this);
    parameters(f);
    expr(f.body);
  }
  if (--functionDepth == 0)
    std::swap(outer, endedBinders);
}

void Resolver::parameters(const Function &f) {
  duplicates(f.lists);
  {
    // A type may mention any parameter, a default those before it.
    Nested all(*this);
    for (const auto &list : f.lists)
      for (const Parameter &p : list)
        bindName(p.name, {Binding::Kind::Parameter, p.name.range});
    for (const auto &list : f.lists)
      for (const Parameter &p : list)
        bindSizes(p.type.get());
    for (const auto &list : f.lists)
      for (const Parameter &p : list)
        type(p.type.get());
    type(f.result.get());
    for (auto &[name, binding] : levels.back())
      if (binding.kind == Binding::Kind::Size)
        levels[levels.size() - 2].insert({name, binding});
  }
  for (const auto &list : f.lists)
    for (const Parameter &p : list) {
      expr(p.value);
      bindName(p.name, {Binding::Kind::Parameter, p.name.range});
    }
}

void Resolver::duplicates(const std::vector<std::vector<Parameter>> &lists) {
  std::map<std::string, Range> first;
  for (const auto &list : lists)
    for (const Parameter &p : list) {
      if (p.name.text.empty() || p.name.text == "_")
        continue;
      auto [known, fresh] = first.emplace(p.name.text, p.name.range);
      if (!fresh)
        diagnostics.error(Kind::DuplicateName, p.name.range, "two parameters are called `{}`", p.name.text)
            .mark(known->second, "first here");
    }
}

// ---- types --------------------------------------------------------------------------------------------------------

/// Upper-case names in axes that are no field and no parameter are sizes.
void Resolver::bindSizes(const Type *t) {
  if (!t)
    return;
  for (const Axis &axis : t->axes) {
    bindSizes(axis.size.get());
    bindSizes(axis.from.get());
  }
  bindSizes(t->element.get());
  for (const Type::Field &f : t->fields)
    bindSizes(f.type.get());
}

void Resolver::bindSizes(const Expr *e) {
  if (const NameExpr *name = as<NameExpr>(e)) {
    if (isSizeName(name->name) && !lookup(name->name))
      levels.back().insert({name->name, {Binding::Kind::Size, name->range}});
  } else if (const Binary *b = as<Binary>(e)) {
    bindSizes(b->left.get());
    bindSizes(b->right.get());
  } else if (const Paren *p = as<Paren>(e)) {
    bindSizes(p->inner.get());
  } else if (const Call *c = as<Call>(e)) { // floor(T / 2)
    for (const Argument &a : c->arguments)
      bindSizes(a.value.get());
  }
}

void Resolver::type(const Type *t) {
  if (!t)
    return;
  switch (t->kind) {
  case Type::Kind::Tensor:
    for (const Axis &axis : t->axes) {
      expr(axis.size);
      expr(axis.from);
      expr(axis.onlyIf);
    }
    return;
  case Type::Kind::Element:
    return;
  case Type::Kind::Named:
    return typeName(t->name, t->range);
  case Type::Kind::List:
    return type(t->element.get());
  case Type::Kind::Function:
    return functionType(*t);
  case Type::Kind::Tuple: {
    std::map<std::string, Range> first;
    for (const Type::Field &f : t->fields) {
      type(f.type.get());
      if (!f.name)
        continue;
      auto [known, fresh] = first.emplace(f.name->text, f.name->range);
      if (!fresh)
        diagnostics.error(Kind::DuplicateName, f.name->range, "two results are called `{}`", f.name->text)
            .mark(known->second, "first here");
    }
    return;
  }
  }
}

/// `fn([J]) -> [J]`: its sizes are its own.
void Resolver::functionType(const Type &t) {
  Nested sizes(*this);
  for (const Type::Argument &a : t.takes)
    bindSizes(a.type.get());
  for (const Type::Argument &a : t.takes)
    type(a.type.get());
  type(t.gives.get());
}

void Resolver::typeName(const std::string &name, Range range) {
  static const std::vector<std::string> builtin = {"int", "float", "bool", "string", "fn", "block"};
  if (name.empty() || std::find(builtin.begin(), builtin.end(), name) != builtin.end())
    return;
  auto isType = [](const Declaration &d) {
    return d.kind == Declaration::Kind::Type || d.kind == Declaration::Kind::Block;
  };
  if (const Package::Symbol *symbol = package.find(file, name)) {
    if (symbol->declaration && !isType(*symbol->declaration))
      diagnostics.error(Kind::NotAType, range, "`{}` is not a type", name)
          .mark(nameOf(*symbol->declaration)->range, "declared here");
    return;
  }
  std::vector<std::string> types = builtin;
  for (auto &[other, symbol] : file.visible)
    if (symbol.declaration && isType(*symbol.declaration))
      types.push_back(other);
  for (std::string element : {"f64", "f32", "f16", "bf16", "i64", "i32", "u8"})
    types.push_back(element);
  if (!told.insert(name).second)
    return;
  Diagnostic &report = diagnostics.error(Kind::UnknownName, range, "there is no type `{}`", name);
  const Package::Symbol *standard = package.findStd(name);
  if (standard && isType(*standard->declaration))
    report.helped(fmt::format("the standard library has it: `use std.{{{}}}`", name));
  else if (std::string near = nearest(name, types); !near.empty())
    report.helped(fmt::format("did you mean `{}`?", near));
  else if (lookup(name))
    report.helped(fmt::format("axes stand in square brackets: `[{}]`", name));
  else
    report.helped("a type is axes such as `[B, T]` or `i32[B, T]`, one of `int float bool string fn block`, or "
                  "declared by `type` or `block`");
}

// ---- recipes ------------------------------------------------------------------------------------------------------

void Resolver::recipe(const Declaration &d) {
  expr(d.value);
  Nested entries(*this);
  const Block *model = trained(d.value.get(), file);
  if (model)
    for (const Member &m : model->members)
      if (m.kind == Member::Kind::Function && m.function->name && !m.function->name->text.starts_with('_'))
        bindName(*m.function->name, {Binding::Kind::Method, m.function->name->range, m.function.get()});
  inRecipe = true;
  std::map<std::string, Range> first;
  for (const Setting &s : d.settings) {
    auto [known, fresh] = first.emplace(s.name.text, s.name.range);
    if (!isSetting(s.name.text) && !s.name.text.empty()) {
      std::vector<std::string> names = settingNames();
      std::string near = nearest(s.name.text, names);
      diagnostics.error(Kind::UnknownSetting, s.name.range, "recipes have no entry `{}`", s.name.text)
          .helped(near.empty() ? fmt::format("the entries are `{}`", fmt::join(names, " "))
                               : fmt::format("did you mean `{}`?", near));
    } else if (!fresh) {
      diagnostics.error(Kind::DuplicateName, s.name.range, "`{}` is set twice", s.name.text)
          .mark(known->second, "first here");
    }
    Sentence sentence(*this);
    expr(s.value);
    if (!model)
      unknown.clear(); // may be its entries
  }
  inRecipe = false;
}

/// The block that an expression such as `Tuned` or `GPT2(depth = 6) with {…}` makes; null if names alone don't say.
const Block *Resolver::trained(const Expr *e, const Package::File &from, unsigned depth) const {
  constexpr unsigned kDeepest = 16; // models that name each other are reported elsewhere
  if (!e || depth > kDeepest)
    return nullptr;
  if (const Call *c = as<Call>(e))
    return trained(c->callee.get(), from, depth + 1);
  if (const With *w = as<With>(e))
    return trained(w->base.get(), from, depth + 1);
  if (const Paren *p = as<Paren>(e))
    return trained(p->inner.get(), from, depth + 1);
  const NameExpr *name = as<NameExpr>(e);
  const Package::Symbol *symbol = name ? package.find(from, name->name) : nullptr;
  if (!symbol || !symbol->declaration)
    return nullptr;
  if (symbol->declaration->kind == Declaration::Kind::Block)
    return symbol->declaration->block.get();
  return trained(symbol->declaration->value.get(), *symbol->file, depth + 1);
}

// ---- attributes ---------------------------------------------------------------------------------------------------

void Resolver::checkpointAttributes(const Declaration &d) {
  Sentence sentence(*this);
  for (const Attribute &a : d.attributes) {
    if (a.name.text != "checkpoint" || !d.block->isModel) {
      diagnostics.error(Kind::UnknownAttribute, a.name.range, "`@{}` has no meaning here", a.name.text)
          .helped(d.block->isModel && !nearest(a.name.text, {"checkpoint"}).empty()
                      ? "did you mean `@checkpoint`?"
                      : "`@checkpoint` stands before a model, `@stored` before a member of a block");
      continue;
    }
    std::vector<std::string> options = {"prefix", "ignore"};
    for (const auto &list : d.block->lists)
      for (const Parameter &p : list)
        options.push_back(p.name.text);
    attribute(a, options, "");
  }
}

void Resolver::storedAttributes(const Member &m) {
  Nested element(*this);
  if (const Comprehension *list = as<Comprehension>(m.value)) { // "layer_{l}"
    bindName(list->first, {Binding::Kind::Element, list->first.range});
    if (list->second)
      bindName(*list->second, {Binding::Kind::Element, list->second->range});
  }
  for (const Attribute &a : m.attributes) {
    if (a.name.text == "stored" && m.kind != Member::Kind::Function)
      attribute(a, {"copies", "earlier"}, "transposed");
    else
      diagnostics.error(Kind::UnknownAttribute, a.name.range, "`@{}` has no meaning here", a.name.text)
          .helped(nearest(a.name.text, {"stored"}).empty()
                      ? "a parameter, a state or a block inside takes `@stored`, a model `@checkpoint`"
                      : "did you mean `@stored`?");
  }
}

/// `flag` may stand alone, as a name that means itself.
void Resolver::attribute(const Attribute &a, std::vector<std::string> options, std::string_view flag) {
  onceEach(a.arguments);
  configAllowed = true;
  for (const Argument &argument : a.arguments) {
    if (argument.name && std::find(options.begin(), options.end(), argument.name->text) == options.end()) {
      std::string near = nearest(argument.name->text, options);
      diagnostics
          .error(Kind::UnknownArgument, argument.name->range, "`@{}` takes no `{}`", a.name.text, argument.name->text)
          .helped(near.empty() ? "" : fmt::format("did you mean `{}`?", near));
    }
    const NameExpr *name = as<NameExpr>(argument.value);
    if (!argument.name && name && !flag.empty() && name->name == flag)
      continue;
    expr(argument.value);
    if (const String *text = as<String>(argument.value); text && a.name.text == "stored")
      placeholders(text->value, text->range);
    if (const List *list = as<List>(argument.value); list && a.name.text == "stored")
      for (const ExprPtr &item : list->elements)
        if (const String *text = as<String>(item))
          placeholders(text->value, text->range);
  }
  configAllowed = false;
}

} // namespace heed
