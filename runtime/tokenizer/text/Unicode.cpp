#include "runtime/tokenizer/text/Unicode.h"

#include "runtime/tokenizer/Utf8.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

extern "C" const char heed_unicode = 0;

namespace heed::runtime {

// ---- properties ----

namespace {
bool hasCategory(char32_t c, uint32_t mask) { return (U_GET_GC_MASK(UChar32(c)) & mask) != 0; }
} // namespace

bool isControl(char32_t c) { return hasCategory(c, U_GC_C_MASK); }
bool isAssigned(char32_t c) { return !hasCategory(c, U_GC_CN_MASK); }
bool isSeparator(char32_t c) { return hasCategory(c, U_GC_ZS_MASK); }
bool isPunctuation(char32_t c) { return hasCategory(c, U_GC_P_MASK); }
bool isMark(char32_t c) { return hasCategory(c, U_GC_MN_MASK); }
bool isAnyMark(char32_t c) { return hasCategory(c, U_GC_M_MASK); }
bool isNumber(char32_t c) { return hasCategory(c, U_GC_N_MASK); }
bool isWordCharacter(char32_t c) {
  return u_isUAlphabetic(UChar32(c)) || hasCategory(c, U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK) ||
         u_hasBinaryProperty(UChar32(c), UCHAR_JOIN_CONTROL);
}

int scriptOf(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  UScriptCode script = uscript_getScript(UChar32(c), &status);
  if (script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA || c == 0x30FC) // the sign for a long vowel
    return USCRIPT_HAN;
  if (script == USCRIPT_INHERITED)
    return inheritedScript;
  return U_FAILURE(status) || script == USCRIPT_UNKNOWN ? noScript : int(script);
}

// ---- grapheme clusters ----

namespace {

/// Whether the two are never parted, whatever stands before them (the rules GB3 to GB9b).
bool joined(int left, int right) {
  if (left == U_GCB_CR && right == U_GCB_LF)
    return true;
  auto breaks = [](int c) { return c == U_GCB_CR || c == U_GCB_LF || c == U_GCB_CONTROL; };
  if (breaks(left) || breaks(right))
    return false;
  bool vowelNext = right == U_GCB_V, finalNext = right == U_GCB_T;
  if (left == U_GCB_L && (right == U_GCB_L || vowelNext || right == U_GCB_LV || right == U_GCB_LVT))
    return true;
  if (((left == U_GCB_LV || left == U_GCB_V) && (vowelNext || finalNext)) ||
      ((left == U_GCB_LVT || left == U_GCB_T) && finalNext))
    return true;
  return right == U_GCB_EXTEND || right == U_GCB_ZWJ || right == U_GCB_SPACING_MARK || left == U_GCB_PREPEND;
}

} // namespace

size_t graphemeEnd(std::string_view text, size_t at) {
  auto isPlain = [](char c) { return c >= ' ' && c <= '~'; }; // which only what isn't can join
  if (isPlain(text[at]) && (at + 1 == text.size() || isPlain(text[at + 1])))
    return at + 1;
  auto breakOf = [](char32_t c) { return int(u_getIntPropertyValue(UChar32(c), UCHAR_GRAPHEME_CLUSTER_BREAK)); };
  auto isPicture = [](char32_t c) { return bool(u_hasBinaryProperty(UChar32(c), UCHAR_EXTENDED_PICTOGRAPHIC)); };
  char32_t c = nextCharacter(text, at);
  int left = breakOf(c);
  bool picture = isPicture(c); // one, and what extends it, is all that stands before
  int flags = left == U_GCB_REGIONAL_INDICATOR;
  for (size_t next = at; next != text.size(); at = next) {
    c = nextCharacter(text, next);
    int right = breakOf(c);
    bool sequence = left == U_GCB_ZWJ && picture && isPicture(c); // GB11
    bool flag = right == U_GCB_REGIONAL_INDICATOR && flags == 1;  // GB12
    if (!joined(left, right) && !sequence && !flag)
      break;
    flags = right == U_GCB_REGIONAL_INDICATOR ? flags + 1 : 0;
    picture = isPicture(c) || (picture && (right == U_GCB_EXTEND || right == U_GCB_ZWJ));
    left = right;
  }
  return at;
}

// ---- normal forms ----

namespace {

const icu::Normalizer2 &normaliser(NormalForm form) {
  UErrorCode status = U_ZERO_ERROR;
  switch (form) {
  case NormalForm::C:
    return *icu::Normalizer2::getNFCInstance(status);
  case NormalForm::D:
    return *icu::Normalizer2::getNFDInstance(status);
  case NormalForm::KC:
    return *icu::Normalizer2::getNFKCInstance(status);
  default:
    return *icu::Normalizer2::getNFKDInstance(status);
  }
}

} // namespace

/// A run from one boundary to the next is normalised as one, and comes from all of it.
Aligned normalised(const Aligned &in, NormalForm form) {
  std::string_view text = in.text();
  if (isAscii(text))
    return in;
  const icu::Normalizer2 &norm = normaliser(form);
  Aligned result;
  for (size_t begin = 0, at = 0; begin != text.size(); begin = at) {
    nextCharacter(text, at);
    for (size_t after = at; after != text.size(); at = after)
      if (norm.hasBoundaryBefore(UChar32(nextCharacter(text, after))))
        break;
    std::string changed;
    icu::StringByteSink<std::string> sink(&changed);
    UErrorCode status = U_ZERO_ERROR;
    icu::StringPiece run(text.data() + begin, int32_t(at - begin));
    norm.normalizeUTF8(0, run, sink, nullptr, status);
    if (U_FAILURE(status) || changed == text.substr(begin, at - begin))
      result.append(in, begin, at);
    else
      result.append(changed, in.origin(begin, at));
  }
  return result;
}

namespace {

bool isIgnorable(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_CASE_IGNORABLE); }
bool isCased(UChar32 c) { return c >= 0 && u_hasBinaryProperty(c, UCHAR_CASED); }

/// Whether the sigma from `begin` to `end` ends a word: a cased letter stands before it and none follows, whatever
/// case-ignorable characters are between (The Unicode Standard, table 3-17). Looks no further than the next other one.
bool isFinalSigma(std::string_view text, size_t begin, size_t end) {
  UChar32 before = U_SENTINEL, after = U_SENTINEL;
  while (begin != 0) {
    size_t at = begin - 1;
    while (at != 0 && U8_IS_TRAIL(text[at]))
      --at;
    begin = at;
    if (UChar32 c = UChar32(nextCharacter(text, at)); !isIgnorable(c)) {
      before = c;
      break;
    }
  }
  while (end != text.size())
    if (UChar32 c = UChar32(nextCharacter(text, end)); !isIgnorable(c)) {
      after = c;
      break;
    }
  return isCased(before) && !isCased(after);
}

std::string lowerOf(char32_t c) {
  if (c == 0x130) // the one character that becomes two
    return "i\xCC\x87";
  return utf8Of(char32_t(u_tolower(UChar32(c))));
}

} // namespace

Aligned lowerCased(const Aligned &in, bool sigma) {
  std::string_view text = in.text();
  Aligned result;
  size_t copied = 0;
  for (size_t begin = 0, at = 0; begin != text.size(); begin = at) {
    char32_t c = nextCharacter(text, at);
    if (u_tolower(UChar32(c)) == UChar32(c) && c != 0x130)
      continue;
    result.append(in, copied, begin);
    bool final = sigma && c == 0x3A3 && isFinalSigma(text, begin, at);
    result.append(final ? utf8Of(0x3C2) : lowerOf(c), in.origin(begin, at));
    copied = at;
  }
  result.append(in, copied, text.size());
  return result;
}

} // namespace heed::runtime
