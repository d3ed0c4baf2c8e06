// Where lines break beside where the writer broke them: a bracket with a trailing comma, a body that does not stand on
// one line, a comment, and lines that are too long.
#include "lang/format/Pieces.h"

#include <tuple>

namespace heed::format_detail {

namespace {

/// The line after a piece begins behind the comment that trails it.
void breakAfter(Pieces &pieces, PieceId i) {
  ++i;
  if (i < pieces.size() && isComment(pieces[i].kind) && !pieces[i].breaks)
    ++i;
  if (i < pieces.size())
    pieces[i].breaks = true;
}

bool hasTrailingComma(const Pieces &pieces, PieceId open) {
  PieceId last = pieces.previous(pieces[open].partner);
  return last != kNone && last > open && pieces[last].kind == TokenKind::Comma;
}

/// One statement on each line, or all on one: the writer broke it once, so it is broken.
std::vector<bool> brokenBodies(const Pieces &pieces) {
  std::vector<bool> broken(pieces.size());
  for (PieceId i = 0; i < pieces.size(); ++i) {
    const Piece &piece = pieces[i];
    bool closesBody = piece.kind == TokenKind::RightBrace && piece.breaks;
    PieceId open = closesBody ? piece.partner : piece.scope;
    if (open == kNone || pieces[open].braces != Braces::Body)
      continue;
    if (closesBody || isComment(piece.kind) || (piece.breaks && (piece.starts || i == open + 1)))
      broken[open] = true;
  }
  return broken;
}

/// How good a place to break before a piece is, the smaller the better; none if a break there would mean something or
/// look odd.
std::optional<int> rankOf(const Pieces &pieces, PieceId i) {
  const Piece &piece = pieces[i], &before = pieces[i - 1];
  if (isComment(piece.kind) || isComment(before.kind) || isClosing(piece.kind))
    return std::nullopt;
  if (piece.afterAttribute || (before.kind == TokenKind::LeftBrace && before.braces == Braces::Body))
    return 0;
  TokenKind scope = piece.scope == kNone ? TokenKind::LeftBrace : pieces[piece.scope].kind;
  bool inBody = piece.scope == kNone || pieces[piece.scope].braces == Braces::Body;
  bool inItems = scope == TokenKind::LeftParen ? !pieces[piece.scope].composite
                                               : !inBody && pieces[piece.scope].braces == Braces::Items;
  if (scope == TokenKind::LeftBrace && canBegin(piece.kind) && canEnd(before.kind))
    return std::nullopt;
  if (piece.afterEquals)
    return 1;
  if (before.kind == TokenKind::Comma) // but not between targets, binders, indices or axes
    return inItems || (inBody && piece.hang == Hang::Column) ? std::optional(1) : std::nullopt;
  if (isOpening(before.kind))
    return inItems ? std::optional(5) : std::nullopt;
  switch (piece.kind) {
  case TokenKind::Arrow:
    return piece.hang == Hang::Indent ? std::optional(1) : std::nullopt; // of a function, not within a type
  case TokenKind::Then:
  case TokenKind::Else:
  case TokenKind::For:
    return 1;
  case TokenKind::Or:
  case TokenKind::And:
    return 2;
  case TokenKind::Plus:
  case TokenKind::Minus:
    return canEnd(before.kind) ? std::optional(3) : std::nullopt;
  case TokenKind::Star:
  case TokenKind::Slash:
    return 4;
  default:
    return std::nullopt;
  }
}

} // namespace

void addBreaks(Pieces &pieces) {
  std::vector<bool> broken = brokenBodies(pieces);
  for (PieceId i = 0; i < pieces.size(); ++i) {
    if (isComment(pieces[i].kind) && i + 1 < pieces.size())
      pieces[i + 1].breaks = true;
    bool opens = isOpening(pieces[i].kind);
    if (opens && (broken[i] || hasTrailingComma(pieces, i))) {
      breakAfter(pieces, i);
      pieces[pieces[i].partner].breaks = true;
    }
    if (opens && pieces[i].partner == i + 1)
      pieces[i + 1].breaks = false;
    if (pieces[i].kind == TokenKind::Comma && pieces[i].scope != kNone && hasTrailingComma(pieces, pieces[i].scope))
      breakAfter(pieces, i);
  }
}

void refill(Pieces &pieces, PieceId from) {
  PieceId open = pieces[from].scope;
  if (open == kNone || !pieces[open].fills || hasTrailingComma(pieces, open))
    return;
  for (PieceId i = from + 1; i < pieces[open].partner; ++i)
    if (pieces[i].scope == open && pieces[i - 1].kind == TokenKind::Comma)
      pieces[i].breaks = pieces[i].blank = false;
}

PieceId breakWithin(const Pieces &pieces, const std::vector<unsigned> &columns, int shift, PieceId begin, PieceId end) {
  // Outside of brackets before inside, then by rank, then the last place that leaves a line short enough, or else the
  // first.
  using Cost = std::tuple<int, int, int>;
  std::optional<Cost> least;
  PieceId best = kNone;
  int depth = 0;
  for (PieceId i = begin + 1; i < end; ++i) {
    depth += isOpening(pieces[i - 1].kind);
    depth -= isClosing(pieces[i].kind);
    bool tooLate = static_cast<int>(columns[i - 1] + pieces[i - 1].width) - shift > static_cast<int>(kColumns);
    if (tooLate && least)
      break;
    std::optional<int> rank = rankOf(pieces, i);
    if (!rank)
      continue;
    int order = static_cast<int>(i);
    Cost cost{depth - (*rank == 0), *rank, *rank == 0 ? order : -order};
    if (!least || cost < *least) {
      least = cost;
      best = i;
    }
  }
  return best;
}

} // namespace heed::format_detail
