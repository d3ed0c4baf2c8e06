// Files of text, and ranges in them. In: paths or strings. Out: text that stays where it is, and positions a person can
// read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

/// A file that was read, by its index in `Sources`.
using FileId = uint32_t;

/// Bytes [begin, end) of one file. Every token, tree node and checked value has one.
struct Range {
  FileId file = 0;
  uint32_t begin = 0, end = 0;

  bool empty() const { return begin == end; }
  bool contains(Range other) const { return file == other.file && begin <= other.begin && other.end <= end; }
  /// The smallest range that holds both; both lie in the same file.
  Range to(Range other) const {
    return {file, begin < other.begin ? begin : other.begin, end > other.end ? end : other.end};
  }
  bool operator==(const Range &) const = default;
};

/// Counted from one; a column counts bytes.
struct Position {
  unsigned line = 1, column = 1;
};

/// All files of one compilation. Text never moves once it is added.
class Sources {
public:
  /// Reads a file; none if it can't be read (`error` says why) or is larger than 4 GiB.
  std::optional<FileId> read(const std::string &path, std::string &error);
  /// Takes a text under a name that messages show.
  FileId add(std::string name, std::string text);

  const std::string &name(FileId) const;
  std::string_view text(FileId) const;
  std::string_view text(Range range) const { return text(range.file).substr(range.begin, range.end - range.begin); }
  Position position(FileId, uint32_t offset) const;
  /// A whole line without its newline; lines are counted from one.
  std::string_view line(FileId, unsigned line) const;
  size_t size() const { return files.size(); }

private:
  struct File {
    std::string name, text;
    std::vector<uint32_t> lines; // where each line begins
  };
  std::vector<std::unique_ptr<File>> files;
};

} // namespace heed
