// Where the rest of Heed lies, seen from the folder of this program: the build tree is laid out like an installation.
#pragma once

#include <string>

namespace heed::tools {

std::string stdlibFolder();  // ../share/heed/stdlib
std::string runtimeFolder(); // ../lib/heed
std::string newFolder();     // ../share/heed/new

} // namespace heed::tools
