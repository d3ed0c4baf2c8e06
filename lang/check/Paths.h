// Patterns over the paths of blocks and parameters: `*` stands for one name (or part of one), `{6..12}` for a range of
// numbers, `**` for any number of names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

/// "h.*.attn" as names.
std::vector<std::string> namesOfPath(std::string_view path);
/// Whether a name fits one part of a pattern. The name `*` is any layer of a stack, so every number fits it.
bool fitsName(std::string_view part, std::string_view name);
/// Whether a whole path fits a pattern.
bool fitsPath(std::string_view pattern, std::string_view path);
/// The same where the path's `*` is a stack of so many layers: one of them has to fit.
bool fitsLayer(std::string_view pattern, std::string_view path, int64_t layers);
/// What is left of a pattern once its beginning has taken `name`; several where it begins with `**`.
std::vector<std::vector<std::string>> afterName(const std::vector<std::string> &pattern, std::string_view name);
/// The pattern takes no further name, or need not.
bool mayEnd(const std::vector<std::string> &pattern);

} // namespace heed
