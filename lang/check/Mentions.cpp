#include "lang/check/Mentions.h"

#include <algorithm>
#include <functional>

namespace heed {

namespace {
/// Gets each name; behind a dot, or not.
using Visit = std::function<void(const std::string &, bool member)>;

void visit(const ast::ExprPtr &, const Visit &);
void visit(const ast::Expr &, const Visit &);

void visit(const std::vector<ast::Binder> &binders, const Visit &see) {
  for (const ast::Binder &binder : binders)
    visit(binder.in, see), visit(binder.parts, see);
}
void visit(const std::vector<ast::Index> &indices, const Visit &see) {
  for (const ast::Index &index : indices)
    visit(index.low, see), visit(index.high, see), visit(index.parts, see);
}
void visit(const std::vector<ast::Argument> &arguments, const Visit &see) {
  for (const ast::Argument &argument : arguments)
    visit(argument.value, see);
}
void visit(const ast::Body &body, const Visit &see) {
  for (const ast::StatementPtr &statement : body.statements) {
    visit(statement->condition, see), visit(statement->value, see), visit(statement->over, see);
    for (const ast::Target &target : statement->targets)
      if (target.binders)
        visit(*target.binders, see);
    if (statement->body)
      visit(*statement->body, see);
  }
}
void visit(const ast::ExprPtr &e, const Visit &see) {
  if (e)
    visit(*e, see);
}

void visit(const ast::Expr &e, const Visit &see) {
  using K = ast::Expr::Kind;
  switch (e.kind) {
  case K::Number:
  case K::String:
    return;
  case K::Name:
    return see(static_cast<const ast::NameExpr &>(e).name, false);
  case K::Paren:
    return visit(static_cast<const ast::Paren &>(e).inner, see);
  case K::Tuple:
    return visit(static_cast<const ast::Tuple &>(e).entries, see);
  case K::List:
    for (const auto &element : static_cast<const ast::List &>(e).elements)
      visit(element, see);
    return;
  case K::Comprehension: {
    const auto &c = static_cast<const ast::Comprehension &>(e);
    return visit(c.element, see), visit(c.over, see);
  }
  case K::Map:
    for (const auto &entry : static_cast<const ast::Map &>(e).entries)
      visit(entry.value, see);
    return;
  case K::Body:
    return visit(static_cast<const ast::Body &>(e), see);
  case K::If: {
    const auto &i = static_cast<const ast::If &>(e);
    return visit(i.condition, see), visit(i.then, see), visit(i.otherwise, see);
  }
  case K::Lambda:
    return visit(static_cast<const ast::Lambda &>(e).function->body, see);
  case K::Unary:
    return visit(static_cast<const ast::Unary &>(e).operand, see);
  case K::Binary: {
    const auto &b = static_cast<const ast::Binary &>(e);
    return visit(b.left, see), visit(b.right, see);
  }
  case K::Span: {
    const auto &s = static_cast<const ast::Span &>(e);
    return visit(s.low, see), visit(s.high, see);
  }
  case K::Reduce: {
    const auto &r = static_cast<const ast::Reduce &>(e);
    return visit(r.binders, see), visit(r.where, see), visit(r.body, see);
  }
  case K::Attend: {
    const auto &a = static_cast<const ast::Attend &>(e);
    return visit(a.binders, see), visit(a.where, see), visit(a.arguments, see);
  }
  case K::Dot: {
    const auto &d = static_cast<const ast::Dot &>(e);
    return visit(d.base, see), see(d.name.text, true);
  }
  case K::Call: {
    const auto &c = static_cast<const ast::Call &>(e);
    return visit(c.callee, see), visit(c.arguments, see);
  }
  case K::Subscript: {
    const auto &s = static_cast<const ast::Subscript &>(e);
    return visit(s.base, see), visit(s.indices, see);
  }
  case K::With: {
    const auto &w = static_cast<const ast::With &>(e);
    return visit(w.base, see), visit(w.map, see);
  }
  }
}
} // namespace

std::vector<std::string> namesIn(const ast::Expr &e) {
  std::vector<std::string> names;
  visit(e, [&](const std::string &name, bool member) {
    if (!member && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  });
  return names;
}

std::set<std::string> membersIn(const ast::Expr &e) {
  std::set<std::string> names;
  visit(e, [&](const std::string &name, bool member) {
    if (member)
      names.insert(name);
  });
  return names;
}

bool mentions(const ast::Expr &e, const std::set<std::string, std::less<>> &names) {
  bool found = false;
  visit(e, [&](const std::string &name, bool member) { found = found || (!member && names.count(name)); });
  return found;
}

} // namespace heed
