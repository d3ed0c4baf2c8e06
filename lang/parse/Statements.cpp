// Bodies, statements, targets and binders.
#include "lang/parse/Grammar.h"

namespace heed {

using namespace ast;

namespace {

std::optional<Statement::Op> assignmentOf(TokenKind kind) {
  switch (kind) {
  case TokenKind::Assign:
    return Statement::Op::Set;
  case TokenKind::PlusAssign:
    return Statement::Op::Add;
  case TokenKind::MinusAssign:
    return Statement::Op::Subtract;
  case TokenKind::StarAssign:
    return Statement::Op::Multiply;
  default:
    return std::nullopt;
  }
}

} // namespace

bool assigns(TokenKind kind) { return assignmentOf(kind).has_value(); }

std::unique_ptr<Body> Grammar::body() {
  unsigned begin = here;
  if (!expectBrace())
    return std::make_unique<Body>(since(begin));
  begin = here - 1;
  unsigned end = partner[begin];
  std::vector<StatementPtr> statements;
  lines(end, [&] { statements.push_back(statement()); });
  here = end + 1;
  auto node = std::make_unique<Body>(since(begin));
  node->statements = std::move(statements);
  return node;
}

StatementPtr Grammar::statement() {
  unsigned begin = here;
  auto node = std::make_unique<Statement>();
  if (at(TokenKind::Require)) {
    node->kind = Statement::Kind::Require;
    require(node->condition, node->message);
  } else if (at(TokenKind::For)) {
    node->kind = Statement::Kind::For;
    loop(*node);
  } else if (at(TokenKind::Next) || atTargets()) {
    node->kind = Statement::Kind::Bind;
    node->next = accept(TokenKind::Next);
    node->targets = targets();
    if (std::optional<Statement::Op> op = assignmentOf(token().kind); op && !panicking) {
      node->op = *op;
      ++here;
    } else {
      expect(TokenKind::Assign);
    }
    node->value = results();
  } else {
    node->kind = Statement::Kind::Results;
    node->value = results();
    if (!panicking && assignmentOf(token().kind))
      if (Diagnostic *report = fail(Kind::NotATarget, node->value->range, "this cannot be bound"))
        report->helped("a name can, `name = …` or `name[i, j] = …`; equality is written `==`");
  }
  node->range = since(begin);
  return node;
}

/// `require c, "…"`
void Grammar::require(ExprPtr &condition, std::string &message) {
  accept(TokenKind::Require);
  condition = expression();
  expect(TokenKind::Comma, "say why: `require …, \"…\"`");
  if (accept(TokenKind::String))
    message = stringValue(textOf(here - 1));
  else
    unexpected("a string");
}

/// `for l, block in h { … }`
void Grammar::loop(Statement &node) {
  accept(TokenKind::For);
  node.first = name("a name");
  if (accept(TokenKind::Comma))
    node.second = name("a name");
  expect(TokenKind::In);
  node.over = expression();
  node.body = body();
}

/// `a`, or several: a tuple without parentheses.
ExprPtr Grammar::results() {
  unsigned begin = here;
  ExprPtr first = expression();
  if (!at(TokenKind::Comma))
    return first;
  std::vector<Argument> entries;
  Range range = first->range;
  entries.push_back({std::nullopt, std::move(first), range});
  while (accept(TokenKind::Comma)) {
    ExprPtr next = expression();
    range = next->range;
    entries.push_back({std::nullopt, std::move(next), range});
  }
  auto node = std::make_unique<Tuple>(since(begin));
  node->entries = std::move(entries);
  node->bare = true;
  return node;
}

// ---- targets ----

/// A statement binds when targets stand before its `=`. A name and `:` begin nothing else.
bool Grammar::atTargets() const {
  for (unsigned i = here; tokens[i].kind == TokenKind::Name || isWord(tokens[i].kind);) {
    ++i;
    if (tokens[i].kind == TokenKind::IndexSquare ||
        (tokens[i].kind == TokenKind::LeftSquare && isWord(tokens[i - 1].kind)))
      i = partner[i] + 1;
    if (assignmentOf(tokens[i].kind) || tokens[i].kind == TokenKind::Colon)
      return true;
    if (tokens[i].kind != TokenKind::Comma)
      return false;
    ++i;
  }
  return false;
}

std::vector<Target> Grammar::targets() {
  std::vector<Target> result;
  do
    result.push_back(target());
  while (accept(TokenKind::Comma));
  return result;
}

/// `name`, `name: type`, `name[binders]`
Target Grammar::target() {
  unsigned begin = here;
  Target result;
  result.name = name("a name");
  if (accept(TokenKind::Colon))
    result.type = type();
  else if (at(TokenKind::IndexSquare))
    result.binders = binders();
  result.range = since(begin);
  return result;
}

std::vector<Binder> Grammar::binders() {
  unsigned open = here++;
  std::vector<Binder> result;
  items([&] { result.push_back(binder()); });
  if (result.empty())
    diagnostics.error(Kind::EmptyBrackets, since(open), "nothing is bound")
        .helped("a scalar is bound by its name alone");
  return result;
}

/// `..`, `:`, `name`, `name in N`, `(binder, …)`
Binder Grammar::binder() {
  unsigned begin = here;
  Binder result{Binder::Kind::Name, {}, {}, nullptr, {}};
  if (accept(TokenKind::DotDot)) {
    result.kind = Binder::Kind::Spread;
  } else if (accept(TokenKind::Colon)) {
    result.kind = Binder::Kind::Colon;
  } else if (accept(TokenKind::LeftParen)) {
    result.kind = Binder::Kind::Composite;
    items([&] { result.parts.push_back(binder()); });
  } else if (std::optional<Name> found = acceptName()) {
    result.name = std::move(*found);
    if (accept(TokenKind::In))
      result.in = expression();
    else if (!panicking && !at(TokenKind::Comma) && !at(TokenKind::Where) && !isClosing(token().kind))
      notABinder(begin);
  } else if (!panicking && isWord(token().kind)) {
    result.name = name("an index");
  } else {
    notABinder(begin);
  }
  result.range = since(begin);
  return result;
}

void Grammar::notABinder(unsigned begin) {
  unsigned end = here; // to the end of the item, for the underline
  while (tokens[end].kind != TokenKind::Comma && tokens[end].kind != TokenKind::Where && !isClosing(tokens[end].kind) &&
         tokens[end].kind != TokenKind::End)
    end = isOpening(tokens[end].kind) ? partner[end] + 1 : end + 1;
  Range range = end > begin ? tokens[begin].range.to(tokens[end - 1].range) : tokens[begin].range;
  std::string text(sources.text(range));
  std::string message = end == begin       ? fmt::format("expected an index, found {}", found())
                        : text.size() > 40 ? "this does not bind an index"
                                           : fmt::format("`{}` does not bind an index", text);
  if (Diagnostic *report = fail(Kind::NotATarget, range, message))
    report->helped("an index is bound by its name, `i` or `i in n`; several split one axis, `(h, e)`; `..` stands for "
                   "all other axes");
}

} // namespace heed
