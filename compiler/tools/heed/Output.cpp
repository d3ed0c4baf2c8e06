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

std::optional<Draft> Draft::beside(const std::string &output) {
  if (std::filesystem::is_directory(output)) {
    fail("{}: is a folder, so no file of this name can be written", output);
    return std::nullopt;
  }
  Result<TemporaryFolder> folder = TemporaryFolder::create(output);
  if (!folder)
    return fail("{}", folder.error().text), std::nullopt;
  return Draft(std::move(*folder), output);
}

bool Draft::become(const std::string &name) {
  return std::rename(path(name).c_str(), output.c_str()) == 0 ||
         fail("{}: can't be written: {}", output, std::strerror(errno));
}

} // namespace heed::tools
