// model.safetensors.index.json: which of several files holds which tensor. In: a text from a folder, never trusted.
// Out: for each file its tensors' names. A file is named by its name alone: an index never leads out of its folder.
#pragma once

#include "runtime/Result.h"

#include <map>
#include <vector>

namespace heed::runtime {

/// Each file's names are sorted, and different.
using ShardIndex = std::map<std::string, std::vector<std::string>, std::less<>>;

/// `name` is what messages call the text.
Result<ShardIndex> parseShardIndex(const std::string &name, std::string_view text);

} // namespace heed::runtime
