// `heed explain CODE`: what an error means.
#include "compiler/tools/heed/Output.h"
#include "compiler/tools/heed/Verbs.h"
#include "lang/diagnostics/Diagnostics.h"

namespace heed::tools {

bool explain(const std::string &code) {
  if (code.empty()) {
    std::string list;
    for (Kind kind : allKinds())
      list += fmt::format("{}  {}\n", heed::code(kind), title(kind));
    return put(list, {});
  }
  std::optional<Kind> kind = kindOf(code);
  if (!kind)
    return fail("there is no error `{}`; `heed explain` lists all", code);
  return put(heed::explain(*kind), {});
}

} // namespace heed::tools
