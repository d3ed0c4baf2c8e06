// Any bytes become tokens that lie in order within the file, with every bracket closed, and End at the last.
#include "lang/lex/Lexer.h"

#include <cstdlib>

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  Sources sources;
  Diagnostics diagnostics(sources);
  FileId file = sources.add("fuzzed.heed", std::string(reinterpret_cast<const char *>(bytes), size));
  std::vector<Token> tokens = lex(sources, file, diagnostics);

  uint32_t end = 0;
  int open = 0;
  for (const Token &token : tokens) {
    if (token.range.begin < end || token.range.end < token.range.begin || token.range.end > size)
      std::abort();
    end = token.range.end;
    open += isOpening(token.kind) - isClosing(token.kind);
    if (open < 0)
      std::abort();
  }
  if (tokens.empty() || tokens.back().kind != TokenKind::End || open != 0)
    std::abort();
  diagnostics.render(false);
  return 0;
}
