// What the formats of this folder share.
#pragma once

#include "runtime/tokenizer/Vocabularies.h"

namespace heed::runtime {

/// How GPT-2 splits a text into words.
const char *gpt2Pattern();

} // namespace heed::runtime
