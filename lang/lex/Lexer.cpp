// Scans characters, then pairs brackets (Brackets.h), then decides which ends of lines end a statement.
#include "lang/lex/Lexer.h"

#include "lang/lex/Brackets.h"
#include "lang/source/Utf8.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace heed {

namespace {

struct Spelling {
  std::string_view text;
  bool begins, ends;
};

constexpr Spelling kSpellings[] = {
    {"the end of the file", false, false},
    {"the end of the line", false, false},
    {"a name", true, true},
    {"a number", true, true},
    {"a string", true, true},
    {"a comment", false, false},
    {"a comment", false, false},
    {"an unknown character", true, true},
#define HEED_TOKEN(kind, spelling, begins, ends) {spelling, begins, ends},
#include "lang/lex/Tokens.def"
};

struct Word {
  std::string_view text;
  TokenKind kind;
};

constexpr Word kWords[] = {
#define HEED_WORD(kind, spelling, begins, ends) {spelling, TokenKind::kind},
#include "lang/lex/Tokens.def"
};

constexpr std::string_view kKindNames[] = {
    "End", "Newline", "Name", "Number", "String", "Comment", "Doc", "Unknown",
#define HEED_TOKEN(kind, spelling, begins, ends) #kind,
#include "lang/lex/Tokens.def"
};

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

struct Mend {
  std::string_view written, mend;
};

/// What people write who come from other languages, from paper or from a word processor.
constexpr Mend kMends[] = {
    {"&", "conjunction is written `and`"},
    {"|", "disjunction is written `or`"},
    {"!", "negation is written `not`"},
    {"#", "a comment begins with `//`"},
    {"'", "a string stands between `\"`"},
    {"`", "a string stands between `\"`"},
    {"“", "a string stands between straight quotes, `\"`"},
    {"”", "a string stands between straight quotes, `\"`"},
    {"„", "a string stands between straight quotes, `\"`"},
    {"‘", "a string stands between straight quotes, `\"`"},
    {"’", "a string stands between straight quotes, `\"`"},
    {"«", "a string stands between straight quotes, `\"`"},
    {"–", "a minus sign is the hyphen of the keyboard, `-`"},
    {"—", "a minus sign is the hyphen of the keyboard, `-`"},
    {"−", "a minus sign is the hyphen of the keyboard, `-`"},
    {"×", "multiplication is written `*`"},
    {"·", "multiplication is written `*`"},
    {"÷", "division is written `/`"},
    {"≤", "write `<=`"},
    {"≥", "write `>=`"},
    {"≠", "write `!=`"},
    {"∧", "conjunction is written `and`"},
    {"∨", "disjunction is written `or`"},
    {"¬", "negation is written `not`"},
    {"∈", "write `in`"},
    {"∑", "a sum is written `sum[i] …`"},
    {"Σ", "a sum is written `sum[i] …`"},
    {"∏", "a product is written `prod[i] …`"},
    {"√", "a root is written `sqrt(…)`"},
    {"…", "leading axes are written `..`"},
    {"→", "write `->`"},
    {"²", "a power is written `^2`"},
    {"³", "a power is written `^3`"},
    {"ᵀ", "a transpose is an index statement: `y[j, i] = x[i, j]`"},
    {"\u00A0", "this is a space that a word processor put here; an ordinary one does"},
    {"\u202F", "this is a space that a word processor put here; an ordinary one does"},
    {"\u3000", "this is a space that a word processor put here; an ordinary one does"},
    {"\u200B", "this is a space without width; remove it"},
    {"\uFEFF", "this is a mark that belongs to the beginning of a file; remove it"},
};

std::string_view mendOf(std::string_view unknown) {
  for (const Mend &known : kMends)
    if (unknown.starts_with(known.written))
      return known.mend;
  if (static_cast<unsigned char>(unknown[0]) >= 0x80)
    return "names are letters from `a` to `z`, digits and `_`; strings and comments hold any text";
  return {};
}

/// A character that shows nothing on paper, by its number.
std::string_view invisible(std::string_view character) {
  static constexpr Mend kInvisible[] = {
      {"\u00A0", "U+00A0"}, {"\u202F", "U+202F"}, {"\u3000", "U+3000"}, {"\u200B", "U+200B"}, {"\uFEFF", "U+FEFF"}};
  for (const Mend &known : kInvisible)
    if (character == known.written)
      return known.mend;
  return {};
}

class Scanner {
public:
  Scanner(const Sources &sources, FileId file, Diagnostics &diagnostics)
      : text(sources.text(file)), file(file), diagnostics(diagnostics) {}

