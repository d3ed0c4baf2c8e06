// Places pieces on lines. A line's indentation follows from the bracket it stands in and from what it continues; a line
// that is too long is broken and the whole is placed anew, until none is. The result depends on the pieces and their
// breaks only, so that laying out a text that was laid out gives the same text.
#include "lang/format/Pieces.h"

#include <algorithm>
#include <numeric>

namespace heed::format_detail {

namespace {

constexpr unsigned kStep = 2;           // of bodies, and of brackets that close on a line of their own
constexpr unsigned kContinued = 4;      // of other lines that go on
constexpr unsigned kCommentSpread = 40; // trailing comments align if their lines' widths differ by no more

struct Line {
  PieceId begin, end; // with its trailing comment
};

class Layout {
public:
  explicit Layout(Pieces &pieces)
      : pieces(pieces), columns(pieces.size()), firsts(pieces.size()), statements(pieces.size(), kNone),
        refilled(pieces.size()) {
    std::vector<PieceId> last(pieces.size() + 1, kNone); // the statement begun last, by scope
    for (PieceId i = 0; i < pieces.size(); ++i) {
      PieceId &current = last[pieces[i].scope == kNone ? pieces.size() : pieces[i].scope];
      if (pieces[i].starts)
        current = i;
      statements[i] = current;
    }
  }

  std::string run() {
    do {
      addBreaks(pieces);
      alone.assign(pieces.size(), false);
      do
        pads = alignRuns(pieces, alone);
      while (!place());
    } while (!breakLongLines());
    return write();
  }

private:
  /// False if alignment made a line too long; it is then left out of its run.
  bool place() {
    bool fits = true;
    lines.clear();
    for (PieceId begin = 0; begin < pieces.size();) {
      PieceId end = begin + 1;
      while (end < pieces.size() && !pieces[end].breaks)
        ++end;
      measure(begin, end);
      unsigned added = std::accumulate(pads.begin() + begin, pads.begin() + end, 0u), width = endOfCode(begin, end);
      if (width > kColumns && width - added <= kColumns) {
        alone[begin] = true;
        fits = false;
      }
      lines.push_back({begin, end});
      begin = end;
    }
    return fits;
  }

  /// False if there were such lines, and a place to break them.
  bool breakLongLines() {
    bool fits = true;
    for (const Line &line : lines)
      if (endOfCode(line.begin, line.end) > kColumns)
        fits &= !breakLine(line);
    return fits;
  }

  /// What stands behind a break moves as a whole: `shift` columns to the left.
  bool breakLine(Line line) {
    int shift = 0;
    bool broken = false;
    while (static_cast<int>(endOfCode(line.begin, line.end)) - shift > static_cast<int>(kColumns)) {
      PieceId middle = breakWithin(pieces, columns, shift, line.begin, line.end);
      if (middle == kNone)
        break;
      settle({line.begin, middle}, shift);
      pieces[middle].breaks = true;
      if (PieceId open = pieces[middle].scope; open != kNone && !refilled[open]) {
        refilled[open] = true;
        refill(pieces, middle);
      }
      unsigned width = endOfCode(middle, line.end) - std::min(columns[middle], endOfCode(middle, line.end));
      shift = static_cast<int>(columns[middle]) - static_cast<int>(indentation(middle, width));
      line.begin = middle;
      broken = true;
    }
    settle(line, shift);
    return broken;
  }

  void settle(Line line, int shift) {
    for (PieceId i = line.begin; i < line.end; ++i) {
      columns[i] -= static_cast<unsigned>(shift);
      firsts[i] = line.begin;
    }
  }

  void measure(PieceId begin, PieceId end) {
    for (PieceId i = begin; i < end; ++i)
      firsts[i] = begin;
    columns[begin] = 0;
    advance(begin, end);
    columns[begin] = indentation(begin, columns[end - 1] + pieces[end - 1].width);
    advance(begin, end);
  }

  void advance(PieceId begin, PieceId end) {
    for (PieceId i = begin + 1; i < end; ++i)
      columns[i] = columns[i - 1] + pieces[i - 1].width + gapBefore(pieces, i) + pads[i];
  }

  /// The column behind the last piece that is no comment.
  unsigned endOfCode(PieceId begin, PieceId end) const {
    if (end - begin > 1 && isComment(pieces[end - 1].kind))
      --end;
    return isComment(pieces[end - 1].kind) ? 0 : columns[end - 1] + pieces[end - 1].width;
  }

  // ---- indentation

