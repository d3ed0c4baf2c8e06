// Spaces between neighbours on a line. The two tokens decide, where the tree has not.
#include "lang/format/Pieces.h"

namespace heed::format_detail {

namespace {

/// `a..b` rather than `..` alone.
bool isSpan(const Pieces &pieces, PieceId i) { return i > 0 && canEnd(pieces[i - 1].kind); }

bool isNegation(const Pieces &pieces, PieceId i) {
  PieceId before = pieces.previous(i);
  return pieces[i].kind == TokenKind::Minus && (pieces[i].starts || before == kNone || !canEnd(pieces[before].kind));
}

unsigned withinBraces(const Pieces &pieces, PieceId open) {
  bool empty = pieces[open].partner == open + 1;
  return pieces[open].braces == Braces::Body && !empty ? 1 : 0;
}

bool isCallee(TokenKind kind) {
  return kind == TokenKind::Name || kind == TokenKind::RightParen || kind == TokenKind::RightSquare || isReducer(kind);
}

} // namespace

unsigned gapBefore(const Pieces &pieces, PieceId i) {
  if (i == 0)
    return 0;
  if (pieces[i].gap >= 0)
    return static_cast<unsigned>(pieces[i].gap);
  TokenKind before = pieces[i - 1].kind;
  switch (before) {
  case TokenKind::LeftParen:
  case TokenKind::LeftSquare:
  case TokenKind::IndexSquare:
  case TokenKind::Dot:
  case TokenKind::At:
  case TokenKind::Caret:
    return 0;
  case TokenKind::LeftBrace:
    return withinBraces(pieces, i - 1);
  case TokenKind::DotDot:
    if (isSpan(pieces, i - 1))
      return 0;
    break;
  case TokenKind::Minus:
    if (isNegation(pieces, i - 1))
      return 0;
    break;
  default:
    break;
  }
  switch (pieces[i].kind) {
  case TokenKind::Comma:
  case TokenKind::Semicolon:
  case TokenKind::RightParen:
  case TokenKind::RightSquare:
  case TokenKind::Question:
  case TokenKind::Dot:
  case TokenKind::Caret:
  case TokenKind::IndexSquare:
    return 0;
  case TokenKind::RightBrace:
    return withinBraces(pieces, pieces[i].partner);
  case TokenKind::Colon:
    return before == TokenKind::Comma ? 1 : 0;
  case TokenKind::DotDot:
    return isSpan(pieces, i) ? 0 : 1;
  case TokenKind::LeftParen:
    return isCallee(before) ? 0 : 1;
  default:
    return 1;
  }
}

} // namespace heed::format_detail