  std::vector<Token> run() {
    if (text.starts_with("\xEF\xBB\xBF")) // a byte order mark says nothing in UTF-8
      at = 3;
    if (size_t bad = firstInvalidUtf8(text); bad != std::string_view::npos) {
      uint32_t place = static_cast<uint32_t>(bad);
      diagnostics.error(Kind::NotText, {file, place, place + 1}, "the byte 0x{:02X} is not UTF-8 text",
                        static_cast<unsigned char>(text[bad]));
      at = static_cast<uint32_t>(text.size());
    }
    while (skipSpace(), at < text.size())
      scan();
    add(TokenKind::End, at);
    return std::move(tokens);
  }

private:
  char peek(uint32_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  Range since(uint32_t begin) const { return {file, begin, at}; }

  void add(TokenKind kind, uint32_t begin) {
    tokens.push_back({kind, since(begin), first, spaced});
    first = spaced = false;
  }

  void skipSpace() {
    for (; at < text.size(); ++at) {
      char c = text[at];
      if (c == '\n')
        first = true, spaced = false;
      else if (c == ' ' || c == '\t' || c == '\r')
        spaced = true;
      else
        return;
    }
  }

  void scan() {
    uint32_t begin = at;
    char c = text[at];
    if (isLetter(c)) {
      while (isLetter(peek()) || isDigit(peek()))
        ++at;
      add(wordKind(text.substr(begin, at - begin)), begin);
    } else if (isDigit(c)) {
      number();
    } else if (c == '"') {
      string();
    } else if (c == '/' && peek(1) == '/') {
      comment();
    } else if (atConflict()) {
      conflict();
    } else if (!punctuation()) {
      unknown();
    }
  }

  /// `<<<<<<< name`, `=======`, `>>>>>>> name` in the first column: what a merge of two versions leaves.
  bool atConflict() const {
    if (!first || spaced)
      return false;
    for (std::string_view mark : {"<<<<<<<", "=======", ">>>>>>>", "|||||||"})
      if (text.substr(at).starts_with(mark))
        return true;
    return false;
  }

  /// The line of such a mark counts as a comment, so that both versions are read.
  void conflict() {
    uint32_t begin = at;
    at = static_cast<uint32_t>(std::min(text.find('\n', at), text.size()));
    while (text[at - 1] == '\r' || text[at - 1] == ' ' || text[at - 1] == '\t')
      --at;
    add(TokenKind::Comment, begin);
    diagnostics.error(Kind::ConflictMark, since(begin), "a merge of two versions left this mark")
        .helped("keep one of the versions between `<<<<<<<` and `>>>>>>>`, and remove the marks");
  }

  static TokenKind wordKind(std::string_view word) {
    for (const Word &known : kWords)
      if (known.text == word)
        return known.kind;
    return TokenKind::Name;
  }

  void comment() {
    uint32_t begin = at;
    at = static_cast<uint32_t>(std::min(text.find('\n', at), text.size()));
    while (at > begin && (text[at - 1] == '\r' || text[at - 1] == ' ' || text[at - 1] == '\t'))
      --at;
    // `////` rules off a part; it documents nothing.
    std::string_view written = text.substr(begin, at - begin);
    add(written.starts_with("///") && !written.starts_with("////") ? TokenKind::Doc : TokenKind::Comment, begin);
  }

  /// Digits with single `_` between them.
  bool digits() {
    if (!isDigit(peek()))
      return false;
    while (isDigit(peek()) || (peek() == '_' && isDigit(peek(1))))
      ++at;
    return true;
  }

  void number() {
    uint32_t begin = at;
    digits();
    bool whole = true;
    if (peek() == '.' && isDigit(peek(1))) { // else the point is no part of it: `0..T`
      whole = false;
      ++at;
      digits();
    }
    bool fine = true;
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++at;
      if (peek() == '+' || peek() == '-')
        ++at;
      fine = digits();
    }
    if (isLetter(peek()) || isDigit(peek())) {
      fine = false;
      while (isLetter(peek()) || isDigit(peek()))
        ++at;
    }
    add(TokenKind::Number, begin);
    std::string_view written = text.substr(begin, at - begin);
    if (!fine)
      diagnostics.error(Kind::BadNumber, since(begin), "`{}` is not a number", written)
          .helped("a number is digits with single `_` between them, a point and an exponent: `10_000`, `0.5`, `1e-5`");
    else if (!fits(written, whole))
      diagnostics.error(Kind::BadNumber, since(begin), "`{}` is too large for {}", written, whole ? "64 bits" : "f64");
  }

