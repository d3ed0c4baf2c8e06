// Which parameters a body reads, whatever stands within it: terms, guards, normalisers, turns of loops.
#pragma once

#include "lang/check/Checked.h"

#include <unordered_set>

namespace heed::checked {

using ParameterSet = std::unordered_set<const Parameter *>;
void addParametersRead(const Body &, ParameterSet &into);

} // namespace heed::checked
