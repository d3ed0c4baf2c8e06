// Standard output that notices when nobody takes it: a full disk behind a redirection is an error, not silence.
#pragma once

#include "runtime/Result.h"

namespace heed::runtime {

/// Writes and flushes.
Result<void> putOut(std::string_view text);

} // namespace heed::runtime