  static bool fits(std::string_view written, bool whole) {
    std::string plain;
    for (char c : written)
      if (c != '_')
        plain += c;
    if (whole) {
      int64_t value;
      return std::from_chars(plain.data(), plain.data() + plain.size(), value).ec == std::errc();
    }
    return std::isfinite(std::strtod(plain.c_str(), nullptr));
  }

  void string() {
    uint32_t begin = at++;
    while (at < text.size() && text[at] != '"' && text[at] != '\n') {
      if (text[at] != '\\') {
        ++at;
        continue;
      }
      uint32_t escape = at++;
      if (at < text.size() && text[at] != '\n') {
        char c = text[at];
        at += characterLength(text.substr(at));
        if (c != 'n' && c != 't' && c != '"' && c != '\\')
          diagnostics.error(Kind::BadEscape, since(escape), "`{}` is no escape", text.substr(escape, at - escape))
              .helped("the escapes are `\\n`, `\\t`, `\\\"` and `\\\\`");
      }
    }
    bool closed = peek() == '"';
    if (closed)
      ++at;
    else if (at > begin + 1 && text[at - 1] == '\r')
      --at;
    add(TokenKind::String, begin);
    tokens.back().reported = !closed;
    if (!closed)
      unterminated();
  }

  /// The last token is a string that its line does not close. If one before it on the line touches a word, that one's
  /// quote was forgotten, and the strings since then are what was meant to stand between them.
  void unterminated() {
    size_t line = tokens.size() - 1;
    while (!tokens[line].first)
      --line;
    for (size_t i = line; i + 1 < tokens.size(); ++i) {
      bool touches = tokens[i + 1].range.begin == tokens[i].range.end &&
                     (tokens[i + 1].kind == TokenKind::Name || tokens[i + 1].kind == TokenKind::Number);
      if (tokens[i].kind != TokenKind::String || !touches)
        continue;
      for (size_t behind = i; behind < tokens.size(); ++behind)
        tokens[behind].reported = true;
      diagnostics.error(Kind::UnterminatedString, tokens[i].range, "the strings of this line lack a quote")
          .labelled("perhaps in here: a word follows without a space")
          .helped("close each string with `\"`");
      return;
    }
    diagnostics.error(Kind::UnterminatedString, tokens.back().range, "this string has no closing quote")
        .helped("close it with `\"` on the same line");
  }

