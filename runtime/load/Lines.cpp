#include "runtime/load/Lines.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace heed::runtime {

Result<Lines> Lines::open(const std::string &path) {
  FILE *file = fopen(path.c_str(), "rb");
  if (!file)
    return failure("{}: can't be opened: {}", path, std::strerror(errno));
  return Lines(path, file);
}

/// Reads on; whether there was anything.
Result<bool> Lines::more(size_t bytes) {
  size_t before = buffer.size();
  buffer.resize(before + bytes);
  size_t count = fread(buffer.data() + before, 1, bytes, file.get());
  buffer.resize(before + count);
  total += count;
  if (ferror(file.get()))
    return failure("{}: can't be read: {}", name, std::strerror(errno));
  return count != 0;
}

Result<std::span<const std::string_view>> Lines::next(size_t bytes) {
  buffer.erase(0, used);
  size_t whole = 0; // bytes up to the last end of a line
  for (size_t searched = 0; whole == 0;) {
    Result<bool> any = more(bytes);
    if (!any)
      return any.error();
    size_t last = std::string_view(buffer).substr(searched).rfind('\n');
    whole = last != std::string::npos ? searched + last + 1 : *any ? 0 : buffer.size();
    searched = buffer.size();
    if (!*any)
      break;
  }
  lines.clear();
  for (size_t at = 0; at != whole;) {
    size_t end = std::min(buffer.find('\n', at), whole - 1) + 1;
    lines.push_back(std::string_view(buffer).substr(at, end - at));
    at = end;
  }
  used = whole;
  return std::span<const std::string_view>(lines);
}

} // namespace heed::runtime
