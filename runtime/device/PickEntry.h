// Which of an entry's variants a call means. In: a model, a name, what the caller can give. Out: the entry.
#pragma once

#include "runtime/Result.h"
#include "runtime/abi/heed.h"

#include <functional>

namespace heed::runtime {

/// The entry of this name: of its variants the one that uses most of what is given, and needs nothing else, and of
/// those the one that takes least. Where all need something else, the one that takes least.
Result<const heed_entry *> pickEntry(const heed_model &, std::string_view name,
                                     const std::function<bool(const char *input)> &given);

} // namespace heed::runtime
