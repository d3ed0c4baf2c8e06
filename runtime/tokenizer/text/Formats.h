// The formats of this folder, as `TextVocabularies` offers them.
#pragma once

#include "runtime/tokenizer/Vocabularies.h"

namespace heed::runtime {

MadeTokenizer readWordPiece(const VocabularyFile &, const WordPieceSettings &);
MadeTokenizer readGpt2(const VocabularyFile &vocabulary, const VocabularyFile &merges);
MadeTokenizer readTokenizerJson(const VocabularyFile &);
/// How GPT-2 splits a text into words.
const char *gpt2Pattern();

} // namespace heed::runtime
