// The formats of this folder, as `TextVocabularies` offers them.
#pragma once

#include "runtime/tokenizer/Vocabularies.h"

namespace heed::runtime {

MadeTokenizer readWordPiece(const NamedText &, const WordPieceSettings &);
MadeTokenizer readGpt2(const NamedText &vocabulary, const NamedText &merges);
MadeTokenizer readTokenizerJson(const NamedText &);
/// How GPT-2 splits a text into words.
const char *gpt2Pattern();

} // namespace heed::runtime
