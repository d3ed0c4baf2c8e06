// Does every name mean something? In: the files of a program. Out: nothing, or a report for each name that is unknown,
// stands twice, hides what it must not, or leads a function back to itself. Afterwards elaboration may look names up
// without asking.
#pragma once

#include "lang/check/Package.h"
#include "lang/diagnostics/Diagnostics.h"

namespace heed {

/// Files whose grammar was wrong are left out: what is missing there would be reported twice.
void resolve(const Package &, Diagnostics &);

} // namespace heed
