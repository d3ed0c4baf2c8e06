// The two libraries that only some vocabularies need: PCRE2 for patterns, ICU for the properties of characters.
// In: what an executable was linked with. Out: which of the two are there.
//
// What calls them is declared weak, so everything that reads vocabularies links without them. A linker takes them in
// when it is asked for these symbols: `--undefined=heed_patterns`, `--undefined=heed_unicode`.
#pragma once

#include "runtime/Result.h"

#define HEED_OPTIONAL __attribute__((weak))

extern "C" {
HEED_OPTIONAL extern const char heed_patterns;
HEED_OPTIONAL extern const char heed_unicode;
}

namespace heed::runtime {

enum class Library { Patterns, Unicode };

/// Those that a vocabulary needs.
struct Libraries {
  bool patterns = false, unicode = false;

  /// Notes that one is needed, and fails where it is not there.
  Result<void> need(Library library) {
    bool isPatterns = library == Library::Patterns;
    (isPatterns ? patterns : unicode) = true;
    if (isPatterns ? &heed_patterns : &heed_unicode)
      return {};
    return failure("needs {}, which this executable was built without; it was not built with this vocabulary",
                   isPatterns ? "patterns" : "the properties of characters");
  }
};

} // namespace heed::runtime
