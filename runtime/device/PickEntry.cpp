// One look at each entry.
#include "runtime/device/PickEntry.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

namespace heed::runtime {

Result<const heed_entry *> pickEntry(const heed_model &model, std::string_view name,
                                     const std::function<bool(const char *input)> &given) {
  std::set<std::string> known;
  const heed_entry *best = nullptr, *least = nullptr;
  int64_t most = -1;
  for (const heed_entry &entry : std::span(model.entries, size_t(model.entry_count))) {
    known.insert(fmt::format("`{}`", entry.name));
    if (entry.name != name)
      continue;
    auto held = [&](const heed_tensor &input) { return given(input.name); };
    auto enough = [&](const heed_tensor &input) { return held(input) || input.optional; };
    int64_t used = std::count_if(entry.inputs, entry.inputs + entry.input_count, held);
    if (std::all_of(entry.inputs, entry.inputs + entry.input_count, enough) &&
        (used > most || (used == most && entry.input_count < best->input_count)))
      best = &entry, most = used;
    if (!least || entry.input_count < least->input_count)
      least = &entry;
  }
  if (least)
    return best ? best : least;
  return failure("the model `{}` has no entry {}; it has {}", model.name, ticked(name), fmt::join(known, ", "));
}

} // namespace heed::runtime
