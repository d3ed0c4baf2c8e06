// Base64 (RFC 4648), as JSON files carry bytes. In: text. Out: bytes, or none if it is not well formed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace heed::runtime {

std::optional<std::string> fromBase64(std::string_view text);

} // namespace heed::runtime
