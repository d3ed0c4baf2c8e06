#include "compiler/tools/heed/Output.h"

#include "compiler/tools/heed/Verbs.h"
#include "runtime/load/NewFile.h"
#include "runtime/program/StandardOutput.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace heed::tools {

bool told(const runtime::Result<void> &outcome) { return outcome ? true : fail("{}", outcome.error().text); }

using namespace runtime;

static Result<void> writeFile(std::string_view bytes, const std::string &path) {
  Result<NewFile> file = NewFile::create(path);
  if (!file)
    return file.error();
  if (Result<void> written = file->write(bytes); !written)
    return written;
  return file->commit();
}

bool put(std::string_view bytes, const std::string &path) {
  Result<void> written = path.empty() ? putOut(bytes) : writeFile(bytes, path);
  return written ? true : fail("{}", written.error().text);
}

static bool failToWrite(const std::string &path) {
  return fail("{}: can't be written: {}", path, std::strerror(errno));
}

std::optional<Draft> Draft::beside(const std::string &output) {
  if (std::filesystem::is_directory(output)) {
    fail("{}: is a folder, so no file of this name can be written", output);
    return std::nullopt;
  }
  std::string folder = output + ".XXXXXX";
  if (!mkdtemp(folder.data()))
    return failToWrite(output), std::nullopt;
  return Draft(std::move(folder), output);
}

Draft::~Draft() {
  std::error_code ignored;
  if (!folder.empty())
    std::filesystem::remove_all(folder, ignored);
}

bool Draft::become(const std::string &name) {
  return std::rename(path(name).c_str(), output.c_str()) == 0 || failToWrite(output);
}

} // namespace heed::tools