  /// The longest spelling that stands here.
  bool punctuation() {
    static constexpr Word kPunctuation[] = {
#define HEED_WORD(kind, spelling, begins, ends)
#define HEED_TOKEN(kind, spelling, begins, ends) {spelling, TokenKind::kind},
#include "lang/lex/Tokens.def"
    };
    const Word *best = nullptr;
    for (const Word &known : kPunctuation)
      if (text.substr(at).starts_with(known.text) && (!best || known.text.size() > best->text.size()))
        best = &known;
    if (!best)
      return false;
    uint32_t begin = at;
    at += static_cast<uint32_t>(best->text.size());
    add(best->kind == TokenKind::LeftSquare && indexesHere() ? TokenKind::IndexSquare : best->kind, begin);
    return true;
  }

  bool indexesHere() const {
    if (first || spaced || tokens.empty())
      return false;
    TokenKind before = tokens.back().kind;
    return before == TokenKind::Name || before == TokenKind::RightParen || before == TokenKind::RightSquare;
  }

  /// A run of characters that begin no token is one mistake.
  void unknown() {
    uint32_t begin = at;
    if (size_t quote = closingQuote(); quote != text.npos)
      at = static_cast<uint32_t>(quote);
    do
      at += characterLength(text.substr(at));
    while (at < text.size() && isOdd(text[at]));
    add(TokenKind::Unknown, begin);
    tokens.back().reported = true;
    std::string_view written = text.substr(begin, at - begin);
    uint32_t length = characterLength(written);
    bool control = static_cast<unsigned char>(written[0]) < ' ' || written[0] == '\x7F';
    std::string_view unseen = invisible(written.substr(0, length));
    std::string shown = control ? fmt::format("the control character 0x{:02X} begins", written[0])
                        : !unseen.empty()
                            ? fmt::format("the character {} begins", unseen)
                            : fmt::format("`{}` begins", written.size() > 8 ? written.substr(0, length) : written);
    diagnostics.error(Kind::UnknownCharacter, since(begin), "{} no token", shown).helped(std::string(mendOf(written)));
  }

