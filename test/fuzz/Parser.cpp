// Any bytes become a tree, or diagnostics. A tree that has no fault is written in the one style, and what is written
// reads as the same tree and is in that style already.
#include "lang/parse/Parser.h"
#include "lang/format/Format.h"

#include <cstdlib>

using namespace heed;

namespace {
struct Parsed {
  Sources sources;
  Diagnostics diagnostics{sources};
  ast::File tree;

  explicit Parsed(std::string text) { tree = parse(sources, sources.add("fuzzed.heed", std::move(text)), diagnostics); }

  /// The tree without its places: `name x @3:8` is `name x`.
  std::string shape() const {
    std::string shape, written = print(tree, sources);
    for (size_t at = 0; at < written.size();) {
      size_t place = std::min(written.find(" @", at), written.size());
      shape.append(written, at, place - at);
      at = std::min(written.find_first_not_of("0123456789:", place + 2), written.size());
    }
    return shape;
  }
};
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  Parsed first(std::string(reinterpret_cast<const char *>(bytes), size));
  first.diagnostics.render(false);
  std::string tree = first.shape();
  if (first.diagnostics.any())
    return 0;

  std::string text = format(first.tree, first.sources, first.diagnostics);
  if (first.diagnostics.any()) // nested too deep for the one style
    return 0;
  Parsed second(text);
  if (second.diagnostics.any() || second.shape() != tree)
    std::abort();
  if (format(second.tree, second.sources, second.diagnostics) != text)
    std::abort();
  return 0;
}
