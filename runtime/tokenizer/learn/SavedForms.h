// The text of each file that a learnt vocabulary can become. In: a vocabulary. Out: bytes.
#pragma once

#include "runtime/tokenizer/learn/Learning.h"

namespace heed::runtime {

/// GPT-2's `vocab.json` and `merges.txt`.
std::string gpt2Table(const LearntVocabulary &);
std::string gpt2Merges(const LearntVocabulary &);
/// A SentencePiece model, of the kind Unigram.
std::string sentencePieceModel(const LearntVocabulary &);
/// `tokenizer.json`, which every kind can be.
std::string tokenizerJson(const LearntVocabulary &);

} // namespace heed::runtime
