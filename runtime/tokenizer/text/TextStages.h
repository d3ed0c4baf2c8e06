// Stages that know patterns or the properties of characters. In: text. Out: text, or pieces of it.
#pragma once

#include "runtime/tokenizer/Cutter.h"
#include "runtime/tokenizer/text/Pattern.h"

namespace heed::runtime {

// ---- normalisers ----

/// BERT's: without control characters, white space as spaces, ideographs set apart, then lower case without accents.
struct BertRules {
  bool clean = true, setIdeographsApart = true, stripAccents = true, lowerCase = true;
  bool asWords = false; // as its first implementation does: composed before, sigma at a word's end kept as such
};
Normaliser bertNormaliser(const BertRules &);
/// As in the training of translators (NMT): without control characters, and what is seen as a space is one.
Normaliser nmtNormaliser();
/// Without marks that take no room (category Mn), or, with `spacing`, without any (M*).
Normaliser withoutMarks(bool spacing);
/// Without white space at either end.
Normaliser stripped(bool left, bool right);
Normaliser replacing(Pattern what, std::string by);

// ---- splitters ----

/// `inverted`: the pattern describes the pieces, not what is between.
Splitter splitBy(Pattern, Match, bool inverted = false);
/// Characters of a kind become pieces as `match` says.
Splitter splitAt(std::function<bool(char32_t)> isSeparator, Match);
/// Where the script changes; spaces go with what stands before them, and vanish where nothing does.
Splitter splitByScript();
/// White space vanishes, each punctuation character is a piece of its own (BERT).
Splitter bertSplitter();
/// A space before each piece that doesn't begin with one.
Splitter spaced();

} // namespace heed::runtime
