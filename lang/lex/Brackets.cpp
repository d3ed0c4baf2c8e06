// Pairs brackets. A file whose brackets pair up is left alone. In any other, the unpaired ones are found with the help
// of what people rarely get wrong: a declaration begins in the first column, and a `}` ends whatever was opened after
// its `{`.
#include "lang/lex/Brackets.h"

#include <set>

namespace heed {

namespace {

TokenKind closingOf(TokenKind open) {
  return open == TokenKind::LeftParen   ? TokenKind::RightParen
         : open == TokenKind::LeftBrace ? TokenKind::RightBrace
                                        : TokenKind::RightSquare;
}

bool pairUp(const std::vector<Token> &tokens) {
  std::vector<TokenKind> open;
  for (const Token &token : tokens) {
    if (isOpening(token.kind)) {
      open.push_back(token.kind);
    } else if (isClosing(token.kind)) {
      if (open.empty() || closingOf(open.back()) != token.kind)
        return false;
      open.pop_back();
    }
  }
  return open.empty();
}

class Repair {
public:
  Repair(std::vector<Token> &tokens, const Sources &sources, Diagnostics &diagnostics)
      : tokens(tokens), sources(sources), diagnostics(diagnostics), after(tokens.size(), 0), heads(tokens.size()),
        columns(tokens.size()) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      bool first = i == 0 || tokens[i].first;
      heads[i] = first ? i : heads[i - 1];
      columns[i] = first ? sources.position(tokens[i].range.file, tokens[i].range.begin).column : columns[i - 1];
    }
  }

  void run() {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].kind == TokenKind::End || beginsDeclaration(i))
        closeDownTo(0, i);
      if (tokens[i].kind == TokenKind::String && tokens[i].reported)
        openStrings.push_back(i);
      if (beginsBody(i)) { // as in Python
        diagnostics.error(Kind::MissingBrace, tokens[i].range, "a body begins with `{{`, and this is `:`")
            .helped("a body stands between `{` and `}`");
        tokens[i].kind = TokenKind::LeftBrace;
        tokens[i].reported = true;
      }
      if (isOpening(tokens[i].kind))
        push(i);
      else if (isClosing(tokens[i].kind))
        close(i);
    }
    insertMissing();
  }

