// Tokens and comments become pieces, the tree hints at what they mean, and the pieces are laid out.
#include "lang/format/Format.h"

#include "lang/format/Pieces.h"
#include "lang/source/Utf8.h"

namespace heed {

using namespace format_detail;

namespace {

unsigned widthOf(std::string_view text) {
  unsigned width = 0;
  for (; !text.empty(); text.remove_prefix(characterLength(text)))
    width += displayWidth(text);
  return width;
}

Pieces piecesOf(const Sources &sources, const std::vector<Token> &tokens) {
  Pieces pieces;
  std::vector<PieceId> open;
  uint32_t end = 0; // of the last token
  bool first = true;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token &token = tokens[i];
    if (token.kind == TokenKind::Newline || token.kind == TokenKind::End)
      continue;
    first |= token.first;
    std::string_view between = sources.text(Range{token.range.file, end, token.range.begin});
    end = token.range.end;
    Piece piece{token.kind, sources.text(token.range), token.range.begin};
    piece.width = widthOf(piece.text);
    // A comma or semicolon stays with what it follows.
    bool follows = token.kind == TokenKind::Comma || token.kind == TokenKind::Semicolon;
    bool afterComment = pieces.size() && isComment(pieces.list.back().kind);
    piece.breaks = first && (!follows || afterComment);
    piece.blank = piece.breaks && std::count(between.begin(), between.end(), '\n') > 1;
    first = false;
    PieceId id = pieces.size();
    if (isClosing(token.kind)) {
      piece.partner = open.back();
      pieces[open.back()].partner = id;
      open.pop_back();
    }
    piece.scope = open.empty() ? kNone : open.back();
    if (isOpening(token.kind))
      open.push_back(id);
    pieces.list.push_back(piece);
    if (!isComment(token.kind))
      pieces.byOffset[token.range.begin] = id;
  }
  pieces.link();
  return pieces;
}

} // namespace

void Pieces::link() {
  nextCode.assign(size(), kNone);
  previousCode.assign(size() + 1, kNone);
  for (PieceId i = 0; i < size(); ++i)
    previousCode[i + 1] = isComment(list[i].kind) ? previousCode[i] : i;
  for (PieceId i = size(); i-- > 1;)
    nextCode[i - 1] = isComment(list[i].kind) ? nextCode[i] : i;
}

std::string format(const ast::File &file, const Sources &sources, Diagnostics &diagnostics) {
  if (diagnostics.any())
    return std::string(sources.text(file.file));
  Pieces pieces = piecesOf(sources, lex(sources, file.file, diagnostics));
  addHints(pieces, file);
  return layOut(pieces);
}

} // namespace heed
