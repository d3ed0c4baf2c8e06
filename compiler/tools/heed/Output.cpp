#include "compiler/tools/heed/Output.h"

#include "compiler/tools/heed/Verbs.h"
#include "runtime/load/NewFile.h"
#include "runtime/program/StandardOutput.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
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
  std::string file = output + ".XXXXXX";
  int opened = mkstemp(file.data());
  if (opened < 0)
    return failToWrite(output), std::nullopt;
  close(opened);
  return Draft(std::move(file), output);
}

Draft::~Draft() {
  if (!file.empty())
    unlink(file.c_str());
}

bool Draft::become() {
  if (std::rename(file.c_str(), output.c_str()) != 0)
    return failToWrite(output);
  file.clear();
  return true;
}

} // namespace heed::tools
