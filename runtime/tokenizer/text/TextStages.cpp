#include "runtime/tokenizer/text/TextStages.h"

#include "runtime/tokenizer/Characters.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/text/Unicode.h"

namespace heed::runtime {

// ---- normalisers ----

namespace {

/// `text` with each character replaced by what `change` says: an empty optional keeps it.
template <typename Change> Aligned eachCharacter(const Aligned &in, Change change) {
  std::string_view text = in.text();
  Aligned result;
  size_t copied = 0;
  for (size_t begin = 0, at = 0; begin != text.size(); begin = at) {
    std::optional<std::string> changed = change(nextCharacter(text, at));
    if (!changed)
      continue;
    result.append(in, copied, begin);
    result.append(*changed, in.origin(begin, at));
    copied = at;
  }
  if (copied == 0 && result.empty() && !text.empty())
    return in;
  result.append(in, copied, text.size());
  return result;
}

} // namespace

Normaliser bertNormaliser(const BertRules &rules) {
  return [rules](Aligned text) -> Result<Aligned> {
    text = eachCharacter(text, [&](char32_t c) -> std::optional<std::string> {
      bool isTab = c == '\t' || c == '\n' || c == '\r';
      if (rules.clean && !isTab && (c == 0 || c == 0xFFFD || (isControl(c) && (rules.asWords || isAssigned(c)))))
        return "";
      if (rules.clean && c != ' ' && (isTab || (rules.asWords ? isSeparator(c) : isWhiteSpace(c))))
        return " ";
      return rules.setIdeographsApart && isIdeograph(c) ? std::optional(" " + utf8Of(c) + " ") : std::nullopt;
    });
    if (rules.asWords)
      text = normalised(text, NormalForm::C);
    if (rules.lowerCase && rules.asWords)
      text = lowerCased(text, true);
    if (rules.stripAccents)
      text = *withoutMarks(false)(normalised(text, NormalForm::D));
    if (rules.lowerCase && !rules.asWords)
      text = lowerCased(text, false);
    return text;
  };
}

Normaliser nmtNormaliser() {
  return [](Aligned text) -> Result<Aligned> {
    return eachCharacter(text, [](char32_t c) -> std::optional<std::string> {
      if (c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == 0x1680 || (c >= 0x200B && c <= 0x200F) ||
          c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD)
        return " ";
      return (c != 0 && c < ' ') || c == 0x7F || c == 0x8F || c == 0x9F ? std::optional<std::string>("") : std::nullopt;
    });
  };
}

Normaliser withoutMarks(bool spacing) {
  return [=](Aligned text) -> Result<Aligned> {
    if (isAscii(text.text()))
      return text;
    return eachCharacter(text, [=](char32_t c) {
      return (spacing ? isAnyMark(c) : isMark(c)) ? std::optional(std::string()) : std::nullopt;
    });
  };
}

Normaliser stripped(bool left, bool right) {
  return [=](Aligned in) -> Result<Aligned> {
    std::string_view text = in.text();
    size_t begin = 0, end = 0;
    for (size_t at = 0; left && at != text.size(); begin = at)
      if (!isWhiteSpace(nextCharacter(text, at)))
        break;
    for (size_t at = begin; at != text.size();)
      if (!isWhiteSpace(nextCharacter(text, at)) || !right)
        end = at;
    return in.part(begin, std::max(begin, end));
  };
}

Normaliser replacing(Pattern what, std::string by) {
  return [=](Aligned in) -> Result<Aligned> {
    Aligned result;
    size_t copied = 0;
    Result<void> done = what.each(in.text(), [&](size_t begin, size_t end) {
      result.append(in, copied, begin);
      result.append(by, in.origin(begin, end));
      copied = end;
    });
    if (!done)
      return done.error();
    if (copied == 0)
      return in;
    result.append(in, copied, in.text().size());
    return result;
  };
}

// ---- splitters ----

Splitter splitBy(Pattern pattern, Match how, bool inverted) {
  return [=](Piece piece, Pieces &out) -> Result<void> {
    Cutter cutter(piece, how, out);
    size_t at = 0;
    Result<void> done = pattern.each(piece.text.text(), [&](size_t begin, size_t end) {
      if (!inverted)
        return cutter.match(begin, end);
      if (begin != at)
        cutter.match(at, begin);
      cutter.piece(at = end);
    });
    if (inverted && done && at != piece.text.text().size())
      cutter.match(at, piece.text.text().size());
    cutter.finish();
    return done;
  };
}

Splitter splitAt(std::function<bool(char32_t)> isSeparator, Match how) {
  return [=](Piece piece, Pieces &out) -> Result<void> {
    Cutter cutter(piece, how, out);
    std::string_view text = piece.text.text();
    for (size_t begin = 0, at = 0; begin != text.size(); begin = at)
      if (isSeparator(nextCharacter(text, at)))
        cutter.match(begin, at);
    cutter.finish();
    return {};
  };
}

Splitter splitByScript() {
  return [](Piece piece, Pieces &out) -> Result<void> {
    std::string_view text = piece.text.text();
    std::optional<int> script; // of the piece that is being read
    size_t start = 0;
    auto cut = [&](size_t end) {
      if (script)
        out.push_back({piece.text.part(start, end), piece.first && start == 0});
    };
    for (size_t begin = 0, at = 0; begin != text.size(); begin = at) {
      char32_t c = nextCharacter(text, at);
      int found = c == ' ' ? noScript : scriptOf(c);
      if (found == noScript || found == script)
        continue;
      cut(begin);
      script = found, start = begin;
    }
    cut(text.size());
    return {};
  };
}

Splitter bertSplitter() {
  auto isSymbol = [](char32_t c) {
    return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126) ||
           (c >= 128 && isPunctuation(c));
  };
  return splitInSequence({splitAt(isWhiteSpace, Match::Removed), splitAt(isSymbol, Match::Isolated)});
}

Splitter spaced() {
  return [](Piece piece, Pieces &out) -> Result<void> {
    if (!piece.text.text().starts_with(' '))
      piece.text = *prepended(" ")(std::move(piece.text));
    out.push_back(std::move(piece));
    return {};
  };
}

} // namespace heed::runtime
