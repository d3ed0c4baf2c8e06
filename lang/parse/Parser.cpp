// The entry functions, the cursor, and where reading goes on after an error.
#include "lang/parse/Parser.h"

#include "lang/parse/Grammar.h"

namespace heed {

using namespace ast;

namespace {
/// How high a tree may grow. Everything after the parser may walk trees by recursion.
constexpr unsigned kDeepest = 500;
} // namespace

File parse(const Sources &sources, FileId file, Diagnostics &diagnostics) {
  return Grammar(sources, file, diagnostics).file();
}

ExprPtr parseExpression(const Sources &sources, FileId file, Diagnostics &diagnostics) {
  size_t before = diagnostics.count();
  ExprPtr expr = Grammar(sources, file, diagnostics).onlyExpression();
  return diagnostics.count() == before ? std::move(expr) : nullptr;
}

Grammar::Grammar(const Sources &sources, FileId file, Diagnostics &diagnostics)
    : sources(sources), id(file), diagnostics(diagnostics) {
  for (const Token &token : lex(sources, file, diagnostics)) {
    if (token.kind == TokenKind::Doc)
      comments.push_back(token);
    if (isComment(token.kind))
      continue;
    tokens.push_back(token);
    docs.push_back(static_cast<unsigned>(comments.size()));
  }
  pairBrackets();
  if (nestsTooDeep()) { // nobody wrote that: read nothing rather than half of it
    tokens.erase(tokens.begin(), tokens.end() - 1);
    docs.assign(1, 0);
  }
}

void Grammar::pairBrackets() {
  partner.resize(tokens.size());
  std::vector<unsigned> open;
  for (unsigned i = 0; i < tokens.size(); ++i) {
    if (isOpening(tokens[i].kind)) {
      open.push_back(i);
    } else if (isClosing(tokens[i].kind)) {
      partner[i] = open.back(); // the lexer balanced them
      partner[open.back()] = i;
      open.pop_back();
    }
  }
}

/// Bounds the height of the tree before it is built: along the brackets that hold a token, every token but names,
/// literals and separators since the last separator may put one node above another.
bool Grammar::nestsTooDeep() {
  struct Level {
    unsigned steps = 0, highest = 0; // of the item being read: tokens at this level, and the highest bracket in it
  };
  std::vector<Level> levels(1);
  for (const Token &token : tokens) {
    Level &level = levels.back();
    if (token.kind == TokenKind::Comma || token.kind == TokenKind::Newline || token.kind == TokenKind::Semicolon) {
      level.highest = std::max(level.highest, level.steps);
      level.steps = 0;
    } else if (isClosing(token.kind)) {
      unsigned height = std::max(level.highest, level.steps);
      levels.pop_back();
      levels.back().highest = std::max(levels.back().highest, height + levels.back().steps);
    } else if (isOpening(token.kind)) {
      ++level.steps;
      levels.emplace_back();
    } else if (token.kind != TokenKind::Name && token.kind != TokenKind::Number && token.kind != TokenKind::String) {
      ++level.steps;
    }
    if (levels.size() > kDeepest || levels.back().steps + levels.back().highest > kDeepest) {
      diagnostics.error(Kind::TooDeep, token.range, "more than {} operators and brackets are nested here", kDeepest)
          .helped("name parts of it, or break it into lines");
      return true;
    }
  }
  return false;
}

// ---- the cursor ----

bool Grammar::accept(TokenKind kind) {
  if (!at(kind))
    return false;
  ++here;
  return true;
}

bool Grammar::expect(TokenKind kind, std::string_view help) {
  if (accept(kind))
    return true;
  if (Diagnostic *report = unexpected(fmt::format("`{}`", spelling(kind)));
      report && report->help.empty() && !help.empty())
    report->helped(std::string(help));
  return false;
}

/// The `{` of a body. One on the next line is told, and read all the same.
bool Grammar::expectBrace() {
  if (at(TokenKind::Newline) && at(TokenKind::LeftBrace, 1)) {
    diagnostics.error(Kind::MissingBrace, token(1).range, "this `{{` stands on the next line")
        .helped("put it at the end of the line before: a line's end ends a declaration, and a `{` begins a statement");
    ++here;
  }
  if (accept(TokenKind::LeftBrace))
    return true;
  if (Diagnostic *report = unexpected("`{`", Kind::MissingBrace); report && report->help.empty())
    report->helped("a body stands between `{` and `}`");
  return false;
}

std::optional<Name> Grammar::acceptName() {
  if (!at(TokenKind::Name))
    return std::nullopt;
  ++here;
  return Name{std::string(textOf(here - 1)), tokens[here - 1].range};
}

Name Grammar::name(const char *what) {
  if (std::optional<Name> found = acceptName())
    return *found;
  if (!panicking && isWord(token().kind)) {
    std::string word(textOf(here));
    if (Diagnostic *report =
            fail(Kind::ReservedName, token().range, fmt::format("`{}` is a word of the grammar, not {}", word, what)))
      report->helped(fmt::format("another name will do, such as `{}_`", word));
  }
  unexpected(what);
  return {"", {id, token().range.begin, token().range.begin}};
}

Range Grammar::since(unsigned begin) const {
  if (here <= begin)
    return {id, tokens[begin].range.begin, tokens[begin].range.begin};
  return tokens[begin].range.to(tokens[here - 1].range);
}

std::string Grammar::documentation(unsigned begin) const {
  return documentationOf(std::max(firstDoc, begin ? docs[begin - 1] : 0), docs[begin]);
}

std::string Grammar::documentationOf(unsigned first, unsigned last) const {
  std::string text;
  for (unsigned i = first; i < last; ++i) {
    std::string_view line = sources.text(comments[i].range).substr(3);
    if (line.starts_with(' '))
      line.remove_prefix(1);
    text.append(i == first ? "" : "\n").append(line);
  }
  return text;
}

/// Lines that are indented deeper belong to the one that failed; errors in them would follow from its own.
void Grammar::skipLine(unsigned begin, unsigned end) {
  panicking = false;
  auto column = [&](const Token &token) { return sources.position(id, token.range.begin).column; };
  unsigned indent = column(tokens[begin]);
  while (here < end) {
    if (at(TokenKind::Newline) || at(TokenKind::Semicolon)) {
      if (here + 1 >= end || !token(1).first || column(token(1)) <= indent)
        return;
      ++here;
    }
    here = isOpening(token().kind) ? partner[here] + 1 : here + 1;
    // A line that begins as this one did is another statement, even where what stands before it could not end this one.
    if (token().first && canBegin(token().kind) && column(token()) <= indent)
      return;
  }
}

// ---- errors ----

Diagnostic *Grammar::fail(Kind kind, Range range, std::string message) {
  if (panicking)
    return nullptr;
  panicking = true;
  return token().reported ? nullptr : &diagnostics.error(kind, range, "{}", message);
}

std::string Grammar::found() const {
  switch (token().kind) {
  case TokenKind::End:
  case TokenKind::Newline:
    return std::string(spelling(token().kind));
  default: {
    std::string_view text = textOf(here);
    return text.size() <= 40 ? fmt::format("`{}`", text) : std::string(spelling(token().kind));
  }
  }
}

} // namespace heed
