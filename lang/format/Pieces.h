// What the formatter works on: the tokens and comments of a file in order, with what their places in the tree mean for
// spaces, indentation and alignment. Nothing is printed from the tree itself, so nothing can get lost.
#pragma once

#include "lang/ast/Ast.h"
#include "lang/lex/Lexer.h"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace heed::format_detail {

using PieceId = unsigned;
constexpr PieceId kNone = ~0u;

/// How a line that begins with a piece is indented, if it continues a statement.
enum class Hang {
  Default,
  Column, // as the piece `hangs` stands
  Indent, // as the line of `hangs`, and `hangBy` more
};

/// What braces enclose.
enum class Braces { None, Items, Body };

struct Piece {
  TokenKind kind;
  std::string_view text;
  uint32_t offset;    // in the source
  unsigned width = 0; // columns

  // From the tokens.
  bool breaks = false;     // begins a line
  bool blank = false;      // after an empty line
  PieceId partner = kNone; // of a bracket
  PieceId scope = kNone;   // the innermost bracket around it; of a bracket, the one around both
  // From the tree.
  int gap = -1;        // spaces before it on the same line, where the tokens alone don't tell
  bool starts = false; // begins a statement, or what its attributes belong to
  Hang hang = Hang::Default;
  PieceId hangs = kNone;
  unsigned hangBy = 0;
  Braces braces = Braces::None; // of `{`, and of the `[` of a list
  bool composite = false;       // `(` of a composite index: not broken
  bool fills = false;           // parameters or imports, as many on a line as fit
  PieceId head = kNone;         // of the `{` of a body: the word that its indentation follows
  bool afterEquals = false;     // the value of a function, which may stand on the next line
  bool afterAttribute = false;
};

/// A statement or item that may be aligned with those above and below: the pieces at which its columns begin.
struct Row {
  enum class Kind { Binding, Function, Item };
  Kind kind;
  PieceId begin, end; // from its first piece to the one behind its last
  struct Stop {
    PieceId at;
    unsigned most; // columns with widths that differ by more are not aligned
  };
  std::vector<Stop> stops;
  bool attributed = false;          // the first stop is what stands behind attributes
  TokenKind op = TokenKind::Assign; // rows with different assignments are not aligned
};

struct Pieces {
  std::vector<Piece> list;
  std::vector<Row> rows; // in the order of their beginnings
  std::unordered_map<uint32_t, PieceId> byOffset;

  Piece &operator[](PieceId i) { return list[i]; }
  const Piece &operator[](PieceId i) const { return list[i]; }
  PieceId size() const { return static_cast<PieceId>(list.size()); }
  /// The piece that begins at an offset of the source.
  PieceId at(uint32_t offset) const {
    auto found = byOffset.find(offset);
    return found == byOffset.end() ? kNone : found->second;
  }
  /// The next piece, or the one before, that is no comment.
  PieceId next(PieceId i) const { return nextCode[i]; }
  PieceId previous(PieceId i) const { return previousCode[i]; }
  /// Makes ready for both: after the last piece has been added.
  void link();

private:
  std::vector<PieceId> nextCode, previousCode;
};

/// Hints.cpp: reads the tree.
void addHints(Pieces &, const ast::File &);
/// Runs.cpp: for each piece, the spaces to add before it so that columns agree. Lines that begin with one of `alone`
/// take no part.
std::vector<unsigned> alignRuns(const Pieces &, const std::vector<bool> &alone);
/// Breaks.cpp: the line breaks that the style asks for beside the writer's.
void addBreaks(Pieces &);
/// Breaks.cpp: takes the writer's breaks out of parameters or imports behind a break that was added, so that they fill
/// their lines anew.
void refill(Pieces &, PieceId from);
/// Breaks.cpp: where best to break the line of the pieces [begin, end), which stand `shift` columns left of `columns`;
/// kNone if nowhere.
PieceId breakWithin(const Pieces &, const std::vector<unsigned> &columns, int shift, PieceId begin, PieceId end);
/// Gaps.cpp: spaces between a piece and the one before it on the same line.
unsigned gapBefore(const Pieces &, PieceId);
/// Layout.cpp: the text, line by line. Breaks are added to lines that are too long.
std::string layOut(Pieces &);

constexpr unsigned kColumns = 120;

} // namespace heed::format_detail
