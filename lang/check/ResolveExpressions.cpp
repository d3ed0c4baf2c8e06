// Names of expressions: references, the indices that reductions bind, the arguments of calls.
#include "lang/check/Resolver.h"

#include <algorithm>
#include <set>
#include <utility>

namespace heed {

using namespace ast;

void Resolver::expr(const Expr *e) {
  if (!e)
    return;
  bool wasIndex = std::exchange(inIndex, inIndex && e->kind == Expr::Kind::Name);
  struct Leave {
    bool &now, was;
    ~Leave() { now = was; }
  } leave{inIndex, wasIndex};
  switch (e->kind) {
  case Expr::Kind::Number:
  case Expr::Kind::String:
    return;
  case Expr::Kind::Name:
    return reference(as<NameExpr>(e)->name, e->range);
  case Expr::Kind::Paren:
    return expr(as<Paren>(e)->inner);
  case Expr::Kind::Tuple:
    onceEach(as<Tuple>(e)->entries);
    for (const Argument &a : as<Tuple>(e)->entries)
      expr(a.value);
    return;
  case Expr::Kind::List:
    for (const ExprPtr &element : as<List>(e)->elements)
      expr(element);
    return;
  case Expr::Kind::Comprehension:
    return comprehension(*as<Comprehension>(e));
  case Expr::Kind::Map:
    return map(*as<Map>(e));
  case Expr::Kind::Body:
    return body(*as<Body>(e));
  case Expr::Kind::If:
    expr(as<If>(e)->condition);
    expr(as<If>(e)->then);
    return expr(as<If>(e)->otherwise);
  case Expr::Kind::Lambda:
    return function(*as<Lambda>(e)->function);
  case Expr::Kind::Unary:
    return expr(as<Unary>(e)->operand);
  case Expr::Kind::Binary:
    expr(as<Binary>(e)->left);
    return expr(as<Binary>(e)->right);
  case Expr::Kind::Span:
    expr(as<Span>(e)->low);
    return expr(as<Span>(e)->high);
  case Expr::Kind::Reduce:
    return reduction(*as<Reduce>(e));
  case Expr::Kind::Attend:
    return attend(*as<Attend>(e));
  case Expr::Kind::Dot:
    return dot(*as<Dot>(e));
  case Expr::Kind::Call:
    return call(*as<Call>(e));
  case Expr::Kind::Subscript:
    expr(as<Subscript>(e)->base);
    for (const Index &i : as<Subscript>(e)->indices)
      index(i);
    return;
  case Expr::Kind::With:
    expr(as<With>(e)->base);
    return expr(as<With>(e)->map);
  }
}

void Resolver::index(const Index &i) {
  inIndex = i.kind == Index::Kind::At;
  expr(i.low);
  inIndex = false;
  expr(i.high);
  for (const Index &part : i.parts)
    index(part);
}

void Resolver::map(const Map &m) {
  std::map<std::string, Range> first;
  for (const Map::Entry &entry : m.entries) {
    auto [known, fresh] = first.emplace(entry.key, entry.keyRange);
    if (!fresh)
      diagnostics.error(Kind::DuplicateName, entry.keyRange, "the key \"{}\" stands twice", entry.key)
          .mark(known->second, "first here");
    expr(entry.value);
  }
}

void Resolver::comprehension(const Comprehension &c) {
  expr(c.over);
  Nested element(*this);
  bindName(c.first, {Binding::Kind::Element, c.first.range});
  if (c.second)
    bindName(*c.second, {Binding::Kind::Element, c.second->range});
  expr(c.element);
}

// ---- indices ------------------------------------------------------------------------------------------------------

void Resolver::reduction(const Reduce &r) {
  binderRanges(r.binders);
  {
    Nested indices(*this);
    bindBinders(r.binders, Binds::Reduction);
    expr(r.where);
    expr(r.body);
  }
  endBinders(r.binders);
}

void Resolver::attend(const Attend &a) {
  static const std::vector<std::string> names = {"score", "value", "by"};
  binderRanges(a.binders);
  onceEach(a.arguments);
  {
    Nested indices(*this);
    bindBinders(a.binders, Binds::Reduction);
    expr(a.where);
    for (const Argument &argument : a.arguments) {
      if (argument.name && std::find(names.begin(), names.end(), argument.name->text) == names.end())
        diagnostics.error(Kind::UnknownArgument, argument.name->range, "`attend` takes no `{}`", argument.name->text)
            .helped("it takes a score, a value, and `by`");
      expr(argument.value);
    }
  }
  endBinders(a.binders);
}

/// Ranges are known outside: no index of the list ranges over another one.
void Resolver::binderRanges(const std::vector<Binder> &binders) {
  for (const Binder &b : binders) {
    expr(b.in);
    binderRanges(b.parts);
  }
}

void Resolver::bindBinders(const std::vector<Binder> &binders, Binds by) {
  std::map<std::string, Range> first;
  bindBinders(binders, by, first);
}

/// `first`: where each name of this list stands. Targets of one statement may each have the same binders: `a[b], c[b] =
/// …`.
void Resolver::bindBinders(const std::vector<Binder> &binders, Binds by, std::map<std::string, Range> &first) {
  for (const Binder &b : binders) {
    bindBinders(b.parts, by, first);
    if (b.kind != Binder::Kind::Name || b.name.text.empty())
      continue;
    const std::string &name = b.name.text;
    auto [once, fresh] = first.emplace(name, b.name.range);
    if (!fresh)
      diagnostics.error(Kind::DuplicateName, b.name.range, "`{}` is bound twice", name)
          .mark(once->second, "first here");
    const Binding *known = lookup(name);
    if (levels.back().count(name) || (by == Binds::Target && known && known->kind == Binding::Kind::Loop))
      continue; // the other target's, or the loop's own index
    if (known && known->isOfFunction()) {
      bool index = known->kind == Binding::Kind::Binder, loop = known->kind == Binding::Kind::Loop;
      diagnostics
          .error(Kind::HidingBinder, b.name.range, "the index `{}` has the name of {}", name,
                 index  ? "an index around it"
                 : loop ? "the loop around it"
                        : "a value of this function")
          .mark(known->range, index  ? "the index"
                              : loop ? "the loop"
                                     : "the value")
          .helped("rename the index");
    }
    bindName(b.name, {Binding::Kind::Binder, b.name.range});
  }
}

void Resolver::endBinders(const std::vector<Binder> &binders) {
  for (const Binder &b : binders) {
    endBinders(b.parts);
    const Binding *loop = b.kind == Binder::Kind::Name ? lookup(b.name.text) : nullptr;
    if (b.kind == Binder::Kind::Name && !(loop && loop->isOfFunction()))
      endedBinders.push_back({b.name.text, b.name.range});
  }
}

// ---- calls --------------------------------------------------------------------------------------------------------

void Resolver::dot(const Dot &d) {
  const NameExpr *base = as<NameExpr>(d.base);
  if (base && base->name == "std" && standardName(d.name))
    return;
  expr(d.base);
}

void Resolver::call(const Call &c) {
  expr(c.callee);
  onceEach(c.arguments);
  if (std::optional<Callee> known = callee(c.callee.get()))
    argumentNames(c, *known);
  for (const Argument &a : c.arguments)
    expr(a.value);
}

std::optional<Resolver::Callee> Resolver::declared(const Package::Symbol &symbol) const {
  if (!symbol.declaration)
    return std::nullopt;
  const Declaration &d = *symbol.declaration;
  if (d.kind == Declaration::Kind::Block)
    return Callee{d.block->name.text, &d.block->lists};
  if (d.kind == Declaration::Kind::Function)
    return Callee{d.function->name->text, &d.function->lists};
  return std::nullopt;
}

std::optional<Resolver::Callee> Resolver::callee(const Expr *e) const {
  if (const Call *inner = as<Call>(e)) { // window(64)(i, j)
    std::optional<Callee> result = callee(inner->callee.get());
    if (!result || !result->lists || ++result->list >= result->lists->size())
      return std::nullopt;
    return result;
  }
  if (const Dot *d = as<Dot>(e)) {
    const NameExpr *base = as<NameExpr>(d->base);
    const Package::Symbol *symbol = base && base->name == "std" ? package.findStd(d->name.text) : nullptr;
    return symbol ? declared(*symbol) : std::nullopt;
  }
  const NameExpr *name = as<NameExpr>(e);
  if (!name)
    return std::nullopt;
  if (const Binding *binding = lookup(name->name))
    return binding->method ? std::optional(Callee{name->name, &binding->method->lists}) : std::nullopt;
  if (const Package::Symbol *symbol = package.find(file, name->name))
    return declared(*symbol);
  const Builtin *builtin = inRecipe ? findRecipeBuiltin(name->name) : nullptr;
  builtin = builtin ? builtin : findBuiltin(name->name);
  return builtin ? std::optional(Callee{name->name, nullptr, 0, builtin}) : std::nullopt;
}

static const std::set<std::string_view> kReducers = {"sum", "mean", "max", "min", "prod", "any", "all"};

void Resolver::argumentNames(const Call &c, const Callee &callee) {
  std::vector<std::string> names;
  if (callee.lists && callee.list < callee.lists->size())
    for (const Parameter &p : (*callee.lists)[callee.list])
      names.push_back(p.name.text);
  if (callee.builtin)
    names = callee.builtin->optionNames();
  size_t byPosition = std::count_if(c.arguments.begin(), c.arguments.end(), [](const Argument &a) { return !a.name; });
  for (const Argument &a : c.arguments) {
    if (!a.name || a.name->text.empty())
      continue;
    auto found = std::find(names.begin(), names.end(), a.name->text);
    if (found == names.end()) {
      Diagnostic &report =
          diagnostics.error(Kind::UnknownArgument, a.name->range, "`{}` takes no `{}`", callee.name, a.name->text);
      if (std::string near = nearest(a.name->text, names); !near.empty())
        report.helped(fmt::format("did you mean `{}`?", near));
      else if (!names.empty())
        report.helped(fmt::format("it takes `{}`", fmt::join(names, "`, `")));
      else if (kReducers.count(callee.name))
        report.helped(fmt::format("what it runs over stands behind its name: `{}[i] x[i]`", callee.name));
    } else if (callee.lists && size_t(found - names.begin()) < byPosition) {
      diagnostics.error(Kind::DuplicateName, a.name->range, "`{}` is given twice", a.name->text)
          .mark(c.arguments[found - names.begin()].range, "first here, by its position");
    }
  }
}

void Resolver::onceEach(const std::vector<Argument> &arguments) {
  std::map<std::string, Range> first;
  for (const Argument &a : arguments) {
    if (!a.name || a.name->text.empty())
      continue;
    auto [known, fresh] = first.emplace(a.name->text, a.name->range);
    if (!fresh)
      diagnostics.error(Kind::DuplicateName, a.name->range, "`{}` is given twice", a.name->text)
          .mark(known->second, "first here");
  }
}

} // namespace heed
