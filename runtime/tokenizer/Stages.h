// What a tokenizer is made of. In: text. Out: ids with their places. Text goes through normalisers, is split into
// pieces, and a model turns each piece into ids; all formats of vocabularies are read into these stages.
#pragma once

#include "runtime/tokenizer/Aligned.h"

#include <functional>
#include <memory>
#include <vector>

namespace heed::runtime {

/// Changes a text.
using Normaliser = std::function<Result<Aligned>(Aligned)>;

/// A part of a text; `first`: nothing stands before it.
struct Piece {
  Aligned text;
  bool first = true;
};
using Pieces = std::vector<Piece>;
/// Appends what a piece is split into.
using Splitter = std::function<Result<void>(Piece, Pieces &)>;

/// An id, and the bytes of its piece that it stands for.
struct Unit {
  int32_t id;
  uint32_t begin, end;
};

/// Turns a piece into ids.
class PieceModel {
public:
  virtual ~PieceModel() = default;
  virtual void encode(std::string_view piece, std::vector<Unit> &units) const = 0;
};

// ---- what needs no library; text/TextStages.h has the others ----

Normaliser inSequence(std::vector<Normaliser>);
/// What a mark that was put before a text comes from: nothing, or the text's first character.
enum class Mark { OfNothing, OfFirst };
/// Put before a text that isn't empty.
Normaliser prepended(std::string what, Mark = Mark::OfNothing);

Splitter splitInSequence(std::vector<Splitter>);
/// When what stands for a space is put before a piece.
enum class Prefix { Never, First, Always };
/// Spaces become `mark`, and with `split` each one begins a piece. One that is put before a piece comes from its first
/// character, as the library tokenizers has it.
Splitter metaspace(std::string mark, Prefix, bool split);

} // namespace heed::runtime
