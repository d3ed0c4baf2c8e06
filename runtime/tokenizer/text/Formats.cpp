#include "runtime/tokenizer/text/Formats.h"

extern "C" const heed::runtime::TextVocabularies heed_text_vocabularies = {
    heed::runtime::readWordPiece, heed::runtime::readGpt2, heed::runtime::readTokenizerJson};
