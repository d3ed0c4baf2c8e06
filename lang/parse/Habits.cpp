// What the parser tells of a token that does not fit, and the mend for what is right in another language.
#include "lang/parse/Grammar.h"

namespace heed {

namespace {

struct Habit {
  std::string_view word, mend;
};

constexpr Habit kHabits[] = {
    {"return", "a body's result is its last statement: write it without `return`"},
    {"let", "a name is bound by `name = …` alone"},
    {"var", "a name is bound by `name = …` alone"},
    {"val", "a name is bound by `name = …` alone"},
    {"const", "a name is bound by `name = …` alone"},
    {"auto", "a name is bound by `name = …` alone"},
    {"mut", "a name is bound by `name = …` alone, and anew by the same"},
    {"def", "a function is written `fn name(…) = …`"},
    {"func", "a function is written `fn name(…) = …`"},
    {"function", "a function is written `fn name(…) = …`"},
    {"fun", "a function is written `fn name(…) = …`"},
    {"lambda", "a function without a name is written `fn (x) = …`"},
    {"class", "what holds parameters is a `block`, and a `model` if it is to be compiled"},
    {"struct", "what holds parameters is a `block`, and a `model` if it is to be compiled"},
    {"module", "what holds parameters is a `block`, and a `model` if it is to be compiled"},
    {"import", "names come in by `use std.{…}`"},
    {"include", "names come in by `use std.{…}`"},
    {"elif", "write `else if`"},
    {"while", "the one loop is `for name in …`"},
    {"assert", "what must hold is said by `require …, \"why\"`"},
    {"pass", "a body ends in its result; there is no empty one"},
    {"is", "equality is written `==`"},
};

constexpr std::string_view kConditional = "a conditional is written `if … then … else …`";

} // namespace

Diagnostic *Grammar::unexpected(std::string_view expected, Kind kind) {
  if (here > 0 && canBegin(token().kind) && foreignWord(here - 1))
    return nullptr;
  Diagnostic *report = fail(kind, token().range, fmt::format("expected {}, found {}", expected, found()));
  if (report)
    report->helped(foreignMend(expected));
  return report;
}

/// Behind an item of a bracket. What could begin the next one lacks its comma.
Diagnostic *Grammar::noComma(TokenKind closing) {
  std::string mend = foreignMend("`,`");
  bool begins = canBegin(token().kind) && mend.empty() && token().kind != TokenKind::At;
  Diagnostic *report =
      unexpected(fmt::format("`,` or `{}`", spelling(closing)), begins ? Kind::MissingComma : Kind::UnexpectedToken);
  if (report && begins)
    report->helped(fmt::format("put a `,` behind `{}`", textOf(here - 1).substr(0, 40)));
  return report;
}

/// A `;` that says nothing between statements is a mistake among items.
void Grammar::noIdle() {
  if (uint32_t place = token().idle)
    fail(Kind::UnexpectedToken, {id, place, place + 1},
         "`;` ends a statement; what stands in brackets is separated by `,`");
}

/// Whether the token there is a word of another language; then that is told.
bool Grammar::foreignWord(unsigned place) {
  if (panicking || tokens[place].kind != TokenKind::Name)
    return false;
  std::string word(textOf(place));
  std::string_view mend;
  for (const Habit &habit : kHabits)
    if (word == habit.word)
      mend = habit.mend;
  if (word == "from" && tokens[place].first) // else a word of axes
    mend = "names come in by `use std.{…}`";
  if (mend.empty())
    return false;
  if (Diagnostic *report =
          fail(Kind::ForeignWord, tokens[place].range, fmt::format("`{}` is no word of the language", word)))
    report->helped(std::string(mend));
  return true;
}

/// The mend where an expression is missing.
std::string Grammar::expressionMend() const {
  const Token *before = here > 0 ? &tokens[here - 1] : nullptr;
  auto pair = [&](TokenKind first, TokenKind second) {
    return before && before->kind == first && token().kind == second;
  };
  if (pair(TokenKind::Star, TokenKind::Star))
    return "a power is written `^`";
  if (pair(TokenKind::Slash, TokenKind::Star))
    return "a comment is `// …`, to the end of the line";
  if (pair(TokenKind::Plus, TokenKind::Plus))
    return "a name is bound anew by `x += 1`";
  if (token().kind == TokenKind::Where)
    return "what is chosen element by element is `if … then … else …`";
  return "";
}

/// The mend for what is right in another language, or with other spaces.
std::string Grammar::foreignMend(std::string_view expected) const {
  const Token *before = here > 0 ? &tokens[here - 1] : nullptr;
  auto follows = [&](TokenKind kind) { return before && before->kind == kind; };
  if (token().kind == TokenKind::Dot && follows(TokenKind::DotDot))
    return "leading axes are written `..`";
  if (expected == "an expression")
    return expressionMend();
  if (expected == "a string" && token().kind == TokenKind::Name && token(1).kind == TokenKind::String)
    return "a string has no letter before it; names in braces are filled in: `\"at most {n}\"`";
  if (expected == "a type" && token().kind == TokenKind::Assign)
    return "a name is bound by `name = …`";
  if (expected == "`{`" && token().kind == TokenKind::DotDot)
    return "a range has no step: count `for i in 0..n`, and write `2 * i`";
  bool afterExpression = expected == "the end of the statement" || expected == "`then`" || expected.starts_with("`,`");
  if (!afterExpression)
    return "";
  switch (token().kind) {
  case TokenKind::LeftSquare:
    return token().spaced && follows(TokenKind::Name) && expected == "the end of the statement"
               ? fmt::format("an index stands without a space: `{}[`", textOf(here - 1))
               : "";
  case TokenKind::Assign:
    return "equality is written `==`";
  case TokenKind::At:
    return "a matrix product is an index statement: `y[i, k] = sum[j] a[i, j] * b[j, k]`";
  case TokenKind::LeftBrace:
  case TokenKind::Question:
  case TokenKind::If:
  case TokenKind::Else:
    return std::string(kConditional);
  case TokenKind::Colon:
    return expected.starts_with("`,`") && follows(TokenKind::Name)
               ? fmt::format("the name of an argument is followed by `=`: `{} = …`", textOf(here - 1))
               : "";
  case TokenKind::Less:
    return follows(TokenKind::Name) ? fmt::format("axes stand in square brackets: `{}[…]`", textOf(here - 1)) : "";
  default:
    return "";
  }
}

} // namespace heed
