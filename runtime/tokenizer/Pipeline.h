// A tokenizer of stages: what every format of vocabularies is read into. In: stages. Out: a Tokenizer.
#pragma once

#include "runtime/load/PackedTexts.h"
#include "runtime/tokenizer/Stages.h"
#include "runtime/tokenizer/Tokenizer.h"
#include "runtime/tokenizer/Trie.h"

#include <functional>

namespace heed::runtime {

/// A token of its own right, found in a text before anything else happens to it.
struct AddedToken {
  std::string text;
  int32_t id;
  bool special = false;                       // recognised only when asked for
  bool stripLeft = false, stripRight = false; // takes white space beside it along
  bool singleWord = false;                    // not within a word
  bool inNormalised = false;                  // looked for in what the normaliser leaves
};

/// What is put around one text or two: ids, and the texts themselves.
struct Template {
  static constexpr int32_t first = -1, second = -2;
  struct Part {
    int32_t id, type;
    Part(int32_t id, int32_t type = 0) : id(id), type(type) {}
  };
  std::vector<Part> one = {first}, two = {first, {second, 1}};
};

/// Which tokens a text loses that has too many.
struct Truncation {
  enum Which { LongestFirst, OnlyFirst, OnlySecond } which = LongestFirst;
  bool left = false; // its first ones
};

class Pipeline final : public Tokenizer {
public:
  struct Parts {
    std::string name;          // of the file, for messages
    PackedTexts pieces;        // by id, as the vocabulary spells them; an id that was given to none has no text
    std::vector<bool> special; // by id
    std::vector<AddedToken> added;
    Normaliser normaliser;                       // may be absent
    Splitter splitter;                           // may be absent
    bool (*isWordCharacter)(char32_t) = nullptr; // needed where an added token is a single word
    std::unique_ptr<PieceModel> model;
    Template around;
    std::function<std::string(const PackedTexts &pieces, int32_t id, int32_t previous)> decode;
    int32_t start = -1;
    std::vector<int32_t> ends;
    int32_t anyText = -1; // the id for what is unknown, where its text is shown; neighbours of it are one token
    Truncation truncation;
    Padding padding;
    bool trimmed = false;    // a token's place leaves out the spaces at its ends,
    bool spaceAdded = false; // but not where one space at the beginning may be the splitter's
    Libraries libraries;
  };
  explicit Pipeline(Parts);

  int64_t size() const override { return int64_t(parts.pieces.size()); }
  int32_t start() const override { return parts.start; }
  bool ends(int32_t id) const override;
  std::string bytes(int32_t id, int32_t previous) const override { return parts.decode(parts.pieces, id, previous); }
  std::string piece(int32_t id) const override { return std::string(parts.pieces[size_t(id)]); }
  bool isSpecial(int32_t id) const override { return parts.special[size_t(id)]; }
  bool isAnyText(int32_t id) const override { return id == parts.anyText; }
  Padding padding() const override { return parts.padding; }
  Libraries libraries() const override { return parts.libraries; }
  Result<std::vector<Token>> encode(std::string_view text, std::optional<std::string_view> pair,
                                    const EncodeOptions &) const override;

private:
  struct Section; // of a text: an added token, or what is between two
  Parts parts;
  Trie addedRaw, addedNormalised; // values are indices into parts.added

  bool isWithinWord(std::string_view text, size_t begin, size_t end) const;
  std::vector<Section> sections(const Aligned &text, const Trie &, bool special) const;
  Result<std::vector<Token>> encodeOne(std::string_view text, const EncodeOptions &) const;
  void trim(std::string_view text, std::vector<Token> &) const;
  Result<void> truncate(size_t most, std::vector<Token> &first, std::vector<Token> &second) const;
  Result<void> encodePlain(Aligned text, bool first, bool special, std::vector<Token> &) const;
};

} // namespace heed::runtime
