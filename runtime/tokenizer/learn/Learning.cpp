// A vocabulary of each kind: its special tokens, its alphabet, and what is learnt of the words.
#include "runtime/tokenizer/learn/Learning.h"

#include "runtime/tokenizer/ByteAlphabet.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/learn/Pairs.h"
#include "runtime/tokenizer/learn/UnigramLearning.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace heed::runtime {
namespace {

using Words = std::vector<CountedWord>;

void addSpecial(LearntVocabulary &to, const std::vector<std::string> &special) {
  for (const std::string &token : special) {
    to.special.push_back(int32_t(to.tokens.size()));
    to.tokens.push_back(token);
  }
}

Error tooSmall(int64_t size, size_t least, const char *what) {
  return failure("a vocabulary of {} tokens has no room to learn; {} are {} tokens already", size, what, least);
}

/// Ids as GPT-2 has them: bytes in the order of their characters, merges, special tokens.
Result<LearntVocabulary> learnBpe(const Words &counted, const LearnOptions &options, const Progress &progress) {
  size_t least = 256 + options.special.size();
  if (size_t(options.size) < least)
    return tooSmall(options.size, least, "the bytes and the special tokens");
  PairLearning pairs;
  std::array<int32_t, 256> ids;
  for (char byte : bytesByCharacter()) {
    ids[(unsigned char)byte] = int32_t(pairs.tokens.size());
    pairs.tokens.push_back({byte});
  }
  std::vector<PairLearning::Word> words;
  for (const CountedWord &word : counted) {
    words.push_back({{}, word.count});
    for (char byte : word.text)
      words.back().symbols.push_back(ids[(unsigned char)byte]);
  }
  pairs.learn(std::move(words), size_t(options.size) - options.special.size(), options.frequency, progress);
  LearntVocabulary result;
  result.tokens = std::move(pairs.tokens), result.merges = std::move(pairs.merges);
  addSpecial(result, options.special);
  return result;
}

/// The most frequent characters, by their code points; a word with another one is unknown as a whole and teaches
/// nothing.
std::set<std::string> alphabetOf(const Words &words, size_t most) {
  std::map<std::string, int64_t> counts;
  for (const CountedWord &word : words)
    for (size_t at = 0; at != word.text.size();) {
      size_t from = at;
      nextCharacter(word.text, at);
      counts[word.text.substr(from, at - from)] += word.count;
    }
  std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
  std::set<std::string> alphabet;
  for (size_t i = 0; i != std::min(sorted.size(), most); ++i)
    alphabet.insert(sorted[i].first);
  return alphabet;
}

/// WordPiece as the library tokenizers learn it, and those who publish such vocabularies: by merging frequent pairs, of
/// characters whose tokens begin with "##" where they don't begin a word. The merges themselves are forgotten.
Result<LearntVocabulary> learnWordPiece(const Words &counted, const LearnOptions &options, const Progress &progress) {
  constexpr size_t mostCharacters = 1000;
  LearntVocabulary result;
  addSpecial(result, options.special);
  std::set<std::string> alphabet = alphabetOf(counted, mostCharacters);
  PairLearning pairs;
  pairs.continuing = "##";
  std::map<std::string, int32_t> ids;
  auto add = [&](const std::string &token) {
    if (ids.try_emplace(token, int32_t(pairs.tokens.size())).second)
      pairs.tokens.push_back(token);
  };
  for (const std::string &character : alphabet)
    add(character);
  std::vector<std::vector<std::string>> spelled;
  std::set<std::string> continuing;
  for (const CountedWord &word : counted) {
    spelled.emplace_back();
    for (size_t at = 0; at != word.text.size();) {
      size_t from = at;
      nextCharacter(word.text, at);
      std::string character = word.text.substr(from, at - from);
      if (!alphabet.contains(character)) {
        spelled.back().clear();
        break;
      }
      spelled.back().push_back((from == 0 ? "" : "##") + character);
    }
    for (size_t i = 1; i < spelled.back().size(); ++i)
      continuing.insert(spelled.back()[i]);
  }
  for (const std::string &token : continuing)
    add(token);
  size_t least = pairs.tokens.size() + options.special.size();
  if (size_t(options.size) < least)
    return tooSmall(options.size, least, "the characters and the special tokens");
  std::vector<PairLearning::Word> words;
  for (size_t w = 0; w != counted.size(); ++w) {
    words.push_back({{}, counted[w].count});
    for (const std::string &token : spelled[w])
      words.back().symbols.push_back(ids.at(token));
  }
  pairs.learn(std::move(words), size_t(options.size) - options.special.size(), options.frequency, progress);
  result.tokens.insert(result.tokens.end(), pairs.tokens.begin(), pairs.tokens.end());
  return result;
}

/// Ids as SentencePiece gives them: what is unknown, begin, end, then tokens, the most probable first.
Result<LearntVocabulary> learnUnigramWith(const Words &words, const LearnOptions &options, ThreadPool &pool,
                                          const Progress &progress) {
  LearntVocabulary result;
  addSpecial(result, options.special);
  if (size_t(options.size) <= options.special.size())
    return tooSmall(options.size, options.special.size(), "the special tokens");
  Result<std::vector<ScoredToken>> tokens =
      learnUnigram(words, size_t(options.size) - options.special.size(), pool, progress);
  if (!tokens)
    return tokens.error();
  result.scores.resize(result.tokens.size());
  for (const ScoredToken &token : *tokens)
    result.tokens.push_back(token.text), result.scores.push_back(float(token.score));
  return result;
}

/// Characters by their code points, from 0 on; words by how frequent they are.
Result<LearntVocabulary> takeWhole(Words words, const LearnOptions &options) {
  std::erase_if(words, [&](const CountedWord &word) { return word.count < options.frequency; });
  if (options.kind == VocabularyKind::Words || options.size != 0)
    std::stable_sort(words.begin(), words.end(), [](const auto &a, const auto &b) { return a.count > b.count; });
  if (options.size != 0) {
    if (size_t(options.size) <= options.special.size())
      return tooSmall(options.size, options.special.size(), "the special tokens");
    words.resize(std::min(words.size(), size_t(options.size) - options.special.size()));
  }
  if (options.kind == VocabularyKind::Characters)
    std::sort(words.begin(), words.end(), [](const auto &a, const auto &b) { return a.text < b.text; });
  LearntVocabulary result;
  if (options.kind == VocabularyKind::Words)
    addSpecial(result, options.special);
  for (const CountedWord &word : words)
    result.tokens.push_back(word.text);
  if (options.kind == VocabularyKind::Characters)
    addSpecial(result, options.special);
  return result;
}

Result<LearntVocabulary> learnFrom(Words words, const LearnOptions &options, ThreadPool &pool,
                                   const Progress &progress) {
  switch (options.kind) {
  case VocabularyKind::Bpe:
    return learnBpe(words, options, progress);
  case VocabularyKind::WordPiece:
    return learnWordPiece(words, options, progress);
  case VocabularyKind::Unigram:
    return learnUnigramWith(words, options, pool, progress);
  case VocabularyKind::Characters:
  case VocabularyKind::Words:
    break;
  }
  return takeWhole(std::move(words), options);
}

/// What the readers of such vocabularies expect, and what the caller wants besides. What is unknown comes first where
/// the kind has it.
std::vector<std::string> specialOf(const LearnOptions &options) {
  std::vector<std::string> all;
  switch (options.kind) {
  case VocabularyKind::Bpe:
    all = {"<|endoftext|>"};
    break;
  case VocabularyKind::WordPiece:
    all = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    break;
  case VocabularyKind::Unigram:
    all = {"<unk>", "<s>", "</s>"};
    break;
  case VocabularyKind::Characters:
  case VocabularyKind::Words:
    all = {"<unk>"};
    break;
  }
  for (const std::string &token : options.special)
    if (std::find(all.begin(), all.end(), token) == all.end())
      all.push_back(token);
  return all;
}

} // namespace

Result<LearntVocabulary> learnVocabulary(const std::vector<std::string> &files, const LearnOptions &given,
                                         ThreadPool &pool, const Progress &progress) {
  LearnOptions options = given;
  options.special = specialOf(given);
  Result<Words> words = countWords(files, options, pool, progress);
  if (!words)
    return words.error();
  for (const std::string &token : options.special) // a text that spells a special token doesn't make a second one
    std::erase_if(*words,
                  [&](const CountedWord &word) { return word.text == token && options.kind != VocabularyKind::Bpe; });
  Result<LearntVocabulary> learnt = learnFrom(std::move(*words), options, pool, progress);
  if (learnt)
    learnt->kind = options.kind, learnt->cased = options.cased;
  return learnt;
}

} // namespace heed::runtime
