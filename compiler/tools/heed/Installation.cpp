#include "compiler/tools/heed/Installation.h"

#include <filesystem>

namespace heed::tools {
namespace {

std::string fromHere(const char *relative) {
  std::error_code error;
  std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  return (program.parent_path().parent_path() / relative).string();
}

} // namespace

std::string stdlibFolder() { return fromHere("share/heed/stdlib"); }
std::string runtimeFolder() { return fromHere("lib/heed"); }
std::string newFolder() { return fromHere("share/heed/new"); }

} // namespace heed::tools
