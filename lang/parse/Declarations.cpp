// Files, declarations, members, functions.
#include "lang/parse/Grammar.h"

#include <algorithm>

namespace heed {

using namespace ast;

ExprPtr Grammar::onlyExpression() {
  ExprPtr expr = expression();
  if (!at(TokenKind::End))
    unexpected("the end of the expression");
  return expr;
}

File Grammar::file() {
  File result;
  result.file = id;
  result.doc = headDocumentation();
  unsigned end = static_cast<unsigned>(tokens.size() - 1);
  lines(end, [&] {
    if (std::optional<Declaration> read = declaration())
      result.declarations.push_back(std::move(*read));
  });
  return result;
}

/// `///` lines at the head describe the file when a `use` or a blank line follows; they are then no declaration's.
std::string Grammar::headDocumentation() {
  unsigned count = docs[0];
  bool beforeUse = tokens[0].kind == TokenKind::Use || tokens[0].kind == TokenKind::End;
  for (unsigned i = 0; i < count; ++i) {
    uint32_t next = i + 1 < count ? comments[i + 1].range.begin : tokens[0].range.begin;
    std::string_view between = sources.text(Range{id, comments[i].range.end, next});
    bool blank = std::count(between.begin(), between.end(), '\n') > 1;
    if ((blank && !beforeUse) || i + 1 == count) {
      if (!blank && !beforeUse)
        return "";
      firstDoc = i + 1;
      return documentationOf(0, i + 1);
    }
  }
  return "";
}

std::optional<Declaration> Grammar::declaration() {
  unsigned begin = here;
  Declaration node;
  node.doc = documentation(begin);
  node.attributes = attributes();
  if (panicking)
    return std::nullopt;
  if (at(TokenKind::Use)) {
    use(node);
  } else if (at(TokenKind::Model)) {
    model(node);
  } else if (at(TokenKind::Recipe)) {
    recipe(node);
  } else if (at(TokenKind::Type)) {
    node.kind = Declaration::Kind::Type;
    accept(TokenKind::Type);
    node.name = name("a name");
    expect(TokenKind::Assign);
    node.type = type();
  } else if (at(TokenKind::Fn)) {
    node.kind = Declaration::Kind::Function;
    node.function = function();
    if (!node.function->name && !panicking)
      diagnostics.error(Kind::NamelessFunction, node.function->head, "a function of a file needs a name")
          .helped("write `fn name(…)`; inside a block a function without a name makes the block callable");
  } else if (atWord("block") && !at(TokenKind::Assign, 1)) {
    node.kind = Declaration::Kind::Block;
    ++here;
    Name named = name("a name");
    node.block = block(std::move(named), false);
  } else if (at(TokenKind::Name) && at(TokenKind::Assign, 1)) {
    node.kind = Declaration::Kind::Value;
    node.name = name("a name");
    accept(TokenKind::Assign);
    node.value = expression();
  } else {
    noDeclaration();
    return std::nullopt;
  }
  if (node.function)
    node.function->doc = node.doc;
  node.range = since(begin);
  return node;
}

void Grammar::noDeclaration() {
  static const std::vector<std::string> kBeginnings = {"use", "type", "fn", "block", "model", "recipe"};
  std::string help = "a file holds `use`, `type`, `fn`, `block`, `model`, `recipe` and `name = …`";
  if (foreignWord(here))
    return;
  if (at(TokenKind::Name))
    if (std::string near = nearest(textOf(here), kBeginnings); !near.empty())
      help = fmt::format("did you mean `{}`?", near);
  if (Diagnostic *report = unexpected("a declaration"))
    report->helped(help);
}

/// `use std.{a, b}`, `use gpt.GPT2`
void Grammar::use(Declaration &node) {
  node.kind = Declaration::Kind::Use;
  accept(TokenKind::Use);
  Use read;
  read.path.push_back(name("a name"));
  expect(TokenKind::Dot, "say what is used: `use std.{…}`");
  while (!panicking && !at(TokenKind::LeftBrace)) {
    read.path.push_back(name("a name"));
    if (!accept(TokenKind::Dot))
      break;
  }
  if (accept(TokenKind::LeftBrace)) {
    read.braces = true;
    unsigned open = here - 1;
    items([&] { read.names.push_back(name("a name")); });
    if (read.names.empty())
      diagnostics.error(Kind::EmptyBrackets, since(open), "nothing is used")
          .helped("name what to use, or remove the line");
  } else if (read.path.size() > 1) {
    read.names.push_back(std::move(read.path.back()));
    read.path.pop_back();
  }
  node.use = std::move(read);
}

/// `model Name(…) { … }`, or `model Name = expr`
void Grammar::model(Declaration &node) {
  accept(TokenKind::Model);
  Name named = name("a name");
  if (accept(TokenKind::Assign)) {
    node.kind = Declaration::Kind::Model;
    node.name = std::move(named);
    node.value = expression();
  } else {
    node.kind = Declaration::Kind::Block;
    node.block = block(std::move(named), true);
  }
}

/// `recipe name = train expr { name = expr … }`
void Grammar::recipe(Declaration &node) {
  node.kind = Declaration::Kind::Recipe;
  accept(TokenKind::Recipe);
  node.name = name("a name");
  expect(TokenKind::Assign);
  if (atWord("train"))
    ++here;
  else
    unexpected("`train`");
  node.value = expression();
  if (!expectBrace())
    return;
  unsigned open = here - 1;
  lines(partner[open], [&] {
    unsigned begin = here;
    Setting setting;
    setting.name = name("a name");
    expect(TokenKind::Assign);
    setting.value = expression();
    setting.range = since(begin);
    node.settings.push_back(std::move(setting));
  });
  here = partner[open] + 1;
}

/// Those before a declaration or member, and the ends of their lines.
std::vector<Attribute> Grammar::attributes() {
  std::vector<Attribute> result;
  while (at(TokenKind::At)) {
    unsigned begin = here++;
    Attribute attribute;
    attribute.name = name("a name");
    if (accept(TokenKind::LeftParen))
      attribute.arguments = arguments();
    attribute.range = since(begin);
    result.push_back(std::move(attribute));
    while (at(TokenKind::Newline))
      ++here;
  }
  return result;
}

// ---- blocks ----

std::unique_ptr<Block> Grammar::block(Name named, bool isModel) {
  auto node = std::make_unique<Block>();
  node->isModel = isModel;
  node->name = std::move(named);
  node->lists = parameterLists();
  if (!expectBrace())
    return node;
  unsigned open = here - 1;
  lines(partner[open], [&] {
    Member read = member();
    if (!panicking || read.value || read.function)
      node->members.push_back(std::move(read));
  });
  here = partner[open] + 1;
  return node;
}

Member Grammar::member() {
  unsigned begin = here;
  Member node{};
  node.doc = documentation(begin);
  node.attributes = attributes();
  if (at(TokenKind::Fn)) {
    node.kind = Member::Kind::Function;
    node.function = function();
    node.function->doc = node.doc;
  } else if (at(TokenKind::Require)) {
    node.kind = Member::Kind::Require;
    require(node.value, node.message);
  } else if (atTargets()) {
    data(node);
  } else {
    noMember();
  }
  node.range = since(begin);
  return node;
}

void Grammar::noMember() {
  if (foreignWord(here))
    return;
  if (at(TokenKind::Name) && canBegin(token(1).kind)) {
    std::string first(textOf(here++));
    static constexpr std::string_view types[] = {"void", "float", "double", "int", "bool", "string", "f32", "Tensor"};
    bool typed = std::find(std::begin(types), std::end(types), first) != std::end(types);
    bool function = typed && at(TokenKind::Name) && token(1).kind == TokenKind::LeftParen; // `float loss(…)`
    std::string name(textOf(here));
    if (Diagnostic *report = unexpected("`=`"))
      report->helped(function ? fmt::format("a function is written `fn {}(…) = …`, types behind their names", name)
                              : fmt::format("a member is bound by `{} = …`", first));
  } else if (Diagnostic *report = unexpected("a member"); report && report->help.empty()) {
    report->helped("a block holds `name = …`, `name: param … = …`, `name: state … = …`, `fn` and `require`");
  }
}

/// A parameter, a state or a binding, with its condition.
void Grammar::data(Member &node) {
  node.kind = Member::Kind::Bind;
  do {
    unsigned begin = here;
    Target target;
    target.name = name("a name");
    if (at(TokenKind::IndexSquare))
      target.binders = binders();
    if (accept(TokenKind::Colon)) {
      bool isParam = atWord("param"), isState = atWord("state");
      if ((isParam || isState) && !node.targets.empty()) {
        std::string kind(textOf(here)), first = node.targets.front().name.text;
        if (Diagnostic *report = unexpected("a type"))
          report->help = fmt::format("each is declared by itself: `{}: {} … = …`, then `{}: {} … = …`", first, kind,
                                     target.name.text, kind);
      } else if (isParam || isState) {
        ++here;
        node.kind = isState ? Member::Kind::State : Member::Kind::Parameter;
      }
      if (!target.binders) {
        target.type = type();
      } else if (isParam) {
        node.kind = Member::Kind::Table;
      } else {
        --here;
        unexpected("`param`");
      }
    }
    target.range = since(begin);
    node.targets.push_back(std::move(target));
  } while (node.kind == Member::Kind::Bind && accept(TokenKind::Comma));
  expect(TokenKind::Assign, node.kind == Member::Kind::Bind ? "" : "say how it begins: `= 0` or `= normal(0.02)`");
  node.value = expression();
  if (accept(TokenKind::If))
    node.condition = expression();
}

// ---- functions ----

std::unique_ptr<Function> Grammar::function() {
  unsigned begin = here;
  auto node = std::make_unique<Function>();
  accept(TokenKind::Fn);
  if (!at(TokenKind::LeftParen))
    node->name = name("a name");
  node->lists = parameterLists();
  if (accept(TokenKind::Arrow))
    node->result = type();
  node->head = since(begin);
  if (accept(TokenKind::Assign)) {
    node->equals = true;
    node->body = expression();
  } else if (at(TokenKind::LeftBrace) || (at(TokenKind::Newline) && at(TokenKind::LeftBrace, 1))) {
    node->body = body();
  } else {
    bool lacks = at(TokenKind::Colon) || at(TokenKind::Newline) || at(TokenKind::End);
    if (Diagnostic *report = unexpected("`=` or `{`", lacks ? Kind::MissingBrace : Kind::UnexpectedToken))
      report->helped("one expression follows `=`, statements stand between `{` and `}`");
    node->body = std::make_unique<NameExpr>(Range{id, token().range.begin, token().range.begin});
  }
  node->range = since(begin);
  return node;
}

/// One list or more.
std::vector<std::vector<Parameter>> Grammar::parameterLists() {
  std::vector<std::vector<Parameter>> lists;
  if (!at(TokenKind::LeftParen))
    expect(TokenKind::LeftParen, "parameters stand in parentheses, even where there are none: `()`");
  while (accept(TokenKind::LeftParen)) {
    lists.emplace_back();
    items([&] { lists.back().push_back(parameter()); });
  }
  if (lists.empty())
    lists.emplace_back();
  return lists;
}

/// `name`, `name: type = default`, `name?: type`
Parameter Grammar::parameter() {
  unsigned begin = here;
  Parameter node;
  node.name = name("a name");
  node.optional = accept(TokenKind::Question);
  if (accept(TokenKind::Colon))
    node.type = type();
  if (accept(TokenKind::Assign))
    node.value = expression();
  node.range = since(begin);
  return node;
}

} // namespace heed
