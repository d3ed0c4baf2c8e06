// GPT-2's way to write any byte as a visible character (Radford et al., 2019, `encoder.py`): vocabularies are JSON,
// which can't hold bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace heed::runtime {

/// The bytes that a token's characters stand for; none if one of them stands for no byte.
std::optional<std::string> bytesOfAlphabet(std::string_view token);
/// The other way round.
std::string inAlphabet(std::string_view bytes);
/// All bytes in the order of their characters.
std::string bytesByCharacter();

} // namespace heed::runtime
