// Reading files, and turning byte offsets into lines and columns.
#include "lang/source/Source.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <sys/stat.h>

namespace heed {

namespace {
struct Close {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
} // namespace

std::optional<FileId> Sources::read(const std::string &path, std::string &error) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  if (S_ISDIR(info.st_mode)) {
    error = "it is a folder";
    return std::nullopt;
  }
  std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  // Read to the end rather than to the size that stat gave: a pipe has none.
  std::string text;
  char buffer[1 << 16];
  while (size_t count = std::fread(buffer, 1, sizeof buffer, file.get())) {
    text.append(buffer, count);
    if (text.size() >= std::numeric_limits<uint32_t>::max()) {
      error = "it is larger than 4 GiB";
      return std::nullopt;
    }
  }
  if (std::ferror(file.get())) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  return add(path, std::move(text));
}

FileId Sources::add(std::string name, std::string text) {
  assert(text.size() < std::numeric_limits<uint32_t>::max() && "offsets are 32 bits");
  auto file = std::make_unique<File>(File{std::move(name), std::move(text), {0}});
  for (size_t i = 0; i < file->text.size(); ++i)
    if (file->text[i] == '\n')
      file->lines.push_back(static_cast<uint32_t>(i + 1));
  files.push_back(std::move(file));
  return static_cast<FileId>(files.size() - 1);
}

const std::string &Sources::name(FileId id) const { return files[id]->name; }

std::string_view Sources::text(FileId id) const { return files[id]->text; }

Position Sources::position(FileId id, uint32_t offset) const {
  const std::vector<uint32_t> &lines = files[id]->lines;
  auto after = std::upper_bound(lines.begin(), lines.end(), offset);
  return {static_cast<unsigned>(after - lines.begin()), offset - *(after - 1) + 1};
}

std::string_view Sources::line(FileId id, unsigned line) const {
  const File &file = *files[id];
  if (line == 0 || line > file.lines.size())
    return {};
  uint32_t begin = file.lines[line - 1];
  size_t end = line < file.lines.size() ? file.lines[line] - 1 : file.text.size();
  std::string_view text = std::string_view(file.text).substr(begin, end - begin);
  if (!text.empty() && text.back() == '\r')
    text.remove_suffix(1);
  return text;
}

} // namespace heed
