// Properties and normal forms of characters, from ICU. In: aligned text. Out: aligned text. The only file that knows
// ICU is this one's source, which an executable has only if its vocabulary needs it (Libraries.h).
#pragma once

#include "runtime/tokenizer/Aligned.h"
#include "runtime/tokenizer/Libraries.h"

namespace heed::runtime {

HEED_OPTIONAL bool isControl(char32_t c);     // general categories C*
HEED_OPTIONAL bool isAssigned(char32_t c);    // any category but Cn
HEED_OPTIONAL bool isSeparator(char32_t c);   // category Zs
HEED_OPTIONAL bool isPunctuation(char32_t c); // categories P*
HEED_OPTIONAL bool isMark(char32_t c);        // category Mn
HEED_OPTIONAL bool isAnyMark(char32_t c);     // categories M*
HEED_OPTIONAL bool isNumber(char32_t c);      // categories N*
HEED_OPTIONAL bool isWordCharacter(char32_t c);
/// What `scriptOf` says of characters that are of none, and of marks that take their letter's.
constexpr int noScript = -1, inheritedScript = -2;
/// A number for its script; kana and ideographs are one.
HEED_OPTIONAL int scriptOf(char32_t c);

/// Where what a reader takes for the character that begins at `begin` ends: an extended grapheme cluster (Unicode
/// Standard Annex 29).
HEED_OPTIONAL size_t graphemeEnd(std::string_view text, size_t begin);

enum class NormalForm { C, D, KC, KD };
HEED_OPTIONAL Aligned normalised(const Aligned &text, NormalForm form);
/// Each character by itself, or, with `sigma`, as a word's: its last sigma differs.
HEED_OPTIONAL Aligned lowerCased(const Aligned &text, bool sigma);

} // namespace heed::runtime
