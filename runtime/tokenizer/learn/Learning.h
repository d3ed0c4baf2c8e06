// Making a vocabulary from texts. In: files, what is wanted. Out: a vocabulary, the same for any number of threads, to
// be saved in forms that other programs load, too (`SavedVocabulary`).
#pragma once

#include "runtime/Result.h"
#include "runtime/device/ThreadPool.h"

#include <functional>
#include <string>
#include <vector>

namespace heed::runtime {

enum class VocabularyKind {
  Bpe,        ///< of bytes (Sennrich et al., 2016; Radford et al., 2019)
  WordPiece,  ///< as BERT reads it (Devlin et al., 2019)
  Unigram,    ///< (Kudo, 2018)
  Characters, ///< each is a token
  Words       ///< words and signs that are frequent enough
};

struct LearnOptions {
  VocabularyKind kind = VocabularyKind::Bpe;
  int64_t size = 0;      ///< tokens in all; 0: as many as there are (characters and words)
  int64_t frequency = 0; ///< what is rarer is no token
  bool cased = false;    ///< WordPiece: keeps upper case and accents
  std::vector<std::string> special;
};

struct LearntVocabulary {
  VocabularyKind kind = VocabularyKind::Bpe;
  std::vector<std::string> tokens;                 // by id: bytes, or text with the marks of its kind
  std::vector<float> scores;                       // by id, of Unigram: logarithms of probabilities
  std::vector<std::pair<int32_t, int32_t>> merges; // of BPE, in the order of learning
  std::vector<int32_t> special;                    // ids
  bool cased = false;
};

/// Told how far a step is, from 0 to 1; `what` is worded for a person.
using Progress = std::function<void(std::string_view what, double done)>;

Result<LearntVocabulary> learnVocabulary(const std::vector<std::string> &files, const LearnOptions &, ThreadPool &,
                                         const Progress &);

} // namespace heed::runtime
