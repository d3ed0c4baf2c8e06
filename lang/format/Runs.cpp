// Aligns columns in runs of lines that follow one another: names, types and values of members, statements, settings and
// items, and heads of functions of one line. As with elastic tab stops, a column is as wide as its widest cell, as long
// as the lines that have it go on and their widths don't differ too much.
#include "lang/format/Pieces.h"

#include <algorithm>
#include <span>

namespace heed::format_detail {

namespace {

class Runs {
public:
  Runs(const Pieces &pieces, const std::vector<bool> &alone)
      : pieces(pieces), alone(alone), pads(pieces.size()), lines(pieces.size()) {
    unsigned line = 0;
    for (PieceId i = 0; i < pieces.size(); ++i) {
      line += pieces[i].breaks;
      line += pieces[i].breaks && pieces[i].blank; // a gap, so that no run goes on over it
      lines[i] = line;
    }
  }

  std::vector<unsigned> align() {
    std::vector<Row> run;
    for (Row row : pieces.rows) {
      if (row.attributed && pieces[row.stops[0].at].breaks) { // the attributes have a line of their own
        row.begin = row.stops[0].at;
        row.stops.erase(row.stops.begin());
        row.attributed = false;
      }
      if (!beginsLine(row.begin) || alone[row.begin] || row.stops.empty() || !aligns(row))
        continue;
      if (!run.empty() && !continues(run.back(), row)) {
        column(run, 0);
        run.clear();
      }
      run.push_back(std::move(row));
    }
    column(run, 0);
    return std::move(pads);
  }

private:
  bool beginsLine(PieceId i) const { return i == 0 || pieces[i].breaks; }

  bool aligns(const Row &row) const {
    unsigned line = lines[row.begin];
    PieceId last = pieces.previous(row.end == kNone ? pieces.size() : row.end);
    if (lines[row.stops.back().at] != line)
      return false;
    if (row.kind == Row::Kind::Function)
      return lines[last] == line;
    if (row.kind == Row::Kind::Binding || row.end == kNone)
      return true;
    // An item stands alone on its lines.
    PieceId after = pieces[row.end].kind == TokenKind::Comma ? row.end + 1 : row.end;
    return after >= pieces.size() || lines[after] > lines[last] || isClosing(pieces[after].kind) ||
           isComment(pieces[after].kind);
  }

  bool continues(const Row &above, const Row &row) const {
    return lines[row.begin] == lines[above.begin] + 1 && above.kind == row.kind && above.op == row.op &&
           above.attributed == row.attributed && pieces[above.begin].scope == pieces[row.begin].scope;
  }

  /// Aligns the stop numbered `k` of rows that have one.
  void column(std::span<const Row> rows, size_t k) {
    for (size_t begin = 0; begin < rows.size();) {
      if (rows[begin].stops.size() <= k) {
        ++begin;
        continue;
      }
      unsigned narrowest = ~0u, widest = 0, most = ~0u;
      size_t end = begin;
      for (; end < rows.size() && rows[end].stops.size() > k; ++end) {
        unsigned least = std::min(narrowest, width(rows[end], k)), greatest = std::max(widest, width(rows[end], k));
        unsigned allowed = std::min(most, rows[end].stops[k].most);
        if (greatest - least > allowed)
          break;
        narrowest = least;
        widest = greatest;
        most = allowed;
      }
      for (const Row &row : rows.subspan(begin, end - begin))
        pads[row.stops[k].at] = widest - width(row, k);
      column(rows.subspan(begin, end - begin), k + 1);
      begin = end;
    }
  }

  /// Of the cell before a stop.
  unsigned width(const Row &row, size_t k) const {
    PieceId begin = k ? row.stops[k - 1].at : row.begin;
    unsigned width = 0;
    for (PieceId i = begin; i < row.stops[k].at; ++i)
      width += pieces[i].width + (i == begin ? 0 : gapBefore(pieces, i));
    return width;
  }

  const Pieces &pieces;
  const std::vector<bool> &alone;
  std::vector<unsigned> pads;
  std::vector<unsigned> lines; // of each piece
};

} // namespace

std::vector<unsigned> alignRuns(const Pieces &pieces, const std::vector<bool> &alone) {
  return Runs(pieces, alone).align();
}

} // namespace heed::format_detail