  /// What stands between single quotes, or those of a word processor, was meant as one string: where it ends.
  size_t closingQuote() const {
    static constexpr Mend kPairs[] = {{"'", "'"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"}, {"”", "”"}};
    for (const Mend &pair : kPairs) {
      if (!text.substr(at).starts_with(pair.written))
        continue;
      size_t from = at + pair.written.size(), line = std::min(text.find('\n', from), text.size());
      size_t quote = text.substr(0, line).find(pair.mend, from);
      if (quote != text.npos)
        return quote;
    }
    return text.npos;
  }

  static bool isOdd(char c) {
    return !isLetter(c) && !isDigit(c) &&
           std::string_view(" \t\r\n\"()[]{},;:.-+*/%^=<>@?!").find(c) == std::string_view::npos;
  }

  std::string_view text;
  FileId file;
  Diagnostics &diagnostics;
  uint32_t at = 0;
  bool first = true, spaced = false;
  std::vector<Token> tokens;
};

/// Is the innermost bracket one in which the ends of lines count?
class Scopes {
public:
  bool linesCount() const { return open.empty() || open.back() == TokenKind::LeftBrace; }
  void pass(TokenKind kind) {
    if (isOpening(kind))
      open.push_back(kind);
    else if (isClosing(kind) && !open.empty())
      open.pop_back();
  }

private:
  std::vector<TokenKind> open;
};

/// Without each `;` that says nothing: where no statement stands before it, or none behind it, or a line's end there
/// ends one. What it leaves stands between two statements of a line.
std::vector<Token> withoutIdle(const std::vector<Token> &tokens) {
  std::vector<Token> result;
  result.reserve(tokens.size());
  Scopes scopes;
  TokenKind last =
      TokenKind::Semicolon; // the last token that is no comment; the file's begin is as good as a separator
  bool newLine = false;     // begins behind it
  bool first = false;       // what was left out was the first of its line
  uint32_t idle = 0;        // where it stood
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token &token = tokens[i];
    newLine |= token.first;
    if (token.kind == TokenKind::Semicolon && scopes.linesCount()) {
      size_t next = i + 1;
      while (isComment(tokens[next].kind))
        ++next;
      TokenKind behind = tokens[next].kind;
      bool endsLine = (newLine || tokens[next].first) && canBegin(behind);
      bool endsAll = behind == TokenKind::Semicolon || behind == TokenKind::RightBrace || behind == TokenKind::End;
      bool beginsAll = last == TokenKind::Semicolon || last == TokenKind::LeftBrace;
      if (beginsAll || (canEnd(last) && (endsLine || endsAll))) {
        first |= token.first;
        idle = token.range.begin;
        continue;
      }
    }
    result.push_back(token);
    result.back().first |= std::exchange(first, false);
    if (isComment(token.kind))
      continue;
    result.back().idle = std::exchange(idle, 0);
    last = token.kind;
    newLine = false;
    scopes.pass(last);
  }
  return result;
}

/// A Newline before each line that begins a statement. Comments don't count: the tokens around them decide.
std::vector<Token> markNewlines(const std::vector<Token> &tokens) {
  std::vector<Token> result;
  result.reserve(tokens.size() + tokens.size() / 8);
  Scopes scopes;
  TokenKind last = TokenKind::Newline; // the last token that is no comment
  size_t next = 0;                     // the next one, at or behind i
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token &token = tokens[i];
    for (next = std::max(next, i); isComment(tokens[next].kind);)
      ++next;
    if (token.first && scopes.linesCount() && canEnd(last) && canBegin(tokens[next].kind)) {
      uint32_t place = result.back().range.end;
      result.push_back({TokenKind::Newline, {token.range.file, place, place}});
      last = TokenKind::Newline;
    }
    result.push_back(token);
    if (isComment(token.kind))
      continue;
    last = token.kind;
    scopes.pass(last);
  }
  return result;
}

} // namespace

std::vector<Token> lex(const Sources &sources, FileId file, Diagnostics &diagnostics) {
  std::vector<Token> tokens = Scanner(sources, file, diagnostics).run();
  balanceBrackets(tokens, sources, diagnostics);
  return markNewlines(withoutIdle(tokens));
}

std::string print(const std::vector<Token> &tokens, const Sources &sources) {
  std::string out;
  for (const Token &token : tokens) {
    Position position = sources.position(token.range.file, token.range.begin);
    fmt::format_to(std::back_inserter(out), "{}:{} {}", position.line, position.column, kKindNames[size_t(token.kind)]);
    if (!token.range.empty())
      fmt::format_to(std::back_inserter(out), " {}", sources.text(token.range));
    out += '\n';
  }
  return out;
}

std::string_view spelling(TokenKind kind) { return kSpellings[size_t(kind)].text; }
bool canBegin(TokenKind kind) { return kSpellings[size_t(kind)].begins; }
bool canEnd(TokenKind kind) { return kSpellings[size_t(kind)].ends; }

bool isReducer(TokenKind kind) {
  switch (kind) {
#define HEED_REDUCER(kind, spelling) case TokenKind::kind:
#include "lang/lex/Tokens.def"
    return true;
  default:
    return false;
  }
}

bool isWord(TokenKind kind) {
  switch (kind) {
#define HEED_WORD(kind, spelling, begins, ends) case TokenKind::kind:
#include "lang/lex/Tokens.def"
    return true;
  default:
    return false;
  }
}

std::string stringValue(std::string_view text) {
  if (text.starts_with('"'))
    text.remove_prefix(1);
  std::string value;
  for (size_t i = 0; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      value += text[i];
      continue;
    }
    char c = text[++i];
    value += c == 'n' ? '\n' : c == 't' ? '\t' : c;
  }
  return value;
}

} // namespace heed