private:
  void push(size_t i) {
    open.push_back(i);
    ++openOf[indexOf(closingOf(tokens[i].kind))];
  }
  size_t pop() {
    size_t i = open.back();
    open.pop_back();
    --openOf[indexOf(closingOf(tokens[i].kind))];
    return i;
  }
  static size_t indexOf(TokenKind closing) {
    return closing == TokenKind::RightParen ? 0 : closing == TokenKind::RightSquare ? 1 : 2;
  }

  /// A closing bracket: pairs with the innermost opening one of its shape; what was opened in between is never closed.
  void close(size_t i) {
    Token &token = tokens[i];
    if (openOf[indexOf(token.kind)] == 0) { // counted, so that many stray brackets take linear time
      diagnostics.error(Kind::UnopenedBracket, token.range, "`{}` closes nothing", spelling(token.kind))
          .helped("remove it, or open its bracket before");
      token.kind = TokenKind::Unknown;
      token.reported = true;
      return;
    }
    size_t depth = open.size();
    while (closingOf(tokens[open[depth - 1]].kind) != token.kind)
      --depth;
    closeDownTo(partnerByIndent(i, depth), i);
    after[pop()] = i + 1;
  }

  /// How deep the partner of a closing bracket lies. A `}` that begins a line stands as far left as the line of its
  /// `{`; where that is not the innermost one's, those within are the ones that nobody closed.
  size_t partnerByIndent(size_t i, size_t innermost) const {
    if (tokens[i].kind != TokenKind::RightBrace || !tokens[i].first)
      return innermost;
    unsigned column = columns[i];
    size_t least = innermost > kFarthest ? innermost - kFarthest : 0;
    for (size_t depth = innermost; depth > least && columns[open[depth - 1]] >= column; --depth)
      if (tokens[open[depth - 1]].kind == TokenKind::LeftBrace && columns[open[depth - 1]] == column)
        return depth;
    return innermost;
  }

  /// A `:` at the end of a line that begins a block, a function or a loop.
  bool beginsBody(size_t i) const {
    if (tokens[i].kind != TokenKind::Colon || !tokens[i + 1].first ||
        (!open.empty() && tokens[open.back()].kind != TokenKind::LeftBrace))
      return false;
    const Token &head = tokens[heads[i]];
    TokenKind kind = head.kind;
    return kind == TokenKind::Fn || kind == TokenKind::Model || kind == TokenKind::Recipe || kind == TokenKind::For ||
           kind == TokenKind::RightParen || (kind == TokenKind::Name && sources.text(head.range) == "block");
  }

  /// Reports every bracket above `depth` as never closed; `found` is the token at which that was noticed.
  void closeDownTo(size_t depth, size_t found) {
    while (open.size() > depth) {
      size_t i = pop();
      size_t at = tokens[i].kind == TokenKind::LeftBrace ? endOfBody(i, found) : endOfLine(i, found);
      if (!isSwallowed(i, at) && !tokens[i].reported && !(hidesClosing(at, i) && hidden.contains(at)))
        report(i, at, found);
      after[i] = at;
      missingAt.push_back({at, i});
    }
  }

  void report(size_t i, size_t at, size_t found) {
    std::string_view closing = spelling(closingOf(tokens[i].kind));
    Diagnostic &report =
        diagnostics.error(Kind::UnclosedBracket, tokens[i].range, "`{}` is never closed", spelling(tokens[i].kind));
    if (hidesClosing(at, i)) {
      hidden.insert(at);
      report.mark(tokens[at].range, "a comment");
      report.helped(fmt::format("the comment hides a `{}`; division is `/`, and `floor(a / b)` rounds down", closing));
      return;
    }
    if (isClosing(tokens[found].kind))
      report.mark(tokens[found].range, "closes a bracket further out");
    report.helped(fmt::format("close it with `{}`", closing));
  }

  /// Is the closing bracket part of a comment, as in `(a // 2)`? The innermost bracket is told of one comment.
  bool hidesClosing(size_t comment, size_t opening) const {
    return isComment(tokens[comment].kind) &&
           sources.text(tokens[comment].range).substr(0, kFarthest).find(spelling(closingOf(tokens[opening].kind))) !=
               std::string_view::npos;
  }

  /// Did a string that lacks its quote take the closing bracket with it? Then the string is the mistake.
  bool isSwallowed(size_t opening, size_t closing) const {
    auto string = std::lower_bound(openStrings.begin(), openStrings.end(), opening);
    return string != openStrings.end() && *string < closing;
  }

  /// Where the line of an opening bracket ends, whole inner pairs passed over: the likeliest place of its missing
  /// partner.
  size_t endOfLine(size_t opening, size_t limit) const {
    size_t i = opening + 1;
    while (i < limit && !tokens[i].first && !isComment(tokens[i].kind) && !opensBody(i))
      i = isOpening(tokens[i].kind) ? after[i] : i + 1;
    return std::min(i, limit);
  }

  /// Where what a `{` opened ends by its indentation: at the first line that begins no deeper than its own.
  size_t endOfBody(size_t opening, size_t limit) const {
    if (!opensBody(opening))
      return limit;
    size_t i = opening + 1;
    while (i < limit && !(tokens[i].first && canBegin(tokens[i].kind) && columns[i] <= columns[opening]))
      i = isOpening(tokens[i].kind) && after[i] > i ? after[i] : i + 1;
    return std::min(i, limit);
  }

  /// A `{` at the end of its line.
  bool opensBody(size_t i) const {
    return tokens[i].kind == TokenKind::LeftBrace && (tokens[i + 1].first || isComment(tokens[i + 1].kind));
  }

  bool beginsDeclaration(size_t i) const {
    const Token &token = tokens[i];
    if (!token.first || token.spaced || open.empty() || i + 1 >= tokens.size())
      return false;
    if (token.kind == TokenKind::Use || token.kind == TokenKind::Type || token.kind == TokenKind::Model ||
        token.kind == TokenKind::Recipe || token.kind == TokenKind::At)
      return true;
    bool word = token.kind == TokenKind::Fn || (token.kind == TokenKind::Name && sources.text(token.range) == "block");
    return word && tokens[i + 1].kind == TokenKind::Name && !tokens[i + 1].first;
  }

  void insertMissing() {
    // At one place the bracket opened last is closed first.
    std::sort(missingAt.begin(), missingAt.end(), [](const Missing &a, const Missing &b) {
      return a.before != b.before ? a.before < b.before : a.opening > b.opening;
    });
    std::vector<Token> result;
    result.reserve(tokens.size() + missingAt.size());
    auto missing = missingAt.begin();
    for (size_t i = 0; i < tokens.size(); ++i) {
      for (; missing != missingAt.end() && missing->before == i; ++missing) {
        uint32_t end = i ? tokens[i - 1].range.end : 0;
        result.push_back(
            {closingOf(tokens[missing->opening].kind), {tokens[i].range.file, end, end}, false, false, true});
      }
      result.push_back(tokens[i]);
    }
    tokens = std::move(result);
  }

  struct Missing {
    size_t before, opening;
  };

  std::vector<Token> &tokens;
  const Sources &sources;
  Diagnostics &diagnostics;
  static constexpr size_t kFarthest = 64; // how many levels a `}` is compared with

  std::vector<size_t> after;     // of an opening bracket: where the text goes on behind its pair
  std::vector<size_t> heads;     // of each token: the first one of its line
  std::vector<unsigned> columns; // and the column of that one
  std::vector<size_t> open;
  std::vector<size_t> openStrings; // without closing quotes
  std::set<size_t> hidden;         // comments that were told to hide a closing bracket
  size_t openOf[3] = {};
  std::vector<Missing> missingAt;
};

} // namespace

void balanceBrackets(std::vector<Token> &tokens, const Sources &sources, Diagnostics &diagnostics) {
  if (!pairUp(tokens))
    Repair(tokens, sources, diagnostics).run();
}

} // namespace heed
