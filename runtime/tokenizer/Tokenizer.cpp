// Which vocabulary a file holds, and the stream of characters over any of them.
#include "runtime/tokenizer/Tokenizer.h"

#include "runtime/load/MappedFile.h"
#include "runtime/tokenizer/Llama2cVocabulary.h"
#include "runtime/tokenizer/Utf8.h"

namespace heed::runtime {

Result<std::unique_ptr<Tokenizer>> parseTokenizer(const std::string &name, std::span<const std::byte> bytes) {
  return Llama2cVocabulary::parse(name, bytes); // the only format so far
}

Result<std::unique_ptr<Tokenizer>> openTokenizer(const std::string &path) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file)
    return file.error();
  return parseTokenizer(path, file->bytes());
}

std::string TextStream::push(int32_t id) {
  pending += tokenizer.bytes(previous, id);
  previous = id;
  return takeCharacters(pending, false);
}

std::string TextStream::finish() { return takeCharacters(pending, true); }

} // namespace heed::runtime
