// The pages of `heed explain`. In: pages/ENNNN.md, put into the program when it is built (EmbedPages.cmake). Out: their
// text.
#pragma once

#include <string_view>

namespace heed {

/// Empty if there is no such page; the build sees to it that each kind has one.
std::string_view pageOf(int number);

} // namespace heed
