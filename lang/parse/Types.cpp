// Types and axes. What a name stands for is not known here: `[Mask]` is read as one axis and `fn(Mask) -> bool` as a
// parameter's name.
#include "lang/parse/Grammar.h"

namespace heed {

using namespace ast;

namespace {

constexpr std::string_view kElements[] = {"f64", "f32", "f16", "bf16", "i64", "i32", "u8", "bool"};
constexpr std::string_view kScalars[] = {"int", "float", "string", "block"};

template <size_t N> bool in(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

} // namespace

TypePtr Grammar::type() {
  unsigned begin = here;
  if (at(TokenKind::Fn))
    return functionType();
  if (at(TokenKind::LeftParen))
    return tupleType();
  if (atOpeningSquare())
    return brackets("", begin);
  auto node = std::make_unique<Type>();
  node->kind = Type::Kind::Named;
  if (std::optional<Name> found = acceptName()) {
    node->name = found->text;
    bool isElement = in(kElements, node->name);
    if (isElement && atOpeningSquare())
      return brackets(node->name, begin);
    if (isElement)
      node->kind = Type::Kind::Element;
    else if (at(TokenKind::IndexSquare))
      notAnElement(*found);
  } else {
    unexpected("a type");
  }
  node->range = since(begin);
  return node;
}

void Grammar::notAnElement(const Name &name) {
  Diagnostic *report = fail(Kind::UnexpectedToken, name.range, fmt::format("`{}` is not an element type", name.text));
  if (!report)
    return;
  if (name.text == "float" || name.text == "int")
    report->helped(
        fmt::format("write `{}[…]`, or `[…]` for the working precision", name.text == "int" ? "i32" : "f32"));
  else
    report->helped("the element types are `f64 f32 f16 bf16 i64 i32 u8 bool`");
}

/// Does a type stand here that can be nothing else? A name that is not built in may be one, but also a size or a
/// parameter.
bool Grammar::beginsType(unsigned ahead) const {
  switch (token(ahead).kind) {
  case TokenKind::Fn:
  case TokenKind::LeftSquare:
  case TokenKind::IndexSquare:
    return true;
  case TokenKind::LeftParen:
    return (at(TokenKind::Name, ahead + 1) && at(TokenKind::Colon, ahead + 2)) || beginsType(ahead + 1);
  case TokenKind::Name: {
    std::string_view name = sources.text(token(ahead).range);
    return in(kElements, name) || in(kScalars, name);
  }
  default:
    return false;
  }
}

/// `[axis, …]`, or `[type]` for a list.
TypePtr Grammar::brackets(std::string element, unsigned begin) {
  auto node = std::make_unique<Type>();
  bool isList = element.empty() && beginsType(1);
  node->kind = isList ? Type::Kind::List : Type::Kind::Tensor;
  node->name = std::move(element);
  ++here;
  items([&] {
    if (!isList)
      node->axes.push_back(axis());
    else if (node->element)
      unexpected("`]`");
    else
      node->element = type();
  });
  node->range = since(begin);
  return node;
}

Axis Grammar::axis() {
  unsigned begin = here;
  Axis result;
  if (accept(TokenKind::DotDot)) {
    result.spread = true;
  } else {
    if (atWord("stream") && (at(TokenKind::Name, 1) || at(TokenKind::Number, 1)) && !atWord("from", 1)) {
      result.stream = true;
      ++here;
    }
    result.size = expression();
    if (atWord("from")) {
      ++here;
      result.from = expression();
    }
    if (result.stream && accept(TokenKind::If))
      result.onlyIf = expression();
  }
  result.range = since(begin);
  return result;
}

/// `fn`, or `fn(b, h, i, j) -> bool`
TypePtr Grammar::functionType() {
  unsigned begin = here;
  auto node = std::make_unique<Type>();
  accept(TokenKind::Fn);
  if (!accept(TokenKind::LeftParen)) {
    node->kind = Type::Kind::Named;
    node->name = "fn";
    node->range = since(begin);
    return node;
  }
  node->kind = Type::Kind::Function;
  items([&] {
    Type::Argument argument;
    if (beginsType())
      argument.type = type();
    else
      argument.name = name("a name or a type");
    node->takes.push_back(std::move(argument));
  });
  expect(TokenKind::Arrow, "a function type says what it gives: `fn(…) -> …`");
  node->gives = type();
  node->range = since(begin);
  return node;
}

/// `(logits: [B, T, V], hidden: [B, T, D])`
TypePtr Grammar::tupleType() {
  unsigned begin = here;
  auto node = std::make_unique<Type>();
  node->kind = Type::Kind::Tuple;
  accept(TokenKind::LeftParen);
  items([&] {
    Type::Field field;
    if (at(TokenKind::Colon, 1)) {
      field.name = name("a name");
      accept(TokenKind::Colon);
    }
    field.type = type();
    node->fields.push_back(std::move(field));
  });
  node->range = since(begin);
  if (node->fields.empty())
    diagnostics.error(Kind::EmptyBrackets, node->range, "a type without parts").helped("a scalar is `[]`");
  return node;
}

} // namespace heed
