// Standard output that notices when nobody takes it: a full disk behind a redirection is an error, not silence.
#pragma once

#include "runtime/Result.h"

namespace heed::runtime {

/// Writes and flushes.
Result<void> putOut(std::string_view text);

/// Writes to standard error, as well as that can be done.
void tell(std::string_view text);

} // namespace heed::runtime
