// Properties and normal forms of characters, from ICU. In: aligned text. Out: aligned text. The only file that knows
// ICU is this one's source.
#pragma once

#include "runtime/tokenizer/Aligned.h"

namespace heed::runtime {

bool isWhiteSpace(char32_t c);  // the property White_Space
bool isControl(char32_t c);     // general categories C*
bool isSeparator(char32_t c);   // category Zs
bool isPunctuation(char32_t c); // categories P*
bool isMark(char32_t c);        // category Mn
bool isAnyMark(char32_t c);     // categories M*
bool isDigit(char32_t c);       // category Nd
bool isNumber(char32_t c);      // categories N*
bool isWordCharacter(char32_t c);
bool isIdeograph(char32_t c); // those that BERT sets apart (Devlin et al., 2019): CJK ideographs, no kana, no Hangul

enum class NormalForm { C, D, KC, KD };
Aligned normalised(const Aligned &text, NormalForm form);
/// Each character by itself, or, with `sigma`, as a word's: its last sigma differs.
Aligned lowerCased(const Aligned &text, bool sigma);

} // namespace heed::runtime
