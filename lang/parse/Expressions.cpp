// Expressions, weakest operator first. A reducer over an index takes the whole product that follows and is therefore
// the last factor.
#include "lang/parse/Grammar.h"

namespace heed {

using namespace ast;

namespace {

ExprPtr binary(Binary::Op op, Range opRange, ExprPtr left, ExprPtr right) {
  auto node = std::make_unique<Binary>(left->range.to(right->range));
  node->op = op;
  node->opRange = opRange;
  node->left = std::move(left);
  node->right = std::move(right);
  return node;
}

ExprPtr unaryOf(Unary::Op op, Range opRange, ExprPtr operand) {
  auto node = std::make_unique<Unary>(opRange.to(operand->range));
  node->op = op;
  node->operand = std::move(operand);
  return node;
}

std::optional<Binary::Op> comparisonOf(TokenKind kind) {
  switch (kind) {
  case TokenKind::Equal:
    return Binary::Op::Equal;
  case TokenKind::NotEqual:
    return Binary::Op::NotEqual;
  case TokenKind::Less:
    return Binary::Op::Less;
  case TokenKind::LessEqual:
    return Binary::Op::LessEqual;
  case TokenKind::Greater:
    return Binary::Op::Greater;
  case TokenKind::GreaterEqual:
    return Binary::Op::GreaterEqual;
  default:
    return std::nullopt;
  }
}

} // namespace

ExprPtr Grammar::expression() {
  if (at(TokenKind::If))
    return conditional();
  if (at(TokenKind::Fn)) {
    unsigned begin = here;
    std::unique_ptr<Function> written = function();
    auto node = std::make_unique<Lambda>(since(begin));
    node->function = std::move(written);
    return node;
  }
  return disjunction();
}

ExprPtr Grammar::conditional() {
  unsigned begin = here;
  accept(TokenKind::If);
  ExprPtr condition = expression();
  if (!accept(TokenKind::Then))
    unexpected("`then`", at(TokenKind::Assign) ? Kind::UnexpectedToken : Kind::IncompleteConditional);
  ExprPtr then = expression();
  if (!accept(TokenKind::Else))
    if (Diagnostic *report = unexpected("`else`", Kind::IncompleteConditional))
      report->helped(token().kind == TokenKind::Assign ? "equality is written `==`"
                     : assigns(token().kind)           ? "an `if` is a value: `x = if … then … else x`"
                                                       : "both cases have a value: `if … then … else …`");
  ExprPtr otherwise = expression();
  auto node = std::make_unique<If>(since(begin));
  node->condition = std::move(condition);
  node->then = std::move(then);
  node->otherwise = std::move(otherwise);
  return node;
}

ExprPtr Grammar::disjunction() {
  ExprPtr left = conjunction();
  while (accept(TokenKind::Or)) {
    Range op = tokens[here - 1].range;
    left = binary(Binary::Op::Or, op, std::move(left), conjunction());
  }
  return left;
}

ExprPtr Grammar::conjunction() {
  ExprPtr left = negation();
  while (accept(TokenKind::And)) {
    Range op = tokens[here - 1].range;
    left = binary(Binary::Op::And, op, std::move(left), negation());
  }
  return left;
}

ExprPtr Grammar::negation() {
  if (!accept(TokenKind::Not))
    return comparison();
  Range op = tokens[here - 1].range;
  return unaryOf(Unary::Op::Not, op, comparison());
}

ExprPtr Grammar::comparison() {
  ExprPtr left = span();
  std::optional<Binary::Op> op = comparisonOf(token().kind);
  if (panicking || !op)
    return left;
  Range opRange = token().range;
  ++here;
  ExprPtr right = span();
  if (!panicking && comparisonOf(token().kind)) {
    std::string middle(sources.text(right->range));
    if (Diagnostic *report = fail(Kind::ChainedComparison, token().range, "comparisons do not chain"))
      report->mark(opRange, "the first")
          .helped(middle.size() < 60 ? fmt::format("compare twice: `… {} {} and {} {} …`", sources.text(opRange),
                                                   middle, middle, textOf(here))
                                     : "compare twice and join them by `and`");
  }
  return binary(*op, opRange, std::move(left), std::move(right));
}

ExprPtr Grammar::span() {
  ExprPtr low = sum();
  if (!accept(TokenKind::DotDot))
    return low;
  ExprPtr high = sum();
  auto node = std::make_unique<Span>(low->range.to(high->range));
  node->low = std::move(low);
  node->high = std::move(high);
  return node;
}

ExprPtr Grammar::sum() {
  ExprPtr left = product();
  while (at(TokenKind::Plus) || at(TokenKind::Minus)) {
    Binary::Op op = at(TokenKind::Plus) ? Binary::Op::Add : Binary::Op::Subtract;
    Range opRange = token().range;
    ++here;
    left = binary(op, opRange, std::move(left), product());
  }
  return left;
}

ExprPtr Grammar::product() {
  ExprPtr left = factor();
  while (at(TokenKind::Star) || at(TokenKind::Slash) || at(TokenKind::Percent)) {
    Binary::Op op = at(TokenKind::Star)    ? Binary::Op::Multiply
                    : at(TokenKind::Slash) ? Binary::Op::Divide
                                           : Binary::Op::Remainder;
    Range opRange = token().range;
    ++here;
    left = binary(op, opRange, std::move(left), factor());
  }
  return left;
}

/// A reduction takes every factor behind it, so none is left for the product that called.
ExprPtr Grammar::factor() {
  if (atReduction())
    return reduction();
  if (at(TokenKind::Minus) && atReduction(1)) {
    Range op = token().range;
    ++here;
    return unaryOf(Unary::Op::Negate, op, reduction());
  }
  return unary();
}

bool Grammar::atReduction(unsigned ahead) const {
  return !panicking && isReducer(token(ahead).kind) &&
         (at(TokenKind::LeftSquare, ahead + 1) || at(TokenKind::IndexSquare, ahead + 1));
}

ExprPtr Grammar::reduction() {
  unsigned begin = here;
  Name reducer{std::string(textOf(here)), token().range};
  ++here;
  std::vector<Binder> binders;
  ExprPtr where;
  over(binders, where);
  ExprPtr body = product();
  auto node = std::make_unique<Reduce>(since(begin));
  node->reducer = std::move(reducer);
  node->binders = std::move(binders);
  node->where = std::move(where);
  node->body = std::move(body);
  return node;
}

/// `[i, k in K where c]`
void Grammar::over(std::vector<Binder> &binders, ExprPtr &where) {
  if (!atOpeningSquare()) {
    expect(TokenKind::LeftSquare);
    return;
  }
  Range bracket = token().range;
  ++here;
  items([&] {
    if (at(TokenKind::Where) && binders.empty())
      unexpected("what to reduce over");
    binders.push_back(binder());
    if (accept(TokenKind::Where))
      where = expression();
  });
  if (binders.empty())
    diagnostics.error(Kind::EmptyBrackets, bracket.to(tokens[here - 1].range), "nothing is reduced over")
        .helped("name the indices to reduce over, such as `[j]`, or `[..]` for all");
}

ExprPtr Grammar::unary() {
  if (!accept(TokenKind::Minus))
    return power();
  Range op = tokens[here - 1].range;
  return unaryOf(Unary::Op::Negate, op, power());
}

ExprPtr Grammar::power() {
  ExprPtr base = postfix();
  if (!accept(TokenKind::Caret))
    return base;
  Range op = tokens[here - 1].range;
  return binary(Binary::Op::Power, op, std::move(base), unary());
}

ExprPtr Grammar::postfix() {
  unsigned begin = here;
  ExprPtr base = primary();
  while (true) {
    if (accept(TokenKind::Dot)) {
      Name member = name("a name");
      auto node = std::make_unique<Dot>(since(begin));
      node->base = std::move(base);
      node->name = std::move(member);
      base = std::move(node);
    } else if (accept(TokenKind::LeftParen)) {
      std::vector<Argument> given = arguments();
      auto node = std::make_unique<Call>(since(begin));
      node->callee = std::move(base);
      node->arguments = std::move(given);
      base = std::move(node);
    } else if (accept(TokenKind::IndexSquare)) {
      std::vector<Index> given = indices();
      auto node = std::make_unique<Subscript>(since(begin));
      node->base = std::move(base);
      node->indices = std::move(given);
      base = std::move(node);
    } else if (atWord("with") &&
               (at(TokenKind::LeftBrace, 1) || (at(TokenKind::Newline, 1) && at(TokenKind::LeftBrace, 2)))) {
      here += at(TokenKind::Newline, 1) ? 2 : 1; // nothing ends between `with` and its map
      ExprPtr replacements = map();
      auto node = std::make_unique<With>(since(begin));
      node->base = std::move(base);
      node->map = std::move(replacements);
      base = std::move(node);
    } else {
      return base;
    }
  }
}

ExprPtr Grammar::primary() {
  unsigned begin = here;
  if (accept(TokenKind::Number)) {
    auto node = std::make_unique<Number>(since(begin));
    node->text = textOf(begin);
    node->whole = node->text.find_first_of(".eE") == std::string::npos;
    return node;
  }
  if (accept(TokenKind::String)) {
    auto node = std::make_unique<String>(since(begin));
    node->value = stringValue(textOf(begin));
    return node;
  }
  if (std::optional<Name> found = acceptName()) {
    auto node = std::make_unique<NameExpr>(found->range);
    node->name = std::move(found->text);
    return node;
  }
  if (at(TokenKind::LeftParen))
    return parenthesis();
  if (at(TokenKind::LeftSquare))
    return list();
  if (at(TokenKind::LeftBrace))
    return braces();
  if (at(TokenKind::Attend))
    return attend();
  if (!panicking && isReducer(token().kind) && at(TokenKind::LeftParen, 1)) { // `max(a, b)`: called by its name
    ++here;
    auto node = std::make_unique<NameExpr>(since(begin));
    node->name = textOf(begin);
    return node;
  }
  return noExpression();
}

/// Reports, and gives a name without text.
ExprPtr Grammar::noExpression() {
  TokenKind kind = token().kind;
  std::string help;
  if (kind == TokenKind::If || kind == TokenKind::Fn)
    help = fmt::format("put the `{}` and what belongs to it in parentheses", spelling(kind));
  else if (atReduction())
    help = fmt::format("put `{}[…] …` in parentheses", spelling(kind));
  else if (isReducer(kind))
    help = fmt::format("`{0}` reduces, `{0}[j] x[j]`, or is called, `{0}(…)`", spelling(kind));
  else if (kind == TokenKind::IndexSquare)
    help = "a list stands behind a space";
  else if (kind == TokenKind::DotDot)
    help = "a range has both ends: `0..n`";
  else if (kind == TokenKind::For && here > 0 && tokens[here - 1].kind == TokenKind::LeftSquare)
    help = "what is made stands first: `[… for x in xs]`";
  else if (kind == TokenKind::Greater && here > 0 && tokens[here - 1].kind == TokenKind::Assign && !token().spaced)
    help = "a function's value follows `=`, the type of its result `->`";
  Diagnostic *report = unexpected("an expression");
  if (report && !help.empty())
    report->helped(help);
  uint32_t place = token().range.begin;
  return std::make_unique<NameExpr>(Range{id, place, place});
}

/// `(e)`, `(a, b)`, `(name = a)`
ExprPtr Grammar::parenthesis() {
  unsigned begin = here;
  accept(TokenKind::LeftParen);
  if (at(TokenKind::RightParen)) {
    noExpression();
    panicking = false;
    ++here;
    return std::make_unique<NameExpr>(since(begin));
  }
  std::vector<Argument> entries = arguments();
  if (entries.size() == 1 && !entries[0].name) {
    auto node = std::make_unique<Paren>(since(begin));
    node->inner = std::move(entries[0].value);
    return node;
  }
  auto node = std::make_unique<Tuple>(since(begin));
  node->entries = std::move(entries);
  return node;
}

/// `[a, b]`, `[e for x in xs]`
ExprPtr Grammar::list() {
  unsigned begin = here;
  accept(TokenKind::LeftSquare);
  std::vector<ExprPtr> elements;
  std::unique_ptr<Comprehension> loop;
  items([&] {
    if (loop) {
      unexpected("`]`");
      return;
    }
    ExprPtr element = expression();
    if (!elements.empty() || !accept(TokenKind::For)) {
      elements.push_back(std::move(element));
      return;
    }
    loop = std::make_unique<Comprehension>(Range{});
    loop->element = std::move(element);
    loop->first = name("a name");
    if (accept(TokenKind::Comma))
      loop->second = name("a name");
    expect(TokenKind::In);
    loop->over = expression();
  });
  if (loop) {
    loop->range = since(begin);
    return loop;
  }
  auto node = std::make_unique<List>(since(begin));
  node->elements = std::move(elements);
  return node;
}

/// A map if a string and `:` follow, or nothing; else statements. A name, `:` and no `=` behind them is a map whose key
/// lacks its quotes.
ExprPtr Grammar::braces() {
  bool isMap = partner[here] == here + 1 || (at(TokenKind::String, 1) && at(TokenKind::Colon, 2));
  if (at(TokenKind::Name, 1) && at(TokenKind::Colon, 2)) {
    unsigned i = here + 3;
    while (i < partner[here] && !assigns(tokens[i].kind) && tokens[i].kind != TokenKind::Comma)
      i = isOpening(tokens[i].kind) ? partner[i] + 1 : i + 1;
    isMap = !assigns(tokens[i].kind);
  }
  return isMap ? map() : body();
}

ExprPtr Grammar::map() {
  unsigned begin = here;
  if (!expect(TokenKind::LeftBrace))
    return std::make_unique<Map>(since(begin));
  std::vector<Map::Entry> entries;
  items([&] {
    Map::Entry entry;
    entry.keyRange = token().range;
    if (accept(TokenKind::String))
      entry.key = stringValue(textOf(here - 1));
    else if (Diagnostic *report = unexpected("a string"); report && token().kind == TokenKind::Name)
      report->helped(fmt::format("a key stands in quotes: `\"{}\"`", textOf(here)));
    expect(TokenKind::Colon);
    entry.value = expression();
    entries.push_back(std::move(entry));
  });
  auto node = std::make_unique<Map>(since(begin));
  node->entries = std::move(entries);
  return node;
}

ExprPtr Grammar::attend() {
  unsigned begin = here;
  accept(TokenKind::Attend);
  std::vector<Binder> binders;
  ExprPtr where;
  over(binders, where);
  std::vector<Argument> given;
  if (expect(TokenKind::LeftParen, "`attend` takes its score and its value in parentheses: `attend[j](score, value)`"))
    given = arguments();
  auto node = std::make_unique<Attend>(since(begin));
  node->binders = std::move(binders);
  node->where = std::move(where);
  node->arguments = std::move(given);
  return node;
}

/// What stands behind an opening parenthesis, and the closing one.
std::vector<Argument> Grammar::arguments() {
  std::vector<Argument> result;
  Range named, late; // the first with a name, the first without one behind it
  items([&] {
    unsigned begin = here;
    Argument argument;
    if (at(TokenKind::Assign, 1) && (at(TokenKind::Name) || isWord(token().kind))) {
      argument.name = name("a name");
      expect(TokenKind::Assign);
    }
    argument.value = expression();
    argument.range = since(begin);
    Range &first = argument.name ? named : late;
    if (first.empty() && (argument.name || !named.empty()) && !panicking)
      first = argument.range;
    result.push_back(std::move(argument));
  });
  if (!late.empty())
    diagnostics.error(Kind::ArgumentOrder, late, "this has no name but follows an argument with one")
        .mark(named, "the first with a name")
        .helped("move it to the front, or name it");
  return result;
}

/// What stands behind an opening square bracket, and the closing one.
std::vector<Index> Grammar::indices() {
  unsigned open = here - 1;
  std::vector<Index> result;
  items([&] { result.push_back(index()); });
  if (result.empty())
    diagnostics.error(Kind::EmptyBrackets, since(open), "nothing is indexed")
        .helped("the whole tensor is its name alone");
  return result;
}

Index Grammar::index() {
  unsigned begin = here;
  Index result{Index::Kind::At, {}, nullptr, nullptr, {}};
  auto ends = [&] { return at(TokenKind::Comma) || isClosing(token().kind); };
  if (accept(TokenKind::DotDot)) {
    result.kind = Index::Kind::Spread;
  } else if (atComposite()) {
    result.kind = Index::Kind::Composite;
    accept(TokenKind::LeftParen);
    items([&] { result.parts.push_back(index()); });
  } else {
    if (!at(TokenKind::Colon))
      result.low = expression();
    if (accept(TokenKind::Colon)) {
      result.kind = Index::Kind::Slice;
      if (!ends())
        result.high = expression();
    }
  }
  result.range = since(begin);
  return result;
}

/// `(`, with a comma between its items, that is a whole index: nothing follows it.
bool Grammar::atComposite() const {
  if (!at(TokenKind::LeftParen))
    return false;
  unsigned end = partner[here];
  if (tokens[end + 1].kind != TokenKind::Comma && !isClosing(tokens[end + 1].kind))
    return false;
  for (unsigned i = here + 1; i < end; i = isOpening(tokens[i].kind) ? partner[i] + 1 : i + 1)
    if (tokens[i].kind == TokenKind::Comma)
      return i + 1 < end;
  return false;
}

} // namespace heed
