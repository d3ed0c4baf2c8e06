// Standard output that notices when nobody takes it: a full disk behind a redirection is an error, not silence.
#pragma once

#include "runtime/Result.h"

namespace heed::runtime {

/// To be called first of all. Where a standard file is closed, the next file to be opened would be taken for it; now
/// writing to it is an error.
void occupyStandardFiles();

/// Writes all of it.
Result<void> putOut(std::string_view text);

/// Writes to standard error, as well as that can be done.
void tell(std::string_view text);

} // namespace heed::runtime
