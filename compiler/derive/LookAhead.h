// Look-ahead as a person is told of it. In: an entry with a stream. Out: for each of its results that waits for
// positions behind its own, the place where that is written.
#pragma once

#include "compiler/derive/Frontier.h"

namespace heed {

struct LookAhead {
  mlir::Location place; // the read, or the op
  std::string message, label;
  std::string help; // may be empty
  struct Note {
    mlir::Location place;
    std::string text;
  };
  std::vector<Note> path; // from there to the result
};

/// One for each place that is to blame; none if the entry streams.
std::vector<LookAhead> lookAheads(Frontier &);
/// Of all entries that have a stream.
std::vector<LookAhead> lookAheads(ModelOp);

} // namespace heed
