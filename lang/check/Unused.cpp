// Parameters that no entry reads: they would be stored, loaded and trained for nothing.
#include "lang/check/Elaborator.h"
#include "lang/check/Reads.h"

namespace heed {

/// A checkpoint may hold what its definition must, but never reads.
void Elaborator::reportUnusedParameters() {
  if (!options.architecture.empty())
    return;
  checked::ParameterSet read;
  for (const auto &entry : program->entries)
    addParametersRead(entry->body, read);
  for (const auto &[parameter, range] : removable)
    if (!read.count(parameter))
      diagnostics.error(Kind::UnusedParameter, range, "no entry reads the parameter `{}`", parameter->path)
          .helped("take it away, or say when it is there: `… if condition`");
}

} // namespace heed
