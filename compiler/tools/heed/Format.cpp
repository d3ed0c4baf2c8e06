// `heed format FILES`: brings them into the one style, or with --check says which are not in it.
#include "lang/format/Format.h"

#include "compiler/tools/heed/Compilation.h"
#include "compiler/tools/heed/Output.h"

#include <filesystem>

namespace heed::tools {
namespace {

bool formatFile(const std::string &path, bool check) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return fail("`{0}` is a folder; `heed format {0}/*.heed` takes the files in it", path);
  SourceOptions options;
  options.file = path;
  Compilation compilation(options);
  std::optional<FileId> file = compilation.text();
  std::optional<std::string> text = file ? compilation.formatted(*file) : std::nullopt;
  if (!text)
    return false;
  if (*text == compilation.files().text(*file))
    return true;
  return check ? fail("`{}` is in another style; `heed format` mends it", path) : put(*text, path);
}

} // namespace

bool format(const FormatOptions &options) {
  bool done = true;
  for (const std::string &file : options.files)
    done &= formatFile(file, options.check);
  return done;
}

} // namespace heed::tools
