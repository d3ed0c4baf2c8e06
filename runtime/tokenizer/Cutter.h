// Pieces of a text from matches in it. In: matches from left to right. Out: pieces.
#pragma once

#include "runtime/tokenizer/Stages.h"

namespace heed::runtime {

/// What becomes of a match.
enum class Match { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

class Cutter {
public:
  Cutter(const Piece &whole, Match how, Pieces &out) : whole(whole), how(how), out(out) {}

  void match(size_t begin, size_t end) {
    gap(begin);
    switch (how) {
    case Match::Removed:
      break;
    case Match::Isolated:
      cut(begin, end);
      break;
    case Match::MergedWithPrevious:
      if (hasPrevious)
        previousEnd = end;
      else
        previous(begin, end);
      flush();
      break;
    case Match::MergedWithNext:
      flush();
      previous(begin, end);
      waiting = true;
      break;
    case Match::Contiguous:
      if (hasPrevious && isMatch && previousEnd == begin)
        previousEnd = end;
      else
        flush(), previous(begin, end), isMatch = true;
      break;
    }
    at = end;
  }
  /// What is between matches ends here, though no match begins: two pieces that touch.
  void piece(size_t end) {
    if (how == Match::Contiguous)
      return;
    gap(end);
    at = end;
  }
  void finish() {
    gap(whole.text.size());
    flush();
  }

private:
  const Piece &whole;
  Match how;
  Pieces &out;
  size_t at = 0, previousBegin = 0, previousEnd = 0;
  bool hasPrevious = false, isMatch = false, waiting = false;

  void previous(size_t begin, size_t end) {
    hasPrevious = true, previousBegin = begin, previousEnd = end, isMatch = false;
  }
  void flush() {
    if (hasPrevious)
      cut(previousBegin, previousEnd);
    hasPrevious = waiting = false;
  }
  /// What no match covers, up to `end`.
  void gap(size_t end) {
    if (end == at)
      return;
    if (waiting && previousEnd == at) {
      previousEnd = end;
      flush();
    } else {
      flush();
      previous(at, end);
      if (how != Match::MergedWithPrevious)
        flush();
    }
  }
  void cut(size_t begin, size_t end) { out.push_back({whole.text.part(begin, end), whole.first && begin == 0}); }
};

} // namespace heed::runtime
