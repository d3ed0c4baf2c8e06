// A file's text becomes tokens. In: a file of `Sources`. Out: its tokens with their ranges, comments among them,
// brackets balanced, a Newline token exactly where the end of a line ends a statement, and `;` only between two
// statements of a line. Characters that begin no token are reported here.
#pragma once

#include "lang/diagnostics/Diagnostics.h"
#include "lang/source/Source.h"

#include <string>
#include <string_view>
#include <vector>

namespace heed {

enum class TokenKind : uint8_t {
  End,
  Newline, // ends a statement
  Name,
  Number,
  String,
  Comment, // `// …`
  Doc,     // `/// …`
  Unknown, // was reported: a character that begins no token, or a bracket that closes nothing
#define HEED_TOKEN(kind, spelling, begins, ends) kind,
#include "lang/lex/Tokens.def"
};

struct Token {
  TokenKind kind = TokenKind::End;
  Range range;
  bool first = false;    // the first of its line
  bool spaced = false;   // white space stands before it
  bool reported = false; // its fault was told: Unknown, an open String, or a closing bracket that the file lacks (with
                         // an empty range)
  uint32_t idle = 0;     // where a `;` that says nothing between statements stood before it, or 0
};

/// The tokens of a file; the last is End. Every opening bracket has its closing one.
std::vector<Token> lex(const Sources &, FileId, Diagnostics &);

/// One token a line: position, kind, text (`--emit=tokens`).
std::string print(const std::vector<Token> &, const Sources &);

/// How a kind is spelled, or named in messages ("a name").
std::string_view spelling(TokenKind);
/// Whether it can begin, or end, a statement (Tokens.def).
bool canBegin(TokenKind);
bool canEnd(TokenKind);
bool isReducer(TokenKind);
/// A word of the grammar or a reducer: no name.
bool isWord(TokenKind);
inline bool isOpening(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftSquare || kind == TokenKind::IndexSquare ||
         kind == TokenKind::LeftBrace;
}
inline bool isClosing(TokenKind kind) {
  return kind == TokenKind::RightParen || kind == TokenKind::RightSquare || kind == TokenKind::RightBrace;
}
inline bool isComment(TokenKind kind) { return kind == TokenKind::Comment || kind == TokenKind::Doc; }

/// The value of a string token's text: quotes dropped, escapes resolved.
std::string stringValue(std::string_view text);

} // namespace heed
