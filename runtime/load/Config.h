// The settings of a checkpoint: what `config("key", ...)` of the language asks. In: config.json, or the header of
// another format. Out: a flat table. An object within an object gives keys with a point: `rope_scaling.factor`; one
// within a list, its index too: `stages.0.width` (and null in the list). How many entries an object or a list has is
// its key `count`, unless it has one itself: `id2label.count`.
#pragma once

#include "runtime/Result.h"

#include <cstdint>
#include <map>
#include <vector>

namespace heed::runtime {

struct ConfigValue {
  using List = std::vector<ConfigValue>;
  std::variant<std::monostate, bool, int64_t, double, std::string, List> value; // monostate: null

  bool operator==(const ConfigValue &) const = default;
};

using Config = std::map<std::string, ConfigValue, std::less<>>;

/// `name` is what messages call the text. The outermost value must be an object.
Result<Config> parseConfig(const std::string &name, std::string_view text);

} // namespace heed::runtime
