// Lines of a file that may be larger than memory, many at a time. In: a path, or standard input. Out: batches of whole
// lines.
#pragma once

#include "runtime/Result.h"

#include <cstdio>
#include <memory>
#include <span>
#include <vector>

namespace heed::runtime {

class Lines {
public:
  static Result<Lines> open(const std::string &path);
  static Lines standardInput() { return Lines("standard input", stdin); }

  /// The next lines, each with its end, about `bytes` of them and at least one; none at the end. They stay until the
  /// next call.
  Result<std::span<const std::string_view>> next(size_t bytes);
  /// Bytes read so far.
  uint64_t taken() const { return total; }

private:
  struct Close {
    void operator()(FILE *file) const {
      if (file != stdin)
        fclose(file);
    }
  };
  Lines(std::string name, FILE *file) : name(std::move(name)), file(file) {}
  std::string name;
  std::unique_ptr<FILE, Close> file;
  std::string buffer;
  size_t used = 0; // of the buffer, by the last batch
  uint64_t total = 0;
  std::vector<std::string_view> lines;

  Result<bool> more(size_t bytes);
};

} // namespace heed::runtime
