#include "runtime/tokenizer/Pipeline.h"

#include "runtime/tokenizer/Characters.h"
#include "runtime/tokenizer/Utf8.h"

#include <algorithm>
#include <tuple>

namespace heed::runtime {

struct Pipeline::Section {
  size_t begin, end;
  int32_t id = -1; // of the added token; -1: ordinary text
};

namespace {

/// Longer texts are refused: places are counted in 32 bits, and normalising may lengthen a text.
constexpr size_t longestText = size_t(1) << 30;

Trie trieOf(const std::vector<AddedToken> &added, bool inNormalised) {
  std::vector<Trie::Entry> entries;
  for (size_t i = 0; i != added.size(); ++i)
    if (added[i].inNormalised == inNormalised && !added[i].text.empty())
      entries.push_back({added[i].text, int32_t(i)});
  return Trie::of(std::move(entries));
}

/// Valid UTF-8, in which each U+FFFD that stands for other bytes knows them.
Result<Aligned> valid(std::string_view text, bool strict) {
  if (isUtf8(text))
    return Aligned(std::string(text));
  Aligned result;
  for (size_t at = 0; at != text.size();) {
    size_t from = at;
    char32_t c = nextCharacter(text, at);
    if (c == 0xFFFD && at - from == 1) {
      if (strict)
        return failure("the text is no UTF-8: byte {} is 0x{:02x}", from, unsigned((unsigned char)text[from]));
      result.append("\xEF\xBF\xBD", {uint32_t(from), uint32_t(at)});
    } else {
      result.append(text.substr(from, at - from), {uint32_t(from), uint32_t(at)});
    }
  }
  return result;
}

} // namespace

Pipeline::Pipeline(Parts given)
    : parts(std::move(given)), addedRaw(trieOf(parts.added, false)), addedNormalised(trieOf(parts.added, true)) {}

bool Pipeline::ends(int32_t id) const {
  return std::find(parts.ends.begin(), parts.ends.end(), id) != parts.ends.end();
}

/// Where the character begins that ends at `end`.
static size_t placeBefore(std::string_view text, size_t end) {
  while (end != 0 && (text[--end] & 0xC0) == 0x80)
    ;
  return end;
}

static char32_t characterBefore(std::string_view text, size_t end) {
  size_t at = placeBefore(text, end);
  return nextCharacter(text, at);
}

/// Whether a word goes on before `begin` or after `end`.
bool Pipeline::isWithinWord(std::string_view text, size_t begin, size_t end) const {
  return (begin != 0 && parts.isWordCharacter(characterBefore(text, begin))) ||
         (end != text.size() && parts.isWordCharacter(nextCharacter(text, end)));
}

/// The longest added token at each place, from left to right.
std::vector<Pipeline::Section> Pipeline::sections(const Aligned &aligned, const Trie &trie, bool special) const {
  std::string_view text = aligned.text();
  std::vector<Section> result;
  size_t plain = 0; // where the ordinary text before `at` begins
  for (size_t at = 0; at < text.size();) {
    const AddedToken *found = nullptr;
    size_t end = at;
    Trie::Walk walk;
    for (size_t i = at; i != text.size() && trie.step(walk, (unsigned char)text[i]); ++i)
      if (int32_t value = trie.value(walk); value >= 0) {
        const AddedToken &token = parts.added[size_t(value)];
        if ((special || !token.special) && (!token.singleWord || !isWithinWord(text, at, i + 1)))
          found = &token, end = i + 1;
      }
    if (!found) {
      ++at;
      continue;
    }
    size_t begin = at;
    while (found->stripLeft && begin > plain && isWhiteSpace(characterBefore(text, begin)))
      begin = placeBefore(text, begin);
    for (size_t next = end; found->stripRight && next != text.size(); end = next)
      if (!isWhiteSpace(nextCharacter(text, next)))
        break;
    if (begin != plain)
      result.push_back({plain, begin});
    result.push_back({begin, end, found->id});
    at = plain = end;
  }
  if (plain != text.size())
    result.push_back({plain, text.size()});
  return result;
}

Result<void> Pipeline::encodePlain(Aligned text, bool first, bool special, std::vector<Token> &out) const {
  if (parts.normaliser) {
    Result<Aligned> changed = parts.normaliser(std::move(text));
    if (!changed)
      return changed.error();
    text = std::move(*changed);
  }
  for (const Section &section : sections(text, addedNormalised, special)) {
    if (section.id >= 0) {
      out.push_back({section.id, text.origin(section.begin, section.end)});
      continue;
    }
    Pieces pieces;
    Piece whole{text.part(section.begin, section.end), first && section.begin == 0};
    if (!parts.splitter)
      pieces.push_back(std::move(whole));
    else if (Result<void> split = parts.splitter(std::move(whole), pieces); !split)
      return split;
    std::vector<Unit> units;
    size_t begin = out.size();
    for (const Piece &piece : pieces) {
      units.clear();
      parts.model->encode(piece.text.text(), units);
      for (const Unit &unit : units) {
        Extent place = piece.text.origin(unit.begin, unit.end);
        if (isAnyText(unit.id) && out.size() != begin && isAnyText(out.back().id))
          out.back().place.end = place.end;
        else
          out.push_back({unit.id, place});
      }
    }
  }
  return {};
}

Result<std::vector<Token>> Pipeline::encodeOne(std::string_view text, const EncodeOptions &options) const {
  if (text.size() > longestText)
    return failure("a text is {} bytes long; at most {} are taken at once", text.size(), longestText);
  Result<Aligned> aligned = valid(text, options.strict);
  if (!aligned)
    return aligned.error();
  bool recognised = options.special && options.spelled;
  std::vector<Token> tokens;
  for (const Section &section : sections(*aligned, addedRaw, recognised)) {
    if (section.id >= 0)
      tokens.push_back({section.id, aligned->origin(section.begin, section.end)});
    else if (Result<void> done =
                 encodePlain(aligned->part(section.begin, section.end), section.begin == 0, recognised, tokens);
             !done)
      return done.error();
  }
  if (parts.trimmed)
    trim(text, tokens);
  return tokens;
}

/// Spaces at the ends of a token's place are left out, as the library tokenizers does it.
void Pipeline::trim(std::string_view text, std::vector<Token> &tokens) const {
  for (Token &token : tokens) {
    auto &[begin, end] = token.place;
    std::string_view its = text.substr(begin, end - begin);
    bool mayBeOurs = begin == 0 && parts.spaceAdded && its.starts_with(' ') && !its.starts_with("  ");
    while (!mayBeOurs && begin != end && text[begin] == ' ')
      ++begin;
    while (begin != end && text[end - 1] == ' ')
      --end;
  }
}

/// Takes tokens from one text or both until there are `most`.
Result<void> Pipeline::truncate(size_t most, std::vector<Token> &first, std::vector<Token> &second) const {
  if (first.size() + second.size() <= most)
    return {};
  size_t one = first.size(), two = second.size(), over = one + two - most;
  auto which = parts.truncation.which;
  if (which != Truncation::LongestFirst) {
    size_t &only = which == Truncation::OnlyFirst ? one : two;
    if (only < over)
      return failure("a text of {} tokens can't lose {}; the vocabulary says that it alone may", only, over);
    only -= over;
  } else { // the shorter one is kept whole, where that leaves as much for the longer one
    auto [shorter, longer] = one <= two ? std::tie(one, two) : std::tie(two, one);
    shorter = std::min(shorter, most / 2), longer = most - shorter;
  }
  auto keep = [&](std::vector<Token> &tokens, size_t count) {
    auto begin = parts.truncation.left ? tokens.begin() : tokens.begin() + ptrdiff_t(count);
    tokens.erase(begin, begin + ptrdiff_t(tokens.size() - count));
  };
  return keep(first, one), keep(second, two), Result<void>();
}

Result<std::vector<Token>> Pipeline::encode(std::string_view text, std::optional<std::string_view> pair,
                                            const EncodeOptions &options) const {
  Result<std::vector<Token>> first = encodeOne(text, options);
  if (!first)
    return first;
  Result<std::vector<Token>> second = pair ? encodeOne(*pair, options) : std::vector<Token>();
  if (!second)
    return second;
  static const Template bare;
  const Template &around = options.special ? parts.around : bare;
  const std::vector<Template::Part> &order = pair ? around.two : around.one;
  size_t special =
      size_t(std::count_if(order.begin(), order.end(), [](const Template::Part &part) { return part.id >= 0; }));
  if (special > options.most)
    return failure("at most {} tokens were asked for, and {} special ones stand around a text", options.most, special);
  if (Result<void> cut = truncate(options.most - special, *first, *second); !cut)
    return cut.error();
  if (order.size() == 1 && order[0].type == 0)
    return first;
  std::vector<Token> result;
  for (const Template::Part &part : order) {
    if (part.id >= 0) {
      result.push_back({part.id, {}, part.type});
      continue;
    }
    for (Token &token : part.id == Template::first ? *first : *second)
      token.type = part.type, result.push_back(token);
  }
  return result;
}

} // namespace heed::runtime