  unsigned lineIndent(PieceId i) const { return columns[firsts[i]]; }

  /// Is the bracket the last of its line, but for other brackets?
  bool hangs(PieceId open) const {
    PieceId i = open + 1;
    while (isOpening(pieces[i].kind) && pieces[i].braces != Braces::Body && !pieces[i].breaks)
      ++i;
    if (isComment(pieces[i].kind) && !pieces[i].breaks)
      ++i;
    return pieces[i].breaks;
  }

  unsigned bodyIndent(PieceId open) const {
    PieceId head = pieces[open].head;
    return lineIndent(head == kNone ? open : head);
  }

  /// Of what stands in a bracket.
  unsigned contentIndent(PieceId open) const {
    if (open == kNone)
      return 0;
    if (pieces[open].braces == Braces::Body)
      return bodyIndent(open) + kStep;
    if (hangs(open))
      return lineIndent(open) + (pieces[pieces[open].partner].breaks ? kStep : kContinued);
    return columns[open + 1];
  }

  /// Of a line that is `width` columns wide.
  unsigned indentation(PieceId begin, unsigned width) const {
    const Piece &piece = pieces[begin];
    if (isComment(piece.kind)) { // stands as what it is about
      PieceId about = pieces.next(begin);
      bool last = about == kNone || isClosing(pieces[about].kind);
      return last || pieces[about].scope != piece.scope ? contentIndent(piece.scope) : indentation(about, 0);
    }
    if (isClosing(piece.kind)) {
      PieceId open = piece.partner;
      return pieces[open].braces == Braces::Body ? bodyIndent(open) : hangs(open) ? lineIndent(open) : columns[open];
    }
    PieceId scope = piece.scope;
    if (piece.starts)
      return contentIndent(scope);
    bool inBody = scope == kNone || pieces[scope].braces == Braces::Body;
    bool here = piece.hang != Hang::Default && (scope == kNone || piece.hangs > scope);
    if (!here && !inBody)
      return contentIndent(scope);
    unsigned plain = (statements[begin] == kNone ? 0 : lineIndent(statements[begin])) + kContinued;
    if (!here)
      return plain;
    unsigned hung = piece.hang == Hang::Column ? columns[piece.hangs] : lineIndent(piece.hangs) + piece.hangBy;
    return inBody && hung + width > kColumns ? std::min(hung, plain) : hung;
  }

  // ---- writing

  std::string write() {
    alignComments();
    std::string out;
    for (const Line &line : lines) {
      const Piece &first = pieces[line.begin];
      bool opens = line.begin > 0 && isOpening(pieces[line.begin - 1].kind);
      if (first.blank && line.begin > 0 && !opens && !isClosing(first.kind))
        out += '\n';
      out.append(columns[line.begin], ' ');
      for (PieceId i = line.begin; i < line.end; ++i) {
        if (i > line.begin)
          out.append(columns[i] - columns[i - 1] - pieces[i - 1].width, ' ');
        out += pieces[i].text;
      }
      out += '\n';
    }
    return out;
  }

  bool hasComment(const Line &line) const { return line.end - line.begin > 1 && isComment(pieces[line.end - 1].kind); }

  /// Two columns behind the longest line of a run.
  void alignComments() {
    for (size_t begin = 0; begin < lines.size();) {
      if (!hasComment(lines[begin])) {
        ++begin;
        continue;
      }
      unsigned shortest = ~0u, longest = 0;
      size_t end = begin;
      for (; end < lines.size() && hasComment(lines[end]); ++end) {
        unsigned width = endOfCode(lines[end].begin, lines[end].end);
        bool goesOn = end == begin || !pieces[lines[end].begin].blank;
        if (!goesOn || std::max(longest, width) - std::min(shortest, width) > kCommentSpread)
          break;
        shortest = std::min(shortest, width);
        longest = std::max(longest, width);
      }
      for (; begin < end; ++begin)
        columns[lines[begin].end - 1] = longest + 2;
    }
  }

  Pieces &pieces;
  std::vector<unsigned> columns;   // where each piece begins
  std::vector<PieceId> firsts;     // the first of each piece's line
  std::vector<PieceId> statements; // the one each piece belongs to
  std::vector<unsigned> pads;
  std::vector<bool> refilled; // brackets whose items have been filled into lines anew
  std::vector<bool> alone;    // lines out of alignment, by their first piece
  std::vector<Line> lines;
};

} // namespace

std::string layOut(Pieces &pieces) { return Layout(pieces).run(); }

} // namespace heed::format_detail
