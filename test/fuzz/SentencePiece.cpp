// Any bytes as a SentencePiece model are refused with a message, or make a vocabulary that keeps its promises.
#include "Vocabulary.h"

#include "runtime/tokenizer/Vocabularies.h"
#include "runtime/tokenizer/text/VocabularySettings.h"

using namespace heed::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  tryVocabulary(readSentencePiece({"fuzzed", text}, {}), text);
  return 0;
}
